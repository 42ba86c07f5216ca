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
  const bytes = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-1' }, false, ['verify'])
  return await crypto.subtle.verify('HMAC', key, signature, body)
}

function signatureOf(header: string | null): Uint8Array | null {
  const hex = /^sha1=([\da-f]{40})$/i.exec(header ?? '')?.[1]
  return hex === undefined ? null : Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}
