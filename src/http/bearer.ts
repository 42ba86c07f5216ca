/**
 * Whether a request carries `Authorization: Bearer {token}`; never, where there is no token. Both sides are hashed, so
 * that the comparison takes the same time for every candidate, whatever its length.
 */
export async function hasBearer(request: Request, token: string | null): Promise<boolean> {
  const candidate = bearerOf(request)
  if (candidate === null || token === null) return false
  const [left, right] = await Promise.all([sha256(candidate), sha256(token)])
  return crypto.subtle.timingSafeEqual(left, right)
}

/** The token of `Authorization: Bearer {token}`, or `null`. */
export function bearerOf(request: Request): string | null {
  const match = /^Bearer +(\S+) *$/i.exec(request.headers.get('Authorization') ?? '')
  return match?.[1] ?? null
}

function sha256(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
}
