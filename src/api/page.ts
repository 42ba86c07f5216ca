import { err, ok, type Result } from '../base/result.ts'
import { corsHeaders } from '../http/cors.ts'
import { etagOf, matchesEtag } from '../http/etag.ts'
import { type HeaderFields, JSON_HEADERS } from '../http/headers.ts'
import type { RoutedRequest } from '../http/router.ts'
import { answeredEdits } from '../pages/browser/page-edits.ts'
import { pageScriptFile } from '../pages/browser/page-script-file.ts'
import { NO_PLAN, type PagePlan } from '../pages/plan/page.ts'
import { pageAnswer, placedEdits } from '../pages/plan/page-answer.ts'
import { recordExposures } from '../pages/proxy/exposures.ts'
import { planVisit } from '../pages/proxy/plan-visit.ts'
import type { Site } from '../pages/proxy/site.ts'
import type { Visit } from '../pages/proxy/visit.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import type { Api } from './api.ts'
import { type Failure, respondFailure } from './failure.ts'
import { type PlanRequest, parsePlanRequest } from './page-request.ts'
import { refusalByLimit } from './rate-limit.ts'

/**
 * Answers `GET /v1/page`: the plan of a page as JSON. For a user who is named, for a Worker that edits the page; else, for
 * the visitor of the cookie, for the script of a page that navigates by itself.
 */
export function getPage(routed: RoutedRequest, api: Api): Promise<Response> {
  return answer(routed, api, { fields: JSON_HEADERS, textOf: jsonOf })
}

/** Answers `GET /v1/page.js`: the same plan as a script that carries it out in the browser. */
export function getPageScript(routed: RoutedRequest, api: Api): Promise<Response> {
  return answer(routed, api, { fields: SCRIPT_HEADERS, textOf: ({ plan }) => pageScriptFile(plan) })
}

function jsonOf({ plan, isForCookie, leftAlone }: PlanAsked): string {
  // What the visitor is to keep they keep at once; for anybody else it is among what is answered.
  return JSON.stringify(
    isForCookie
      ? pageAnswer({ ...plan, cookies: [] }, answeredEdits(plan.edits), leftAlone)
      : pageAnswer(plan, placedEdits(plan.edits), leftAlone),
  )
}

const SCRIPT_HEADERS: HeaderFields = { ...JSON_HEADERS, 'Content-Type': 'text/javascript; charset=utf-8' }

interface Form {
  readonly fields: HeaderFields
  readonly textOf: (asked: PlanAsked) => string
}

interface PlanAsked {
  readonly plan: PagePlan
  /** The visitor is the one of the cookie. */
  readonly isForCookie: boolean
  /** Why nothing was decided; `null` where it was. */
  readonly leftAlone: string | null
}

async function answer({ request, url }: RoutedRequest, api: Api, { fields, textOf }: Form): Promise<Response> {
  const planned = await planAsked(request, url, api)
  const cors = corsHeaders(request, api.allowedOrigins)
  if (!planned.ok) return respondFailure(planned.error, cors)
  const { plan, isForCookie } = planned.value
  const text = textOf(planned.value)
  const etag = etagOf(0, text)
  const isKnown = matchesEtag(request.headers.get('If-None-Match'), etag)
  const response = new Response(isKnown ? null : text, {
    status: isKnown ? 304 : 200,
    headers: { ...fields, 'Cache-Control': 'private, no-cache', ...cors, ETag: etag },
  })
  response.headers.append('Vary', 'Cookie')
  for (const cookie of isForCookie ? plan.cookies : []) response.headers.append('Set-Cookie', cookie)
  return response
}

async function planAsked(request: Request, url: URL, api: Api): Promise<Result<PlanAsked, Failure>> {
  const asked = parsePlanRequest(url.searchParams, api.isProxy)
  if (!asked.ok) return asked
  const { userId, attributes, disableTracking } = asked.value
  const site = await siteFor(request, asked.value, api)
  if (!site.ok) return site
  const { headers, method, cf } = request
  const visit = await planVisit({ url: asked.value.url, method, headers, cf, userId, attributes }, site.value)
  if (visit.kind === 'planned' && method === 'GET' && !disableTracking) recordExposures(visit, site.value)
  const leftAlone = visit.kind === 'left-alone' ? visit.reason : null
  return ok({ plan: planOf(visit), isForCookie: userId === null, leftAlone })
}

/** With the visitor's own choice among the cookies. */
function planOf(visit: Visit): PagePlan {
  const plan = visit.kind === 'planned' ? visit.plan : NO_PLAN
  return visit.setCookie === null ? plan : { ...plan, cookies: [...plan.cookies, visit.setCookie] }
}

/** The site with the datafile that is asked for, which is at hand. */
async function siteFor(request: Request, { sdkKey }: PlanRequest, api: Api): Promise<Result<Site, Failure>> {
  const { site, store, rateLimiter, log } = api
  const key = sdkKey === null ? site.sdkKey : parseSdkKey(sdkKey)
  if (key === null) return err({ code: 'datafile_not_found' })
  const refusal = await refusalByLimit(request, { rateLimiter, log, scope: key, whenDown: null })
  if (refusal !== null) return err(refusal)
  const lookup = await store.read(key)
  switch (lookup.kind) {
    case 'unknown':
      return err({ code: 'datafile_not_found' })
    case 'unavailable':
      return err({ code: 'datafile_unavailable', retryAfterSeconds: lookup.retryAfterSeconds })
    case 'found':
      return ok({ ...site, sdkKey: key })
  }
}
