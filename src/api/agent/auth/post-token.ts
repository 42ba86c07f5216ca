import { bytesOfHex } from '../../../base/hex.ts'
import { err, ok, type Result } from '../../../base/result.ts'
import { readBytes } from '../../../http/body.ts'
import type { RoutedRequest } from '../../../http/router.ts'
import type { Api } from '../../api.ts'
import { REQUEST_LIMITS } from '../../decision-request.ts'
import { refusalByLimit } from '../../rate-limit.ts'
import { contentTypeOf } from '../agent-body.ts'
import { respondAgentFailure } from '../agent-failure.ts'
import { respondAgent } from '../agent-json.ts'
import type { AgentAuth, AgentClient } from './agent-clients.ts'
import { signJwt } from './jwt.ts'

/** Why there is no token (RFC 6749, 5.2), in the words of the Agent. */
interface Refusal {
  readonly error: 'invalid_request' | 'unsupported_grant_type' | 'invalid_client'
  readonly error_description?: string
}

/** What no SDK key can be, so that these requests are counted by themselves. */
const SCOPE = '.tokens'

/** `POST /oauth/token`: a token for a client's id and secret. */
export async function postToken({ request }: RoutedRequest, api: Api): Promise<Response> {
  const { agentAuth, clock } = api
  if (agentAuth === null) throw new Error('A token was asked for where none are.')
  const limited = await refusalByLimit(request, SCOPE, api)
  if (limited !== null) return respondAgentFailure(limited)
  const client = await clientOf(request, agentAuth)
  const response = client.ok
    ? respondAgent(await tokenFor(client.value, agentAuth, clock()))
    : respondAgent(client.error, client.error.error === 'invalid_client' ? 401 : 400)
  response.headers.set('Cache-Control', 'no-store')
  return response
}

async function tokenFor({ sdkKeys }: AgentClient, { jwtSecret, tokenSeconds }: AgentAuth, nowMs: number) {
  const exp = Math.floor(nowMs / 1000) + tokenSeconds
  const claims = { exp, iss: 'Optimizely', sdk_keys: sdkKeys }
  return { access_token: await signJwt(claims, jwtSecret), token_type: 'bearer', expires_in: tokenSeconds }
}

async function clientOf(request: Request, { clients }: AgentAuth): Promise<Result<AgentClient, Refusal>> {
  if (contentTypeOf(request.headers) !== 'application/x-www-form-urlencoded') {
    return malformed('Content-Type header value must be application/x-www-form-urlencoded')
  }
  const body = await readBytes(request, REQUEST_LIMITS.bodyBytes)
  if (!body.ok) return malformed('error parsing request body')
  const form = new URLSearchParams(new TextDecoder().decode(body.value))
  const grantType = form.get('grant_type') ?? ''
  if (grantType === '') return malformed('grant_type missing from request body')
  if (grantType !== 'client_credentials') return err({ error: 'unsupported_grant_type' })
  const secret = form.get('client_secret') ?? ''
  const id = form.get('client_id') ?? ''
  if (id === '') return invalidClient('client_id missing from request body')
  if (secret === '') return invalidClient('client_secret missing from request body')
  const client = clients.get(id)
  // A client that is not there takes as long as a secret that is not right.
  const isRight = await hasSha256(secret, client?.secretSha256 ?? NO_SHA256)
  return client !== undefined && isRight ? ok(client) : invalidClient('invalid client_id or client_secret')
}

const NO_SHA256 = '0'.repeat(64)

/** Whether a text has the hash, in a time that does not depend on how much of it is right. */
async function hasSha256(text: string, sha256: string): Promise<boolean> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const expected = bytesOfHex(sha256)
  return crypto.subtle.timingSafeEqual(digest, expected)
}

function malformed(description: string): Result<never, Refusal> {
  return err({ error: 'invalid_request', error_description: description })
}

function invalidClient(description: string): Result<never, Refusal> {
  return err({ error: 'invalid_client', error_description: description })
}
