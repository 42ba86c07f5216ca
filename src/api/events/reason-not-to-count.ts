import { readCookies } from '../../http/cookies.ts'
import { type Participation, participationOf } from '../../pages/proxy/participation.ts'
import type { SiteSettings } from '../../pages/proxy/site-settings.ts'

/** Why what a user did is not to be counted, in the words that pages have for it; `null`: it is. */
export type ReasonNotToCount = Extract<Participation, { kind: 'left-alone' }>['reason'] | 'fetched-ahead'

/**
 * Goes by what pages go by, so that who is left alone there is not counted here: crawlers, `Sec-GPC: 1`, those who opted
 * out, pages that are fetched ahead, and the visitor of the cookie without consent. Whoever names another user has asked
 * for that user's consent, and a server, which sends no `Origin`, is no crawler for what it calls itself.
 */
export function reasonNotToCount(request: Request, userId: string, settings: SiteSettings): ReasonNotToCount | null {
  const { headers } = request
  const cookies = readCookies(headers.get('Cookie'))
  const isVisitor = cookies.get(settings.visitorCookie) === userId
  const participation = participationOf(
    { request, parameters: NO_PARAMETERS, cookies, isPreview: false },
    isVisitor ? settings : { ...settings, consentCookie: null },
  )
  if (participation.kind === 'takes-part') return participation.isCounted ? null : 'fetched-ahead'
  return participation.reason === 'crawler' && !headers.has('Origin') ? null : participation.reason
}

/** Those of the page's address are not among those of this one. */
const NO_PARAMETERS = new URLSearchParams()
