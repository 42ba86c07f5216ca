import { err, ok, type Result } from '../../base/result.ts'
import { readJson } from '../../http/body.ts'
import { isOfOwnPage, isOriginAllowed } from '../../http/cors.ts'
import { jsonResponse } from '../../http/json-response.ts'
import type { RoutedRequest } from '../../http/router.ts'
import type { Site } from '../../pages/proxy/site.ts'
import type { EventsAnswer } from '../../protocol/events.ts'
import { parseSdkKey } from '../../store/sdk-key.ts'
import type { Api } from '../api.ts'
import { REQUEST_LIMITS } from '../decision-request.ts'
import { type Failure, respondFailure } from '../failure.ts'
import { refusalByLimit } from '../rate-limit.ts'
import { readDatafile } from '../read-datafile.ts'
import { parseEventsRequest, type ReportedEvents } from './events-request.ts'
import { reasonNotToCount } from './reason-not-to-count.ts'
import { attributesOf, visitorOf } from './reporting-page.ts'
import { resolveEvents } from './resolve-events.ts'

/** What taking events needs of the API. */
export interface EventsApi
  extends Pick<Api, 'store' | 'events' | 'log' | 'rateLimiter' | 'allowedOrigins' | 'isProxy'> {
  readonly site: Pick<Site, 'clock' | 'settings' | 'sdkKey'>
}

/**
 * Answers `POST /v1/events`: takes what a browser or a server reports of one user, and says what it did not take. 202
 * promises that it was handed to the recorder; 422 says that nothing was.
 */
export async function postEvents({ request }: Pick<RoutedRequest, 'request'>, api: EventsApi): Promise<Response> {
  if (!isOriginAllowed(request, api.allowedOrigins)) return respondFailure({ code: 'origin_not_allowed' })
  const body = await readJson(request, REQUEST_LIMITS.bodyBytes)
  if (!body.ok) return respondFailure(body.error)
  const reported = parseEventsRequest(body.value)
  if (!reported.ok) return respondFailure(reported.error)
  const refusal = reported.value.source.kind === 'page' ? refusalOfPage(request, api) : null
  if (refusal !== null) return respondFailure(refusal)
  const answer = await recordEvents(request, reported.value, api)
  return answer.ok ? respond(answer.value, reported.value) : respondFailure(answer.error)
}

/** A cookie says whose events they are: no other site's page may speak for its holder. */
function refusalOfPage(request: Request, { isProxy }: EventsApi): Failure | null {
  if (!isProxy)
    return { code: 'invalid_parameter', parameter: 'page', expected: 'left out, as no site is proxied here' }
  return isOfOwnPage(request) ? null : { code: 'origin_not_allowed' }
}

async function recordEvents(
  request: Request,
  { source, attributes: given, events: reported }: ReportedEvents,
  api: EventsApi,
): Promise<Result<EventsAnswer, Failure>> {
  const { store, events, site } = api
  const sdkKey = source.kind === 'page' ? site.sdkKey : parseSdkKey(source.sdkKey)
  if (sdkKey === null) return err({ code: 'datafile_not_found' })
  const refusal = await refusalByLimit(request, sdkKey, api)
  if (refusal !== null) return err(refusal)
  const found = await readDatafile(sdkKey, store)
  if (!found.ok) return found
  const userId = source.kind === 'page' ? visitorOf(request, site) : source.userId
  if (userId === null) return ok({ accepted: 0, refused: [], leftAlone: 'no-visitor' })
  const leftAlone = reasonNotToCount(request, userId, site.settings)
  if (leftAlone !== null) return ok({ accepted: 0, refused: [], leftAlone })
  const loaded = found.value.datafile
  const isPage = source.kind === 'page'
  const attributes = isPage ? attributesOf(source.page, { request, given, loaded, site }) : given
  const page = isPage ? loaded : null
  const { project } = loaded
  const resolved = await resolveEvents(reported, { sdkKey, project, userId, attributes, page, nowMs: site.clock() })
  events.record(resolved.events)
  return ok({ accepted: reported.length - resolved.refused.length, refused: resolved.refused })
}

function respond(answer: EventsAnswer, { events }: ReportedEvents): Response {
  return jsonResponse(answer, answer.refused.length === events.length ? 422 : 202)
}
