/** Cookies, read from whatever a browser sends, and written with the attributes that all of ours have. */
import { parseCookie } from 'cookie'

/** Cookies by name, decoded where they can be. Of several with one name it is the first, which has the longest path. */
export type Cookies = ReadonlyMap<string, string>

/** The cookies of a `Cookie` header. Whatever is not a cookie is passed over; nothing throws. */
export function readCookies(header: string | null): Cookies {
  const cookies = new Map<string, string>()
  if (header === null) return cookies
  for (const [name, value] of Object.entries(parseCookie(header))) {
    if (value !== undefined) cookies.set(name, value)
  }
  return cookies
}

/** The longest time that browsers keep a cookie: 400 days. */
export const COOKIE_SECONDS = 34_560_000

/** A cookie of ours. */
export interface OwnCookie {
  /** As configuration has checked it: a token. */
  readonly name: string
  /** Any text: what a cookie cannot hold is percent-encoded. */
  readonly value: string
  /** `null`: the host's alone. */
  readonly domain: string | null
  /** 0 deletes the cookie. */
  readonly maxAgeSeconds: number
}

/**
 * The value of a `Set-Cookie` header: for all paths, first party, and `Secure`, which browsers also take from
 * `http://localhost` (Safari does not).
 */
export function setCookie({ name, value, domain, maxAgeSeconds }: OwnCookie): string {
  const domainPart = domain === null ? '' : `; Domain=${domain}`
  return `${name}=${encoded(value)}; Max-Age=${maxAgeSeconds}${domainPart}; Path=/; Secure; SameSite=Lax`
}

/** Whether an answer sets the cookie itself: ours would overwrite it. */
export function setsCookie(headers: Headers, name: string): boolean {
  return headers.getSetCookie().some((value) => value.slice(0, value.search(/[=;]|$/)).trim() === name)
}

/** Everything but a cookie's octets (RFC 6265, 4.1.1), and the sign that encodes. */
function encoded(value: string): string {
  return value.toWellFormed().replace(/[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]|%/gu, encodeURIComponent)
}
