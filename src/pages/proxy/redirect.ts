import { recordExposures } from './exposures.ts'
import type { Site } from './site.ts'
import type { Visit } from './visit.ts'

/** Who asks with these wants to show the page: a script that reads it, or an image, is not sent elsewhere. */
const SHOWS_PAGE = /^(?:document|empty|frame|iframe)?$/

/** The answer of a redirect experiment, or `null` where the visitor stays. */
export function redirectOf({ method, headers }: Request, visit: Visit, site: Site): Response | null {
  if (visit.kind === 'left-alone' || visit.plan.redirect === null) return null
  if (!SHOWS_PAGE.test(headers.get('Sec-Fetch-Dest') ?? '')) return null
  const answer = new Response(null, {
    status: 302,
    headers: { Location: visit.plan.redirect, 'Cache-Control': 'private, no-store', Vary: 'Cookie' },
  })
  const { setCookie, plan } = visit
  for (const cookie of [...plan.cookies, ...(setCookie === null ? [] : [setCookie])]) {
    answer.headers.append('Set-Cookie', cookie)
  }
  if (method === 'GET') recordExposures(visit, site)
  return answer
}
