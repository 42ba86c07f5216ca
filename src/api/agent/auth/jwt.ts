/** JSON Web Tokens (RFC 7519) signed with HS256, and no other way. */
import { isJsonObject, type JsonObject, parseJson } from '../../../base/json.ts'
import { err, ok, type Result } from '../../../base/result.ts'
import type { TokenFailure } from './token-failure.ts'

const HEADER = base64Url(new TextEncoder().encode('{"alg":"HS256","typ":"JWT"}'))
/** A token of ours is a tenth of that; longer ones are not worth a hash. */
const MAX_LENGTH = 8_192

/** A token that carries the claims. */
export async function signJwt(claims: JsonObject, secret: string): Promise<string> {
  const signed = `${HEADER}.${base64Url(new TextEncoder().encode(JSON.stringify(claims)))}`
  const signature = await crypto.subtle.sign('HMAC', await keyOf(secret), new TextEncoder().encode(signed))
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
  const bytes = bytesOf(signature)
  const claims = jsonOf(payload)
  if (bytes === null || claims === null) return err('invalid token')
  const signed = new TextEncoder().encode(`${header}.${payload}`)
  return (await crypto.subtle.verify('HMAC', await keyOf(secret), bytes, signed)) ? ok(claims) : err('invalid token')
}

function keyOf(secret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign', 'verify'])
}

function base64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** `null` for what is not base64url without padding, and as it is written: bits that stand for nothing could be anything. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return null
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (unit) => unit.charCodeAt(0))
  return base64Url(bytes) === text ? bytes : null
}

function jsonOf(part: string): JsonObject | null {
  const bytes = bytesOf(part)
  const json = bytes === null ? null : parseJson(new TextDecoder().decode(bytes))
  return json?.ok && isJsonObject(json.value) ? json.value : null
}
