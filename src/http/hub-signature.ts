import { bytesOfHex } from '../base/hex.ts'
import { hmacKey } from './hmac.ts'

/**
 * Whether `X-Hub-Signature: sha1=<hex>` signs these bytes with one of the secrets. Constant in time for each secret
 * (source: WebCrypto's verify), and true only where the header has exactly that form; the hex may be of either case.
 */
export async function isHubSigned(
  header: string | null,
  body: Uint8Array,
  secrets: readonly string[],
): Promise<boolean> {
  const signature = signatureOf(header)
  if (signature === null) return false
  const checks = await Promise.all(secrets.map((secret) => isSignedWith(secret, signature, body)))
  return checks.includes(true)
}

async function isSignedWith(secret: string, signature: Uint8Array, body: Uint8Array): Promise<boolean> {
  return await crypto.subtle.verify('HMAC', await hmacKey(secret, 'SHA-1'), signature, body)
}

function signatureOf(header: string | null): Uint8Array | null {
  const hex = /^sha1=([\da-f]{40})$/i.exec(header ?? '')?.[1]
  return hex === undefined ? null : bytesOfHex(hex)
}
