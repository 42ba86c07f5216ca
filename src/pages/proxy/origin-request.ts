/** The request that the origin gets. */
import type { OriginConditions } from './validators.ts'

/** How a request differs from what the visitor sent. */
export interface OriginRequestOptions {
  /** `readable`: the answer may be edited, so that it is asked for only in encodings that are decoded here. */
  readonly encodings: 'any' | 'readable'
  /** What is asked in place of the visitor's conditions; `null` leaves those as they are. */
  readonly conditions: OriginConditions | null
}

/** Another host, and what it is to be told of the one that was visited. */
export interface Forwarding {
  readonly origin: string
  readonly visited: URL
  /** The value of `Turnout-Loop`. */
  readonly loop: string
}

const LOOP = 'Turnout-Loop'

/** How often a request has come by, with this time; `null` where that is once too often. */
export function followLoop(headers: Headers): string | null {
  const seen = headers.get(LOOP)
  if (seen === null) return '1'
  return seen === '1' ? '2' : null
}

/**
 * The request for the origin, with the visitor's method, headers and body, which it takes over; as it is where it can be.
 * `null` asks under the visitor's own address.
 */
export function requestFor(request: Request, options: OriginRequestOptions, to: Forwarding | null): Request {
  const { encodings, conditions } = options
  // To follow a redirect is up to the visitor. What comes from outside says so already.
  const sent = request.redirect === 'manual' ? request : new Request(request, { redirect: 'manual' })
  if (to === null && encodings === 'any' && conditions === null) return sent
  const asked = to === null ? new Request(sent) : new Request(targetOf(to), sent)
  const { headers } = asked
  if (to !== null) tellForwarding(headers, to)
  if (encodings === 'readable') headers.set('Accept-Encoding', readableEncodings(headers.get('Accept-Encoding')))
  if (conditions !== null) {
    replace(headers, 'If-None-Match', conditions.ifNoneMatch)
    replace(headers, 'If-Modified-Since', conditions.ifModifiedSince)
  }
  return asked
}

/** Put together as text, because `//evil.example/` as a relative URL would name another host. */
function targetOf({ origin, visited: { pathname, search, href } }: Forwarding): string {
  return `${origin}${pathname}${search === '' && href.endsWith('?') ? '?' : search}`
}

/** What says otherwise than we do. Cloudflare itself writes `X-Forwarded-For`. */
const NOT_FORWARDED = ['Forwarded', 'X-Forwarded-Port', 'X-Forwarded-Prefix', 'X-Forwarded-Server']

/** Whatever the visitor says of forwarding is not believed. In a zone a request cannot come back (Cloudflare's `CDN-Loop`). */
function tellForwarding(headers: Headers, { visited, loop }: Forwarding): void {
  headers.set(LOOP, loop)
  for (const name of NOT_FORWARDED) headers.delete(name)
  headers.set('X-Forwarded-Host', visited.host)
  headers.set('X-Forwarded-Proto', visited.protocol.slice(0, -1))
}

/** What the visitor accepts of those encodings that HTMLRewriter decodes; without any, the bytes as they are. */
function readableEncodings(accepted: string | null): string {
  const readable = (accepted ?? '').split(',').filter((member) => /^\s*(?:gzip|br)\s*(?:;|$)/i.test(member))
  return readable.length === 0 ? 'identity' : readable.join().trim()
}

function replace(headers: Headers, name: string, value: string | null): void {
  if (value === null) headers.delete(name)
  else headers.set(name, value)
}
