import { ok, type Result } from '../base/result.ts'
import { NO_PLAN, type PagePlan } from '../pages/plan/page.ts'
import { recordExposures } from '../pages/proxy/exposures.ts'
import { type PageRequest, planVisit } from '../pages/proxy/plan-visit.ts'
import type { Visit } from '../pages/proxy/visit.ts'
import type { Api } from './api.ts'
import type { Failure } from './failure.ts'
import type { PlanRequest } from './page-request.ts'
import { readDatafile } from './read-datafile.ts'

/** What is to become of a page for whoever was asked about. */
export interface PlanAsked {
  readonly plan: PagePlan
  /** The visitor is the one of the cookie. */
  readonly isForCookie: boolean
  /** Why nothing was decided; `null` where it was. */
  readonly leftAlone: string | null
}

/** What is asked, with a key that can be one, and what is known of the visitor's request. */
export interface PlanQuestion extends Omit<PlanRequest, 'sdkKey'>, Pick<PageRequest, 'method' | 'headers' | 'cf'> {
  readonly sdkKey: string
}

/** Plans a page, and counts what its visitor is shown unless the caller says otherwise. */
export async function planAsked(question: PlanQuestion, { site, store }: Api): Promise<Result<PlanAsked, Failure>> {
  const { sdkKey, method, userId, disableTracking } = question
  // Once for its failures: what was read is at hand where the page is planned.
  const found = await readDatafile(sdkKey, store)
  if (!found.ok) return found
  const siteOfKey = { ...site, sdkKey }
  const visit = await planVisit(question, siteOfKey)
  if (visit.kind === 'planned' && method === 'GET' && !disableTracking) recordExposures(visit, siteOfKey)
  const leftAlone = visit.kind === 'left-alone' ? visit.reason : null
  return ok({ plan: planOf(visit), isForCookie: userId === null, leftAlone })
}

/** With the visitor's own choice among the cookies. */
function planOf(visit: Visit): PagePlan {
  const plan = visit.kind === 'planned' ? visit.plan : NO_PLAN
  return visit.setCookie === null ? plan : { ...plan, cookies: [...plan.cookies, visit.setCookie] }
}
