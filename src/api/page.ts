import { err, type Result } from '../base/result.ts'
import { corsHeaders } from '../http/cors.ts'
import { etagOf, matchesEtag } from '../http/etag.ts'
import { type HeaderFields, JSON_HEADERS } from '../http/headers.ts'
import type { RoutedRequest } from '../http/router.ts'
import { answeredEdits } from '../pages/browser/page-edits.ts'
import { pageScriptFile } from '../pages/browser/page-script-file.ts'
import { pageAnswer, placedEdits } from '../pages/plan/page-answer.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import type { Api } from './api.ts'
import { type Failure, respondFailure } from './failure.ts'
import { type PlanAsked, planAsked } from './page-plan.ts'
import { parsePlanRequest } from './page-request.ts'
import { refusalByLimit } from './rate-limit.ts'

/**
 * Answers `GET /v1/page`: the plan of a page as JSON. For a user who is named, for a Worker that edits the page; else, for
 * the visitor of the cookie, for the script of a page that navigates by itself.
 */
export function getPage(routed: RoutedRequest, api: Api): Promise<Response> {
  return answer(routed, api, { fields: JSON_HEADERS, textOf: jsonOf, canReport: true })
}

/** Answers `GET /v1/page.js`: the same plan as a script that carries it out in the browser. */
export function getPageScript(routed: RoutedRequest, api: Api): Promise<Response> {
  return answer(routed, api, { fields: SCRIPT_HEADERS, textOf: ({ plan }) => pageScriptFile(plan), canReport: false })
}

function jsonOf({ plan, isForCookie, leftAlone }: PlanAsked): string {
  // What the visitor is to keep they keep at once; for anybody else it is among what is answered.
  return JSON.stringify(
    isForCookie
      ? pageAnswer({ ...plan, cookies: [] }, answeredEdits(plan.edits, plan.reports), leftAlone)
      : pageAnswer(plan, placedEdits(plan.edits), leftAlone),
  )
}

const SCRIPT_HEADERS: HeaderFields = { ...JSON_HEADERS, 'Content-Type': 'text/javascript; charset=utf-8' }

interface Form {
  readonly fields: HeaderFields
  readonly textOf: (asked: PlanAsked) => string
  /** What is asked for with `reports=true` is among what is answered. */
  readonly canReport: boolean
}

async function answer({ request, url }: RoutedRequest, api: Api, form: Form): Promise<Response> {
  const { fields, textOf } = form
  const planned = await planFor(request, url, form, api)
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

/** Counted by the network that it comes from, which those who ask for a visitor forward. */
async function planFor(request: Request, url: URL, { canReport }: Form, api: Api): Promise<Result<PlanAsked, Failure>> {
  const parsed = parsePlanRequest(url.searchParams, api.isProxy)
  if (!parsed.ok) return parsed
  const asked = parsed.value
  const { site } = api
  const sdkKey = asked.sdkKey === null ? site.sdkKey : parseSdkKey(asked.sdkKey)
  if (sdkKey === null) return err({ code: 'datafile_not_found' })
  const refusal = await refusalByLimit(request, sdkKey, api)
  if (refusal !== null) return err(refusal)
  const { headers, method, cf } = request
  const takesReports = asked.takesReports && canReport
  return planAsked({ ...asked, takesReports, sdkKey, headers, method, cf }, api)
}
