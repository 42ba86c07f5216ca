import { setCookie } from '../../http/cookies.ts'
import { fingerprint } from '../../http/etag.ts'
import { recordExposures } from './exposures.ts'
import type { Site } from './site.ts'
import type { Visit } from './visit.ts'

/** Who asks with these wants to show the page: a script that reads it, or an image, is not sent elsewhere. */
const SHOWS_PAGE = /^(?:document|empty|frame|iframe)?$/

/**
 * Says for a moment where a visitor has just been sent. The datafile's own redirects cannot lead in circles, but the origin
 * may send the visitor back, and then they stay.
 */
const SENT_COOKIE = 'turnout_sent'
const SENT_SECONDS = 3

/** Where a visitor is sent. */
export interface Sending {
  /** Absolute, http(s). */
  readonly location: string
  /** Values of `Set-Cookie`. */
  readonly cookies: readonly string[]
  /** `null`: cookies are the host's alone. */
  readonly cookieDomain: string | null
  /** Said to the browser for a moment, against circles. */
  readonly isRemembered: boolean
}

/** The answer of a redirect experiment, which counts as shown, or `null` where the visitor stays. */
export function redirectOf(request: Request, visit: Visit, site: Site): Response | null {
  if (visit.kind === 'left-alone' || visit.plan.redirect === null) return null
  const { plan, setCookie: choice, isPreview } = visit
  const answer = redirectTo(request, {
    location: visit.plan.redirect,
    cookies: choice === null ? plan.cookies : [...plan.cookies, choice],
    cookieDomain: site.settings.cookieDomain,
    isRemembered: !isPreview,
  })
  if (answer !== null && request.method === 'GET') recordExposures(visit, site)
  return answer
}

/** The answer that sends a visitor elsewhere, or `null` where they are to stay. */
export function redirectTo({ headers }: Request, sending: Sending): Response | null {
  const { location, cookies, cookieDomain, isRemembered } = sending
  if (!SHOWS_PAGE.test(headers.get('Sec-Fetch-Dest') ?? '')) return null
  const value = fingerprint(location)
  if ((headers.get('Cookie') ?? '').includes(`${SENT_COOKIE}=${value}`)) return null
  const answer = new Response(null, {
    status: 302,
    headers: { Location: location, 'Cache-Control': 'private, no-store', Vary: 'Cookie' },
  })
  for (const cookie of cookies) answer.headers.append('Set-Cookie', cookie)
  if (isRemembered) {
    const sent = setCookie({ name: SENT_COOKIE, value, domain: cookieDomain, maxAgeSeconds: SENT_SECONDS })
    answer.headers.append('Set-Cookie', sent)
  }
  return answer
}
