import { ok, type Result } from '../base/result.ts'
import { corsHeaders } from '../http/cors.ts'
import { etagOf, matchesEtag } from '../http/etag.ts'
import { type HeaderFields, JSON_HEADERS } from '../http/headers.ts'
import type { RoutedRequest } from '../http/router.ts'
import { pageScriptFile } from '../pages/browser/page-script-file.ts'
import { NO_PLAN, type PagePlan } from '../pages/plan/page.ts'
import { pageAnswer } from '../pages/plan/page-answer.ts'
import { recordExposures } from '../pages/proxy/exposures.ts'
import { planVisit } from '../pages/proxy/plan-visit.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import type { Api } from './api.ts'
import { type Failure, respondFailure } from './failure.ts'
import { parsePlanRequest } from './page-request.ts'

/** Answers `GET /v1/page`: the plan of a page as JSON, for another Worker, or for a page that navigates by itself. */
export function getPage(routed: RoutedRequest, api: Api): Promise<Response> {
  return answer(routed, api, { fields: JSON_HEADERS, textOf: (plan) => JSON.stringify(pageAnswer(plan)) })
}

/** Answers `GET /v1/page.js`: the same plan as a script that carries it out in the browser. */
export function getPageScript(routed: RoutedRequest, api: Api): Promise<Response> {
  return answer(routed, api, { fields: SCRIPT_HEADERS, textOf: pageScriptFile })
}

const SCRIPT_HEADERS: HeaderFields = { ...JSON_HEADERS, 'Content-Type': 'text/javascript; charset=utf-8' }

interface Form {
  readonly fields: HeaderFields
  readonly textOf: (plan: PagePlan) => string
}

async function answer({ request, url }: RoutedRequest, api: Api, { fields, textOf }: Form): Promise<Response> {
  const planned = await plan(request, url, api)
  const cors = corsHeaders(request, api.allowedOrigins)
  if (!planned.ok) return respondFailure(planned.error, cors)
  const text = textOf(planned.value)
  const etag = etagOf(0, text)
  const isKnown = matchesEtag(request.headers.get('If-None-Match'), etag)
  return new Response(isKnown ? null : text, {
    status: isKnown ? 304 : 200,
    headers: { ...fields, 'Cache-Control': 'private, no-cache', Vary: 'Cookie', ...cors, ETag: etag },
  })
}

/** The visitor is the one that is named, or else the one of the cookie; the page is left alone for whoever takes no part. */
async function plan(request: Request, url: URL, api: Api): Promise<Result<PagePlan, Failure>> {
  const asked = parsePlanRequest(url.searchParams, api.isProxy)
  if (!asked.ok) return asked
  const { site } = api
  const sdkKey = asked.value.sdkKey === null ? site.sdkKey : parseSdkKey(asked.value.sdkKey)
  if (sdkKey === null) return { ok: false, error: { code: 'datafile_not_found' } }
  const lookup = await api.store.read(sdkKey)
  if (lookup.kind === 'unknown') return { ok: false, error: { code: 'datafile_not_found' } }
  if (lookup.kind === 'unavailable') {
    return { ok: false, error: { code: 'datafile_unavailable', retryAfterSeconds: lookup.retryAfterSeconds } }
  }
  const { userId, attributes } = asked.value
  const { headers, method, cf } = request
  const visit = await planVisit({ url: asked.value.url, method, headers, cf, userId, attributes }, { ...site, sdkKey })
  if (visit.kind === 'left-alone') return ok(NO_PLAN)
  recordExposures(visit, { ...site, sdkKey })
  return ok(visit.plan)
}
