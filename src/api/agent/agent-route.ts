import { err, ok, type Result } from '../../base/result.ts'
import type { Handler, RoutedRequest } from '../../http/router.ts'
import type { FoundDatafile } from '../../store/datafile-store.ts'
import { parseSdkKey } from '../../store/sdk-key.ts'
import type { Api } from '../api.ts'
import { refusalByLimit } from '../rate-limit.ts'
import { readDatafile } from '../read-datafile.ts'
import { type AgentFailure, respondAgentFailure } from './agent-failure.ts'
import { checkToken } from './auth/agent-auth.ts'

/** What a handler of an Agent route is given: the datafile has been found, and the caller may use it. */
export interface AgentRequest extends RoutedRequest {
  readonly sdkKey: string
  readonly found: FoundDatafile
  readonly api: Api
}

export type AgentAnswer = Result<Response, AgentFailure>

const SDK_KEY_HEADER = 'X-Optimizely-SDK-Key'

/** Does what all Agent routes do: the request id, the SDK key, the token, the datafile, and errors in the Agent's shape. */
export function agentRoute(handle: (request: AgentRequest) => Promise<AgentAnswer>): Handler<Api> {
  return async (routed, api) => {
    const requestId = requestIdOf(routed.request)
    const found = await findDatafile(routed.request, api)
    const answer = found.ok ? await handle({ ...routed, ...found.value, api }) : found
    const response = answer.ok ? answer.value : respondAgentFailure(answer.error)
    response.headers.set('X-Request-Id', requestId)
    response.headers.set('Cache-Control', 'no-store')
    return response
  }
}

async function findDatafile(
  request: Request,
  api: Api,
): Promise<Result<{ sdkKey: string; found: FoundDatafile }, AgentFailure>> {
  const header = request.headers.get(SDK_KEY_HEADER)
  if (header === null || header === '') return err({ code: 'missing_sdk_key' })
  const sdkKey = sdkKeyOf(header)
  const refusal = sdkKey === null ? null : await refusalByLimit(request, sdkKey, api)
  if (refusal !== null) return err(refusal)
  const unauthorized = await refusalByToken(request, sdkKey ?? '', api)
  if (unauthorized !== null) return err(unauthorized)
  if (sdkKey === null) return err({ code: 'unknown_sdk_key' })
  const found = await readDatafile(sdkKey, api.store)
  if (found.ok) return ok({ sdkKey, found: found.value })
  return found.error.code === 'datafile_not_found' ? err({ code: 'unknown_sdk_key' }) : err(found.error)
}

/** Before the datafile is looked for, so that nobody without a token learns which SDK keys there are. */
async function refusalByToken(
  request: Request,
  sdkKey: string,
  { agentAuth, clock }: Api,
): Promise<AgentFailure | null> {
  if (agentAuth === null) return null
  const { jwtSecret } = agentAuth
  const checked = await checkToken(request.headers, sdkKey, { jwtSecret, nowMs: clock() })
  return checked.ok ? null : { code: 'unauthorized', why: checked.error }
}

/** What may follow a colon is a datafile access token, of the same characters, which matters where datafiles are pulled. */
function sdkKeyOf(header: string): string | null {
  const [text = '', token, ...more] = header.split(':')
  const isWellFormed = more.length === 0 && (token === undefined || TOKEN.test(token))
  return isWellFormed ? parseSdkKey(text) : null
}

const TOKEN = /^[A-Za-z0-9+/=_-]+$/

/** The caller's, when it is fit for a header, else a new one. */
function requestIdOf(request: Request): string {
  const requestId = request.headers.get('X-Request-Id')
  return requestId !== null && /^[\x21-\x7e]{1,128}$/.test(requestId) ? requestId : crypto.randomUUID()
}
