import { PAGE_LIMITS } from './limits.ts'
import { comparedUrl } from './match-url.ts'
import { isOwnParameter } from './own-parameters.ts'
import type { Redirect } from './page-fields.ts'
import type { PageProject, PageRule } from './page-project.ts'

/** A redirect that a visitor's variation asks for, and the URL that they are at. */
export interface Departure {
  readonly url: string
  readonly rule: PageRule
  readonly redirect: Redirect
}

/** Where it leads, or why it is not made. */
export type Arrival =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'stay'; readonly reason: string }

/**
 * Decides whether a redirect is made, so that no visitor can be sent in circles, without anything being remembered of
 * them. From its destination, with the parameters that go along, everything is followed that any variation of any running
 * experiment could do there. The redirect is made only where none of these URLs is one at which its own experiment
 * redirects, so that in no chain of redirects an experiment comes up twice; and, unless it allows another, only where
 * nothing redirects at its destination. Chains that are too long to follow are not begun.
 */
export function arrivalOf(pages: PageProject, { url, rule, redirect }: Departure): Arrival {
  const location = locationOf(url, redirect)
  if (location.length > PAGE_LIMITS.locationUnits) return stay('its URL is too long')
  const reached = new Set([location])
  for (const at of reached) {
    const next = redirectsAt(pages, at, rule)
    if (next.some(({ by }) => by === rule)) {
      return stay(at === location ? 'it leads to a page that it redirects' : 'it could lead back')
    }
    if (next.length > 0 && !redirect.allowsAnother) return stay('its destination may redirect in turn')
    for (const { leadsTo } of next) reached.add(leadsTo)
    if (reached.size > PAGE_LIMITS.redirectUrls) return stay('it could lead too far')
  }
  return { kind: 'redirect', location }
}

function stay(why: string): Arrival {
  return { kind: 'stay', reason: `The redirect is not made: ${why}.` }
}

interface PossibleRedirect {
  readonly by: PageRule
  readonly leadsTo: string
}

/** All that could be made at a URL: by the rules that can apply, and by `own` in any case. */
function redirectsAt({ redirecting }: PageProject, url: string, own: PageRule): readonly PossibleRedirect[] {
  const compared = comparedUrl(url)
  return redirecting.flatMap(({ page, rules }) => {
    if (!page.matches(compared)) return []
    const possible = rules.filter((rule) => rule === own || canApply(rule))
    return possible.flatMap((rule) => possibleRedirects(rule, page.id, url))
  })
}

function possibleRedirects(by: PageRule, pageId: string, url: string): readonly PossibleRedirect[] {
  return (by.redirects.get(pageId) ?? []).map((redirect) => ({ by, leadsTo: locationOf(url, redirect) }))
}

/** Whether a rule can give anybody a variation; the status of a delivery rule does not count. */
export function canApply({ rule, isDelivery }: PageRule): boolean {
  return rule.running || isDelivery
}

/** The destination, with the parameters of `from` that it does not have itself where they are to be kept, except for ours. */
function locationOf(from: string, { destination, preservesParameters }: Redirect): string {
  const query = preservesParameters ? URL.parse(from)?.search.slice(1) : ''
  const url = query ? URL.parse(destination) : null
  if (!query || url === null) return destination
  const own = url.search.slice(1)
  const names = new Set(partsOf(own).map(nameOf))
  const kept = partsOf(query).filter((part) => !names.has(nameOf(part)) && !isOwnParameter(part))
  url.search = [...(own === '' ? [] : [own]), ...kept].join('&')
  return url.href
}

function partsOf(query: string): readonly string[] {
  return query.split('&').filter((part) => part !== '')
}

/** Decoded, where it can be: `a%62` and `ab` are one name. */
function nameOf(part: string): string {
  const [name] = new URLSearchParams(part).keys()
  return name ?? ''
}
