/** JSON Web Tokens (RFC 7519) signed with HS256, and no other way. */
import { isJsonObject, type JsonObject, parseJson } from '../../../base/json.ts'
import { err, ok, type Result } from '../../../base/result.ts'
import { base64Url, bytesOfBase64Url } from '../../../http/base64-url.ts'
import { hmacKey } from '../../../http/hmac.ts'
import type { TokenFailure } from './token-failure.ts'

const HEADER = base64Url(new TextEncoder().encode('{"alg":"HS256","typ":"JWT"}'))
/** A token of ours is a tenth of that; longer ones are not worth a hash. */
const MAX_LENGTH = 8_192

/** A token that carries the claims. */
export async function signJwt(claims: JsonObject, secret: string): Promise<string> {
  const signed = `${HEADER}.${base64Url(new TextEncoder().encode(JSON.stringify(claims)))}`
  const signature = await crypto.subtle.sign('HMAC', await hmacKey(secret, 'SHA-256'), new TextEncoder().encode(signed))
  return `${signed}.${base64Url(new Uint8Array(signature))}`
}

/** The claims of a token with a right signature, whatever they say of its time. The signature is compared in constant time. */
export async function verifyJwt(token: string, secret: string): Promise<Result<JsonObject, TokenFailure>> {
  const [header = '', payload = '', signature = '', ...more] = token.length > MAX_LENGTH ? [] : token.split('.')
  const fields = jsonOf(header)
  if (fields === null || more.length > 0) return err('invalid token')
  // `none`, and every algorithm that reads the secret as something else than it is.
  if (fields.alg !== 'HS256') return err('unexpected signing method')
  // Whatever it asks for is not done here (RFC 7515, 4.1.11).
  if (fields.crit !== undefined) return err('invalid token')
  const bytes = bytesOfBase64Url(signature)
  const claims = jsonOf(payload)
  if (bytes === null || claims === null) return err('invalid token')
  const signed = new TextEncoder().encode(`${header}.${payload}`)
  return (await crypto.subtle.verify('HMAC', await hmacKey(secret, 'SHA-256'), bytes, signed))
    ? ok(claims)
    : err('invalid token')
}

function jsonOf(part: string): JsonObject | null {
  const bytes = bytesOfBase64Url(part)
  const json = bytes === null ? null : parseJson(new TextDecoder().decode(bytes))
  return json?.ok && isJsonObject(json.value) ? json.value : null
}
