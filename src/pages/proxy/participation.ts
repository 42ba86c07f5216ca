/**
 * Who takes part in experiments. Everyone else gets the origin's page, untouched: no variation, no cookie, no exposure.
 * A crawler gets it too. That is what it would find without us, and the same for every crawler.
 */
import { isbot } from 'isbot'
import { madeOnce } from '../../base/made-once.ts'
import { COOKIE_SECONDS, type Cookies, setCookie } from '../../http/cookies.ts'
import { OWN_PARAMETERS } from './own-parameters.ts'
import type { CookieSettings } from './visitor.ts'

/** What is known of a request before anything is decided. */
export interface RequestFacts {
  readonly request: Pick<Request, 'method' | 'headers'>
  readonly parameters: Pick<URLSearchParams, 'get'>
  readonly cookies: Cookies
  /** Somebody looks at a page before it is live, by a token of the site: nobody else's wishes are asked for. */
  readonly isPreview: boolean
}

export interface ParticipationSettings extends CookieSettings {
  /** `name`, or `name=value` with the one value that means yes; `null`: nobody is asked. */
  readonly consentCookie: string | null
}

export type Participation =
  | {
      readonly kind: 'takes-part'
      /** Whether what is shown counts as seen: not for previews, `HEAD`, and pages that are fetched ahead. */
      readonly isCounted: boolean
      /** The page is fetched, or even rendered, before the visitor turns to it. */
      readonly isAhead: boolean
      readonly setCookie: string | null
    }
  | {
      readonly kind: 'left-alone'
      readonly reason: 'off' | 'opted-out' | 'privacy-signal' | 'no-consent' | 'crawler'
      /** The visitor's own choice, the one thing that is kept of them. */
      readonly setCookie: string | null
    }

export const OPT_OUT_COOKIE = 'turnout_opt_out'

/** Whether the request is experimented on. */
export function participationOf(facts: RequestFacts, settings: ParticipationSettings): Participation {
  const { request, parameters, isPreview } = facts
  const choice = parameters.get(OWN_PARAMETERS.optOut)
  const cookie = choiceCookie(choice, facts.cookies, settings)
  const reason = reasonToLeaveAlone(facts, choice, settings)
  if (reason !== null) return { kind: 'left-alone', reason, setCookie: cookie }
  const isAhead = isFetchedAhead(request.headers)
  const isCounted = !isPreview && request.method !== 'HEAD' && !isAhead
  return { kind: 'takes-part', isCounted, isAhead, setCookie: cookie }
}

type Reason = Extract<Participation, { kind: 'left-alone' }>['reason']

function reasonToLeaveAlone(
  { request: { headers }, parameters, cookies, isPreview }: RequestFacts,
  choice: string | null,
  { consentCookie }: ParticipationSettings,
): Reason | null {
  if (parameters.get(OWN_PARAMETERS.off) === 'true') return 'off'
  if (isPreview) return null
  if (choice === 'true' || (choice !== 'false' && cookies.get(OPT_OUT_COOKIE) === '1')) return 'opted-out'
  if (headers.get('Sec-GPC')?.trim() === '1') return 'privacy-signal'
  if (consentCookie !== null && !hasConsent(cookies, consentCookie)) return 'no-consent'
  return isCrawler(headers.get('User-Agent') ?? '') ? 'crawler' : null
}

/** Kept as long as browsers keep anything, and taken back by `false`. Not said again to whoever has said it. */
function choiceCookie(choice: string | null, cookies: Cookies, { cookieDomain }: CookieSettings): string | null {
  const isOut = cookies.get(OPT_OUT_COOKIE) === '1'
  const common = { name: OPT_OUT_COOKIE, domain: cookieDomain }
  if (choice === 'true' && !isOut) return setCookie({ ...common, value: '1', maxAgeSeconds: COOKIE_SECONDS })
  if (choice === 'false' && isOut) return setCookie({ ...common, value: '', maxAgeSeconds: 0 })
  return null
}

/** What consent cookies say for no; `dismiss` only closed the question. */
const NO =
  /^(?:-1|0|n|no|f|false|off|none|null|undefined|den(?:y|ied)|declined?|reject(?:ed)?|refused?|revoked?|withdrawn|dismiss(?:ed)?|necessary|essential|pending|unknown)$/i

/** A list of purposes or a TCF string has to be read before it is a yes, and we do not read them. */
const WORD = /^[\w.-]{1,64}$/

function hasConsent(cookies: Cookies, setting: string): boolean {
  const equals = setting.indexOf('=')
  if (equals !== -1) return cookies.get(setting.slice(0, equals)) === setting.slice(equals + 1)
  const value = cookies.get(setting) ?? ''
  return WORD.test(value) && !NO.test(value)
}

/** The list's expressions look at all of a text, so what nobody's browser sends is cut off. */
const MAX_USER_AGENT = 1024

/** What was said of browsers: most visitors of a site have one of few, and to find out takes longer than to plan a page. */
const crawlers = madeOnce<boolean>(500)

function isCrawler(userAgent: string): boolean {
  const read = userAgent.slice(0, MAX_USER_AGENT)
  return crawlers(read, () => isbot(read))
}

/** As browsers of all ages say it. */
const PURPOSES = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz']

function isFetchedAhead(headers: Headers): boolean {
  return PURPOSES.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ''))
}
