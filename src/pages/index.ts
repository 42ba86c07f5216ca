/**
 * Pages, for Workers of one's own. A Worker that has a page's response asks Turnout for what is to become of the page,
 * and applies that:
 *
 * ```ts
 * const asked = env.TURNOUT.fetch(`https://turnout/v1/page?${new URLSearchParams({ url: request.url, userId, key })}`)
 * const answer: unknown = await asked.then((response) => response.json()).catch(() => null)
 * return applyExperiments(request, response, answer)
 * ```
 *
 * `examples/own-worker` is a whole one. A Worker that wants no other one beside it plans by itself, with `planVisit`, or
 * has `servePage` do everything; the `Site` that both take is what `src/worker.ts` makes.
 */

export type { PageAnswer, PageAnswerDecision, PageEdit, PageOperation } from '../protocol/page.ts'
export type { DomEdit, Edit, Operation, PageDecision, PagePlan, PlannedEdit } from './plan/page.ts'
export { parsePageAnswer } from './plan/parse-page-answer.ts'
export { answerNavigation, applyExperiments, type ExperimentOptions, originRequest } from './proxy/apply-experiments.ts'
export { ORIGIN_TIMEOUT_MS, type Origin, type OriginPorts, originOf } from './proxy/origin.ts'
export { type OriginSetting, parseOrigin } from './proxy/origin-setting.ts'
export { type PageRequest, planVisit } from './proxy/plan-visit.ts'
export { servePage } from './proxy/serve-page.ts'
export type { Site } from './proxy/site.ts'
export type { SiteSettings } from './proxy/site-settings.ts'
export type { LeftAlone, PlannedVisit, Visit } from './proxy/visit.ts'
