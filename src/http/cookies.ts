/** Cookies, read from whatever a browser sends, and written with the attributes that all of ours have. */
import { parseCookie, stringifySetCookie } from 'cookie'

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

/** A cookie of ours. The value may be any well-formed text: what a cookie cannot hold is percent-encoded. */
export interface OwnCookie {
  readonly name: string
  readonly value: string
  /** `null`: the host's alone. */
  readonly domain: string | null
  /** 0 deletes the cookie. */
  readonly maxAgeSeconds: number
}

/**
 * The value of a `Set-Cookie` header: for all paths, first party, and `Secure`, which browsers also take from
 * `http://localhost` (Safari does not). Throws where name or domain cannot be those of a cookie: that is configuration.
 */
export function setCookie({ name, value, domain, maxAgeSeconds }: OwnCookie): string {
  return stringifySetCookie({
    name,
    value,
    maxAge: maxAgeSeconds,
    path: '/',
    secure: true,
    sameSite: 'lax',
    ...(domain === null ? {} : { domain }),
  })
}

/** Whether an answer sets the cookie itself: ours would overwrite it. */
export function setsCookie(headers: Headers, name: string): boolean {
  return headers.getSetCookie().some((value) => value.slice(0, value.search(/[=;]|$/)).trim() === name)
}
