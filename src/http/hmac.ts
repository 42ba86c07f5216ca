/** The key that signs and verifies with a secret, which is a text in UTF-8. */
export function hmacKey(secret: string, hash: 'SHA-1' | 'SHA-256') {
  const algorithm = { name: 'HMAC', hash }
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign', 'verify'])
}
