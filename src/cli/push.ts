import { EXIT, failure, type Outcome } from './exit.ts'
import { type HttpTarget, type Push, pushOverHttp } from './push-over-http.ts'
import { pushToKv } from './push-to-kv.ts'
import { readDatafile } from './read-datafile.ts'

/** The command line of `turnout push`, as it was written. */
export interface PushOptions {
  readonly url?: string
  readonly token?: string
  readonly force?: boolean
  readonly remote?: boolean
  readonly config?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Checks a datafile and puts it where a Worker finds it: through a running Worker when an address or a token is
 * given, else straight into KV.
 */
export async function push(sdkKey: string, file: string, options: PushOptions, env: Environment): Promise<Outcome> {
  const datafile = await readDatafile(file)
  if (!datafile.ok) return datafile.error
  const request: Push = { sdkKey, datafile: datafile.value, force: options.force ?? false }
  if (options.url === undefined && options.token === undefined) return await pushToKv(request, options)
  const target = httpTarget(options, env)
  if (target === null) {
    return failure(
      EXIT.failed,
      'A running Worker asks for its ADMIN_TOKEN: give --token, or set TURNOUT_TOKEN or ADMIN_TOKEN.',
    )
  }
  return await pushOverHttp(target, request)
}

const DEFAULT_URL = 'http://localhost:8787'

function httpTarget({ url, token }: PushOptions, env: Environment): HttpTarget | null {
  const secret = token ?? env.TURNOUT_TOKEN ?? env.ADMIN_TOKEN
  return secret ? { url: new URL(url ?? DEFAULT_URL), token: secret } : null
}
