import type { PageExposureJson } from '../../protocol/events.ts'
import type { EdgeAttribute } from './edge-attributes.ts'
import type { AwaitingReport, PageDecision, PageFact, PageReports } from './page.ts'
import type { CompiledPage, PageAction, PageProject, PageRule, Trigger } from './page-project.ts'

/** An experiment that is about the page, what it came to, and what it does there. */
export interface Acting {
  readonly rule: PageRule
  readonly decision: PageDecision
  readonly actions: readonly PageAction[]
}

/** What reports are planned from, the page being shown. */
export interface ShownPage {
  readonly acting: readonly Acting[]
  readonly matched: readonly CompiledPage[]
}

/** How the page was asked for. */
export interface Reporting {
  /** Before the visitor turns to it, if they ever do: nothing counts until then. */
  readonly isAhead: boolean
  readonly isFirstSession: boolean
  /** Those that events carry. */
  readonly attributes: readonly EdgeAttribute[]
}

/** What the page reports by itself; `null`: nothing. */
export function planReports(project: PageProject, shown: ShownPage, reporting: Reporting): PageReports | null {
  const reports = shown.acting.flatMap((acting) => reportOf(acting, shown, { project, reporting }))
  if (reports.length === 0) return null
  const isAwaiting = ({ edits, places }: AwaitingReport) => edits.length + places.length > 0
  return {
    atOnce: reports.filter((report) => !isAwaiting(report)).map(({ exposure }) => exposure),
    awaiting: reports.filter(isAwaiting),
    facts: factsOf(reporting),
    untrusted: shown.acting.flatMap(({ rule }) => (insertsHtml(rule, shown) ? [rule.rule.id] : [])),
  }
}

function insertsHtml({ triggers }: PageRule, { matched }: ShownPage): boolean {
  return matched.some(({ id }) => triggers.get(id)?.insertsHtml)
}

/** Those of a page that requires trusted types, of all variations alike. */
export function trustedReports(reports: PageReports): PageReports {
  const isTaken = ({ experimentId }: PageExposureJson) => !reports.untrusted.includes(experimentId)
  const { atOnce, awaiting } = reports
  return {
    ...reports,
    atOnce: atOnce.filter(isTaken),
    awaiting: awaiting.filter(({ exposure }) => isTaken(exposure)),
  }
}

function factsOf({ attributes, isFirstSession }: Reporting): readonly PageFact[] {
  const facts = new Set(attributes.flatMap(({ pageFact }) => pageFact ?? []))
  if (!isFirstSession) facts.delete('isFirstSession')
  return [...facts]
}

/** The decisions that count when the page is served. */
export function unreported(decisions: readonly PageDecision[], reports: PageReports | null): readonly PageDecision[] {
  const reported = new Set(reports === null ? [] : exposuresIn(reports).map(({ experimentId }) => experimentId))
  return decisions.filter(({ experimentId }) => !reported.has(experimentId))
}

function exposuresIn({ atOnce, awaiting }: PageReports): readonly PageExposureJson[] {
  return [...atOnce, ...awaiting.map(({ exposure }) => exposure)]
}

function reportOf(
  { rule, decision, actions }: Acting,
  { matched }: ShownPage,
  { project, reporting }: { readonly project: PageProject; readonly reporting: Reporting },
): readonly AwaitingReport[] {
  const exposure = exposureOf(decision)
  if (exposure === null || (decision.source === 'rollout' && !project.project.sendFlagDecisions)) return []
  // Whoever is sent away reports nothing, and then nobody does.
  if (matched.some(({ id }) => rule.redirects.has(id))) return []
  const triggers = matched.flatMap(({ id }) => rule.triggers.get(id) ?? [])
  if (triggers.length === 0 && !reporting.isAhead) return []
  if (triggers.every(({ places }) => places.length > 0) && triggers.length > 0) {
    return [{ exposure, ...awaited(actions, triggers), isLate: matched.some(({ hydrates }) => hydrates) }]
  }
  return [{ exposure, edits: [], places: [], isLate: false }]
}

/** The visitor's own edits, or for whoever has none of these the places of the others'. */
function awaited(
  actions: readonly PageAction[],
  triggers: readonly Trigger[],
): Pick<AwaitingReport, 'edits' | 'places'> {
  const ids = actions.flatMap(({ edits }) => edits.map(({ id }) => id))
  const own = ids.filter((id) => triggers.some(({ edits }) => edits.has(id)))
  return { edits: own, places: own.length > 0 ? [] : triggers.flatMap(({ places }) => places) }
}

function exposureOf({ experimentId, flagKey, variation, holdout }: PageDecision): PageExposureJson | null {
  const common = { type: 'page-exposure', experimentId, ...(flagKey !== null && { flagKey }) } as const
  if (holdout !== null) return { ...common, variationId: holdout.variation.id, holdoutId: holdout.rule.id }
  return variation === null ? null : { ...common, variationId: variation.id }
}
