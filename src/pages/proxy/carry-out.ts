import { reasonOf } from '../../base/reason.ts'
import { copyResponse } from '../../http/copy-response.ts'
import { applyPlan } from './apply-plan.ts'
import { debugJson } from './debug-json.ts'
import { recordExposures } from './exposures.ts'
import type { Site } from './site.ts'
import { NOTE, type PlannedVisit, type Visit } from './visit.ts'

export interface Carrying {
  readonly request: Request
  readonly visit: Visit
  /** The origin's. */
  readonly response: Response
  readonly site: Site
}

/** Carries out what was planned, and counts what is shown by it. Rejects only while the origin's answer is still whole. */
export async function carryOut({ request, visit, response, site }: Carrying): Promise<Response> {
  const answer = visit.kind === 'left-alone' ? response : await apply(visit, { request, visit, response, site })
  const { setCookie, note } = visit
  return setCookie === null && note === null ? answer : amend(answer, setCookie === null ? [] : [setCookie], note)
}

/** The same answer with cookies that are the visitor's own choice, and with a note. */
export function amend(answer: Response, cookies: readonly string[], note: string | null): Response {
  const amended = copyResponse(answer)
  for (const cookie of cookies) amended.headers.append('Set-Cookie', cookie)
  if (cookies.length > 0) amended.headers.set('Cache-Control', 'private, no-cache')
  if (note !== null) amended.headers.append(NOTE, note)
  return amended
}

async function apply(visit: PlannedVisit, { request, response, site }: Carrying): Promise<Response> {
  const { plan, isPreview, isDebug } = visit
  const debug = isDebug ? debugJson(visit) : null
  const onBug = (cause: unknown) => site.log({ level: 'error', code: 'page_failed', message: reasonOf(cause) })
  const { planPath, eventsPath } = site
  const applied = await applyPlan({ request, response, plan, planPath, eventsPath, isPreview, debug, onBug })
  const counted = applied.isMute ? plan.decisions : plan.served
  if (applied.isShown && request.method === 'GET') recordExposures(visit, site, counted)
  return applied.response
}
