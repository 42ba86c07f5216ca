import type { HeaderFields } from './headers.ts'

/** Which origins may read: all of them, or those listed (`https://shop.example`). */
export type AllowedOrigins = '*' | readonly string[]

const NO_HEADERS: HeaderFields = {}
const EXPOSED = 'ETag, Retry-After, Server-Timing, X-Request-Id'
/** The CORS headers of an answer that every origin may read. */
export const ANY_ORIGIN: HeaderFields = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED,
  'Cross-Origin-Resource-Policy': 'cross-origin',
}
const OTHER_ORIGIN: HeaderFields = { Vary: 'Origin' }

/** Seconds for which browsers may keep a preflight's answer. */
const PREFLIGHT_SECONDS = '86400'

/** The CORS headers of a readable answer. Credentials are never allowed: an answer does not depend on cookies. */
export function corsHeaders(request: Request, allowed: AllowedOrigins): HeaderFields {
  if (allowed === '*') return ANY_ORIGIN
  const origin = request.headers.get('Origin')
  if (origin === null || !allowed.includes(origin)) return OTHER_ORIGIN
  return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED, Vary: 'Origin' }
}

const ALLOWED_HEADERS = 'Authorization, Content-Type, If-None-Match, X-API-Key, X-Optimizely-SDK-Key, X-Request-Id'

/**
 * Whether a request may change something here: browsers say with `Origin` whose page it is from, and servers say nothing.
 * The origin that is asked may always.
 */
export function isOriginAllowed(request: Request, allowed: AllowedOrigins): boolean {
  const origin = request.headers.get('Origin')
  return allowed === '*' || origin === null || allowed.includes(origin) || isOfOwnPage(request)
}

/** Whether it is a page of the origin that is asked. Where its policy is `no-referrer`, browsers keep `Origin` to themselves. */
export function isOfOwnPage({ headers, url }: Request): boolean {
  return headers.get('Sec-Fetch-Site') === 'same-origin' || headers.get('Origin') === new URL(url).origin
}

/** The answer to a preflight: `methods` as in `Allow`. An origin that is not allowed gets no permission. */
export function preflight(request: Request, allowed: AllowedOrigins, methods: string): Response {
  const cors = corsHeaders(request, allowed)
  const permission =
    'Access-Control-Allow-Origin' in cors
      ? {
          'Access-Control-Allow-Methods': methods,
          'Access-Control-Allow-Headers': ALLOWED_HEADERS,
          'Access-Control-Max-Age': PREFLIGHT_SECONDS,
        }
      : NO_HEADERS
  return new Response(null, { status: 204, headers: { ...cors, ...permission, Allow: methods } })
}
