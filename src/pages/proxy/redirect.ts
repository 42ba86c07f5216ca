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

/** The answer of a redirect experiment, or `null` where the visitor stays. */
export function redirectOf({ method, headers }: Request, visit: Visit, site: Site): Response | null {
  if (visit.kind === 'left-alone' || visit.plan.redirect === null) return null
  if (!SHOWS_PAGE.test(headers.get('Sec-Fetch-Dest') ?? '')) return null
  const { plan, setCookie: choice, isPreview } = visit
  const { redirect } = visit.plan
  const value = fingerprint(redirect)
  if ((headers.get('Cookie') ?? '').includes(`${SENT_COOKIE}=${value}`)) return null
  const answer = new Response(null, {
    status: 302,
    headers: { Location: redirect, 'Cache-Control': 'private, no-store', Vary: 'Cookie' },
  })
  const sent = setCookie({ name: SENT_COOKIE, value, domain: site.settings.cookieDomain, maxAgeSeconds: SENT_SECONDS })
  for (const cookie of [...plan.cookies, choice, isPreview ? null : sent]) {
    if (cookie !== null) answer.headers.append('Set-Cookie', cookie)
  }
  if (method === 'GET') recordExposures(visit, site)
  return answer
}
