/**
 * The variations that a visitor has been given, kept in a cookie of at most 1 kB, so that a change of traffic allocation
 * moves nobody: `experimentId:variationId|…`, the oldest first. Whoever edits theirs changes what they see, as whoever
 * deletes it does: the engine takes only variations that the experiment has.
 */
import type { Project, UserProfile } from '../../engine/index.ts'
import { COOKIE_SECONDS, type Cookies, setCookie } from '../../http/cookies.ts'
import type { CookieSettings } from './visitor.ts'

export const STICKY_COOKIE = 'turnout_sticky'

/** Of name, `=` and value together. */
const MAX_BYTES = 1024
const MAX_LENGTH = MAX_BYTES - STICKY_COOKIE.length - 1

/** The profile that the cookie holds, without experiments that are over or were never there. */
export function readProfile(cookies: Cookies, { experimentsById }: Pick<Project, 'experimentsById'>): UserProfile {
  const text = cookies.get(STICKY_COOKIE) ?? ''
  const profile = new Map<string, string>()
  if (text.length > MAX_LENGTH) return profile
  for (const entry of text.split('|')) {
    const [experimentId, variationId, ...rest] = entry.split(':').map(decoded)
    if (!experimentId || !variationId || rest.length > 0) continue
    if (experimentsById.get(experimentId)?.running) profile.set(experimentId, variationId)
  }
  return profile
}

/**
 * The value of `Set-Cookie` that keeps a profile; `null` where there is nothing to keep, or the cookie says the same.
 * What does not fit is given up, the oldest entries first.
 */
export function stickyCookie(
  profile: UserProfile | null,
  cookies: Cookies,
  { cookieDomain }: CookieSettings,
): string | null {
  const value = textOf(profile ?? new Map())
  if (value === '' || value === cookies.get(STICKY_COOKIE)) return null
  return setCookie({ name: STICKY_COOKIE, value, domain: cookieDomain, maxAgeSeconds: COOKIE_SECONDS })
}

function textOf(profile: UserProfile): string {
  const kept: string[] = []
  let length = -1
  for (const ids of [...profile].reverse()) {
    const entry = ids.map(encoded).join(':')
    length += entry.length + 1
    if (length > MAX_LENGTH) break
    kept.unshift(entry)
  }
  return kept.join('|')
}

/** Ids may hold anything; a cookie's value holds no `%` that is not escaped once more, so `!` stands for it. */
function encoded(id: string): string {
  return encodeURIComponent(id.toWellFormed()).replaceAll('!', '%21').replaceAll('%', '!')
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('!', '%'))
  } catch {
    return null
  }
}
