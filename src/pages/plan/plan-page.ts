import type { UserProfile } from '../../engine/index.ts'
import { fingerprint } from '../../http/etag.ts'
import { decidePage, isOpen, type PageVisitor } from './decide-page.ts'
import { comparedUrl } from './match-url.ts'
import type { PageDecision, PagePlan, PageReports } from './page.ts'
import { contentOf } from './page-content.ts'
import type { HandedFlags } from './page-fields.ts'
import type { CompiledPage, PageAction, PageProject, PageRule } from './page-project.ts'
import { handedFlags, NO_HANDOFF, type PlannedHandoff, planHandoff } from './plan-handoff.ts'
import { type Acting, planReports, type Reporting, type ShownPage, unreported } from './plan-reports.ts'
import { arrivalOf } from './redirect.ts'

/** A page, and who asks for it. */
export interface PageQuestion extends PageVisitor {
  /** The URL as the visitor sees it: with the scheme and host of the site, and the query. */
  readonly url: string
  /** The site's own switch: every page asks for the plan of the next. */
  readonly clientNavigation: boolean
  /** The page can report what only it knows; absent: it cannot. */
  readonly reporting?: Reporting | undefined
  /** The flags whose decisions are handed over where the page's own fields say nothing of it; absent: none on any page. */
  readonly handoff?: HandedFlags
  /** The cookies to set, once it is known whether a running experiment is about the page and what is to be kept. */
  readonly cookiesFor: (outcome: {
    readonly applies: boolean
    readonly profile: UserProfile | null
  }) => readonly string[]
}

/** The pages of the datafile that a URL matches, in datafile order. */
export function pagesAbout({ pages }: PageProject, url: string | URL): readonly CompiledPage[] {
  const compared = comparedUrl(url)
  return pages.filter((page) => page.matches(compared))
}

/**
 * Says everything that is to happen to one page for one visitor, and nothing about how it is done. A function of its
 * arguments that never throws: an experiment that cannot be evaluated contributes nothing. `matched` are the pages about
 * the question's URL, where they are known.
 */
export function planPage(
  project: PageProject,
  question: PageQuestion,
  matched = pagesAbout(project, question.url),
): PagePlan {
  const rules = rulesOf(matched).filter((rule) => isOpen(rule, question))
  const { decided, profile: decidedProfile } = decidePage(project.project, rules, question)
  const acting = decided.map(({ rule, decision }) => ({ rule, decision, actions: actionsOn(matched, rule, decision) }))
  const { redirect, redirecting, decisions } = redirectOf(project, acting, question)
  const content = contentOf(project, redirect === null ? acting.flatMap(({ actions }) => actions) : [])
  const { edits, css, hydrates } = content
  const clientNavigation = question.clientNavigation || matched.some((page) => page.clientNavigation)
  const handoff = redirect === null ? handoffFor(project, question, { matched, profile: decidedProfile }) : NO_HANDOFF
  const reports = redirect === null ? reportsFor(project, question, { acting, matched }) : null
  const profile = handoff.profile ?? decidedProfile
  const applies = rules.length > 0 || handoff.text !== null
  return {
    pageKeys: matched.map(({ key }) => key),
    decisions,
    served:
      redirect === null
        ? unreported(decisions, reports)
        : decisions.filter(({ experimentId }) => experimentId === redirecting),
    edits,
    css,
    redirect,
    hydrates,
    reports,
    handoff: handoff.text,
    clientNavigation,
    cookies: question.cookiesFor({ applies, profile }),
    profile,
    cacheTag: applies
      ? fingerprint(`${content.fingerprint} ${clientNavigation} ${redirect}${handoff.text ?? ''}${textOf(reports)}`)
      : null,
  }
}

function reportsFor(project: PageProject, { reporting }: PageQuestion, shown: ShownPage): PageReports | null {
  return reporting === undefined ? null : planReports(project, shown, reporting)
}

function textOf(reports: PageReports | null): string {
  return reports === null ? '' : JSON.stringify(reports)
}

interface DecidedSoFar {
  readonly matched: readonly CompiledPage[]
  readonly profile: UserProfile | null
}

function handoffFor(
  { project }: PageProject,
  question: PageQuestion,
  { matched, profile }: DecidedSoFar,
): PlannedHandoff {
  if (question.handoff === undefined) return NO_HANDOFF
  const visitor = profile === null ? question : { ...question, profile }
  return planHandoff(project, visitor, handedFlags(matched, question.handoff))
}

/** Each once, in datafile order, whichever of the pages it is about. */
function rulesOf(matched: readonly CompiledPage[]): readonly PageRule[] {
  const [first, ...others] = matched
  if (first === undefined || others.length === 0) return first?.rules ?? []
  return [...new Set(matched.flatMap(({ rules }) => rules))].sort((a, b) => a.index - b.index)
}

function actionsOn(
  matched: readonly CompiledPage[],
  rule: PageRule,
  { variation }: PageDecision,
): readonly PageAction[] {
  const actions = variation === null ? undefined : rule.actions.get(variation.id)
  return actions?.filter(({ page }) => matched.includes(page)) ?? []
}

interface Redirected extends Pick<PagePlan, 'redirect' | 'decisions'> {
  /** Id of the experiment that sends the visitor elsewhere, so that they are shown nothing of the others. */
  readonly redirecting: string | null
}

/** The first redirect that can be made. Why others are not is among the reasons, where these are asked for. */
function redirectOf(
  project: PageProject,
  acting: readonly Acting[],
  { url, includeReasons }: PageQuestion,
): Redirected {
  let redirect: string | null = null
  let redirecting: string | null = null
  const decisions: PageDecision[] = []
  for (const { rule, decision, actions } of acting) {
    const reasons = [...decision.reasons]
    for (const action of actions) {
      if (action.redirect === null || redirect !== null) continue
      const arrival = arrivalOf(project, { url, rule, redirect: action.redirect })
      if (arrival.kind === 'redirect') [redirect, redirecting] = [arrival.location, rule.rule.id]
      else if (includeReasons) reasons.push(arrival.reason)
    }
    decisions.push({ ...decision, reasons })
  }
  return { redirect, redirecting, decisions }
}
