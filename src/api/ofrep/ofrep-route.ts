import { err, ok, type Result } from '../../base/result.ts'
import { bearerOf } from '../../http/bearer.ts'
import { type BodyFailure, readJson } from '../../http/body.ts'
import type { Handler } from '../../http/router.ts'
import type { FoundDatafile } from '../../store/datafile-store.ts'
import { parseSdkKey } from '../../store/sdk-key.ts'
import type { Api } from '../api.ts'
import { REQUEST_LIMITS } from '../decision-request.ts'
import { refusalByLimit } from '../rate-limit.ts'
import { readDatafile } from '../read-datafile.ts'
import { type OfrepContext, parseOfrepBody } from './ofrep-context.ts'
import { type OfrepFailure, type RefusedEvaluation, refused, respondOfrepFailure } from './ofrep-failure.ts'

/** What a handler of an OFREP route is given: the datafile has been found, and the body parsed. */
export interface OfrepRequest {
  readonly request: Request
  /** Empty where every flag is asked for, and for a key in the path that is not well encoded. */
  readonly flagKey: string
  readonly sdkKey: string
  readonly found: FoundDatafile
  readonly context: OfrepContext
  readonly api: Api
}

/** Does what both OFREP routes do: the SDK key, the datafile, the context, and errors in the protocol's shape. */
export function ofrepRoute(handle: (request: OfrepRequest) => Result<Response, OfrepFailure>): Handler<Api> {
  return async ({ request, params }, api) => {
    const asked = await readRequest(request, api)
    const flagKey = params.flagKey ?? ''
    const answer = asked.ok ? handle({ request, flagKey, ...asked.value, api }) : asked
    return answer.ok ? answer.value : respondOfrepFailure(answer.error, 'flagKey' in params ? flagKey : undefined)
  }
}

type Asked = Pick<OfrepRequest, 'sdkKey' | 'found' | 'context'>

async function readRequest(request: Request, api: Api): Promise<Result<Asked, OfrepFailure>> {
  const key = bearerOf(request) ?? request.headers.get('X-API-Key')
  if (key === null || key === '') return err({ code: 'missing_sdk_key' })
  const sdkKey = parseSdkKey(key)
  if (sdkKey === null) return err({ code: 'unknown_sdk_key' })
  const refusal = await refusalByLimit(request, sdkKey, api)
  if (refusal !== null) return err(refusal)
  const found = await readDatafile(sdkKey, api.store)
  if (!found.ok) return found.error.code === 'datafile_not_found' ? err({ code: 'unknown_sdk_key' }) : err(found.error)
  const context = await readContext(request)
  return context.ok ? ok({ sdkKey, found: found.value, context: context.value }) : context
}

async function readContext(request: Request): Promise<Result<OfrepContext, RefusedEvaluation>> {
  const body = await readJson(request, REQUEST_LIMITS.bodyBytes)
  return body.ok ? parseOfrepBody(body.value) : err(refusalOf(body.error))
}

/** A body that is too large is a context that is: there is nothing else in it. */
function refusalOf(failure: BodyFailure): RefusedEvaluation {
  return failure.code === 'malformed_body'
    ? refused('PARSE_ERROR', failure.message)
    : refused('INVALID_CONTEXT', `The body is larger than ${failure.limitBytes} bytes.`)
}
