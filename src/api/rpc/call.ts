import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import type { Log } from '../../base/log.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { parseSdkKey } from '../../store/sdk-key.ts'
import type { Api } from '../api.ts'
import { bugOf } from '../bug.ts'
import { type Failure, invalid } from '../failure.ts'

/** A call of another Worker, which knows of this one by a binding. */
export interface Call {
  /** The failure of a Worker that is misconfigured. */
  readonly api: Result<Api, Failure>
  readonly log: Log
  /** What the binding says of itself, as it was deployed. */
  readonly props: unknown
}

/** Has a call answered. Never rejects: what is thrown is a bug, and told as one. */
export async function answerCall<Value, Other = never>(
  { api, log }: Call,
  answer: (api: Api) => Promise<Result<Value, Failure | Other>>,
): Promise<Result<Value, Failure | Other>> {
  try {
    return api.ok ? await answer(api.value) : api
  } catch (cause) {
    return err(bugOf(cause, log))
  }
}

/** The options of a call, with its SDK key: its own, else that of its binding, else the Worker's. */
export function parseOptions(
  options: JsonValue,
  { props }: Call,
  { site }: Api,
): Result<JsonObject & { readonly sdkKey: string }, Failure> {
  if (!isJsonObject(options)) return invalid('options', 'an object')
  const key = options.sdkKey ?? (isJsonObject(props) ? props.sdkKey : null) ?? site.sdkKey
  if (key === null) return NO_KEY
  const sdkKey = typeof key === 'string' ? parseSdkKey(key) : null
  return sdkKey === null ? err({ code: 'datafile_not_found' }) : ok({ ...options, sdkKey })
}

const NO_KEY = invalid('sdkKey', 'in the options, the props of the binding, or SDK_KEY')
