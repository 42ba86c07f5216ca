import type { PageExposureJson } from '../../protocol/events.ts'
import type { EdgeAttribute } from './edge-attributes.ts'
import type { AwaitingReport, Edit, PageDecision, PageFact, PageReports, PlannedEdit } from './page.ts'
import type { CompiledPage, PageAction, PageProject, PageRule } from './page-project.ts'

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
  readonly edits: readonly PlannedEdit[]
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
  const isAwaiting = ({ edits, selectors }: AwaitingReport) => edits.length + selectors.length > 0
  return {
    atOnce: reports.filter((report) => !isAwaiting(report)).map(({ exposure }) => exposure),
    awaiting: reports.filter(isAwaiting),
    facts: factsOf(reporting),
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
  { matched, edits }: ShownPage,
  { project, reporting }: { readonly project: PageProject; readonly reporting: Reporting },
): readonly AwaitingReport[] {
  const exposure = exposureOf(decision)
  if (exposure === null || (decision.source === 'rollout' && !project.project.sendFlagDecisions)) return []
  const triggers = matched.flatMap(({ id }) => rule.triggers.get(id) ?? [])
  if (triggers.length === 0 || matched.some(({ id }) => rule.redirects.has(id))) {
    return reporting.isAhead ? [{ exposure, ...NOTHING }] : []
  }
  const ids = new Set(actions.flatMap((action) => action.edits.map(({ id }) => id)))
  const own = edits.flatMap(({ edit, place }) => (place === 'browser' && ids.has(edit.id) ? [edit] : []))
  if (own.some(runsAtOnce)) return [{ exposure, ...NOTHING }]
  const isLate = matched.some(({ id, hydrates }) => hydrates && rule.triggers.has(id))
  if (own.length > 0) return [{ exposure, edits: own.map(({ id }) => id), selectors: [], isLate }]
  if (triggers.some(({ selectors }) => selectors.length === 0)) return [{ exposure, ...NOTHING }]
  return [{ exposure, edits: [], selectors: [...new Set(triggers.flatMap(({ selectors }) => selectors))], isLate }]
}

/** What counts once the script has run awaits this. */
const NOTHING = { edits: [], selectors: [], isLate: false }

function runsAtOnce({ kind, dependencies }: Edit): boolean {
  return kind === 'code' && dependencies.length === 0
}

function exposureOf({ experimentId, flagKey, variation, holdout }: PageDecision): PageExposureJson | null {
  const common = { type: 'page-exposure', experimentId, ...(flagKey !== null && { flagKey }) } as const
  if (holdout !== null) return { ...common, variationId: holdout.variation.id, holdoutId: holdout.rule.id }
  return variation === null ? null : { ...common, variationId: variation.id }
}
