import { err, ok, type Result } from '../../../base/result.ts'
import { isTexts } from '../agent-body.ts'
import { verifyJwt } from './jwt.ts'
import type { TokenFailure } from './token-failure.ts'

/** Whether a request's token opens an SDK key, and if not, why. */
export async function checkToken(
  headers: Headers,
  sdkKey: string,
  { jwtSecret, nowMs }: { readonly jwtSecret: string; readonly nowMs: number },
): Promise<Result<null, TokenFailure>> {
  const token = tokenOf(headers)
  if (token === '') return err('empty token')
  const verified = await verifyJwt(token, jwtSecret)
  if (!verified.ok) return verified
  const { exp, nbf, sdk_keys: sdkKeys } = verified.value
  // A token that never ends is one that has ended, as in the Agent.
  if (!isTime(exp) || exp * 1000 <= nowMs) return err('token expired')
  if (nbf !== undefined && !(isTime(nbf) && nbf * 1000 <= nowMs)) return err('invalid token')
  if (!isTexts(sdkKeys)) return err('invalid claims: sdk_keys not found, or have the wrong type')
  return sdkKeys.includes(sdkKey) ? ok(null) : err(NOT_AMONG_KEYS)
}

/** JSON may hold a number that is larger than any. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

const NOT_AMONG_KEYS =
  "SDK key given in X-Optimizely-Sdk-Key header was not found in the SDK keys in this token's claims"

/** `Authorization: Bearer`, or any of the other ways that the Agent knows. */
function tokenOf(headers: Headers): string {
  const authorization = headers.get('Authorization')
  if (authorization !== null) return authorization.replace(/^(?:Bearer|JWT)(?: +|$)/i, '').trim()
  return headers.get('Jwt') ?? headers.get('Auth') ?? ''
}
