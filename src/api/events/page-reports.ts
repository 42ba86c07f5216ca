/** What pages report of themselves: each is planned once more, as it was when it was served, and counts as that says. */
import { ok, type Result } from '../../base/result.ts'
import type { Attributes } from '../../engine/index.ts'
import type { PageDecision } from '../../pages/plan/page.ts'
import { exposuresOf, unreported } from '../../pages/proxy/exposures.ts'
import { planVisit } from '../../pages/proxy/plan-visit.ts'
import type { Site } from '../../pages/proxy/site.ts'
import type { PlannedVisit, Visit } from '../../pages/proxy/visit.ts'
import { quoted, type Resolved, refuse } from './refusal.ts'
import { isPageReport, type PageReport, type ReportedEvent } from './reported-event.ts'

/** The pages that are reported of. */
export type ReportedPages = ReadonlyMap<PageReport, Visit>

export interface PageReporter {
  /** Of the report: cookies, browser and place are those of the visitor. */
  readonly request: Request
  readonly attributes: Attributes
  /** With the key that decides. */
  readonly site: Site
}

/** Plans the pages for the visitor of the cookie. */
export async function planReportedPages(
  events: readonly Result<ReportedEvent, string>[],
  reporter: PageReporter,
): Promise<ReportedPages> {
  const reports = events.flatMap((event) => (event.ok && isPageReport(event.value) ? [event.value] : []))
  return new Map(
    await Promise.all(reports.map(async (report) => [report, await planReported(report, reporter)] as const)),
  )
}

function planReported(
  { path, referrer = '', isFirstSession = false }: PageReport,
  { request, attributes, site }: PageReporter,
): Visit | Promise<Visit> {
  const url = new URL(path, request.url)
  const headers = new Headers(request.headers)
  headers.set('Referer', referrer)
  return planVisit({ url, method: 'GET', headers, cf: request.cf, attributes, isFirstSession }, site)
}

/** What counts of a report; `visit` is absent where it is not of the visitor of the cookie, or of another site. */
export function resolvePageReport(
  report: PageReport,
  visit: Visit | undefined,
  shown: { readonly sdkKey: string; readonly timestampMs: number },
): Resolved {
  if (visit === undefined) return refuse('malformed_event', NOT_OF_A_PAGE)
  if (visit.kind === 'left-alone') return refuse('not_decided', `.path: the page is left alone: ${visit.reason}.`)
  if (!visit.isCounted) return refuse('not_decided', '.path: the page does not count.')
  const decisions = report.type === 'page-shown' ? unreported(visit.plan) : decisionsNamed(report, visit)
  return decisions.length === 0 && report.type === 'page-exposure'
    ? refuse('not_decided', notDecided(report))
    : ok(exposuresOf(decisions, visit, shown))
}

const NOT_OF_A_PAGE = '.type: pages report to their own site, of the visitor of its cookie, so without a userId.'

type Named = Extract<PageReport, { readonly type: 'page-exposure' }>

/** The visitor's: keys are unique by custom only. */
function decisionsNamed({ experimentKey, variationKey }: Named, { plan }: PlannedVisit): readonly PageDecision[] {
  return plan.decisions.filter((one) => one.experimentKey === experimentKey && one.variation?.key === variationKey)
}

function notDecided({ experimentKey, variationKey }: Named): string {
  return `.variationKey: the visitor is not in variation ${quoted(variationKey)} of experiment ${quoted(experimentKey)} on that page.`
}
