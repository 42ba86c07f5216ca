import { err, ok, type Result } from '../../base/result.ts'
import { readJson } from '../../http/body.ts'
import { readCookies } from '../../http/cookies.ts'
import { isOfOwnPage, isOriginAllowed } from '../../http/cors.ts'
import { JSON_HEADERS } from '../../http/headers.ts'
import type { RoutedRequest } from '../../http/router.ts'
import type { Site } from '../../pages/proxy/site.ts'
import { readVisitor } from '../../pages/proxy/visitor.ts'
import type { EventsAnswer } from '../../protocol/events.ts'
import { parseSdkKey } from '../../store/sdk-key.ts'
import type { Api } from '../api.ts'
import { REQUEST_LIMITS } from '../decision-request.ts'
import { type Failure, respondFailure } from '../failure.ts'
import { refusalByLimit } from '../rate-limit.ts'
import { parseEventsRequest, type ReportedEvents } from './events-request.ts'
import { planReportedPages, type ReportedPages } from './page-reports.ts'
import { reasonNotToCount } from './reason-not-to-count.ts'
import { parseEvent } from './reported-event.ts'
import { resolveEvents } from './resolve-events.ts'

/** What taking events needs of the API. */
export type EventsApi = Pick<Api, 'store' | 'events' | 'log' | 'rateLimiter' | 'allowedOrigins' | 'site' | 'isProxy'>

/**
 * Answers `POST /v1/events`: takes what a browser or a server reports of one user, and says what it did not take. 202
 * promises that it was handed to the recorder; 422 says that nothing was.
 */
export async function postEvents({ request }: Pick<RoutedRequest, 'request'>, api: EventsApi): Promise<Response> {
  const isOfOwn = isOfOwnPage(request)
  if (!isOfOwn && !isOriginAllowed(request, api.allowedOrigins)) return respondFailure({ code: 'origin_not_allowed' })
  const body = await readJson(request, REQUEST_LIMITS.bodyBytes)
  if (!body.ok) return respondFailure(body.error)
  const parsed = parseEventsRequest(body.value, isOfOwn && api.isProxy)
  if (!parsed.ok) return respondFailure(parsed.error)
  const reported = ownedEvents(request, parsed.value, api)
  if (!reported.ok) return respondFailure(reported.error)
  const answer = await recordEvents(request, reported.value, api)
  return answer.ok ? respond(answer.value, parsed.value) : respondFailure(answer.error)
}

/** Events of which it is known whose they are. */
interface OwnedEvents extends ReportedEvents {
  readonly sdkKey: string
  readonly userId: string
  /** The page does not know its visitor: the cookie says who that is. */
  readonly isOfCookie: boolean
}

function ownedEvents(request: Request, events: ReportedEvents, { site }: EventsApi): Result<OwnedEvents, Failure> {
  const sdkKey = events.sdkKey ?? site.sdkKey
  const userId = events.userId ?? visitorOf(request, site)
  if (sdkKey !== null && userId !== null) return ok({ ...events, sdkKey, userId, isOfCookie: events.userId === null })
  const missing = [...(sdkKey === null ? ['key'] : []), ...(userId === null ? ['userId'] : [])]
  return err({ code: 'missing_parameter', missing })
}

/** `null`: nobody is known by a cookie. */
function visitorOf({ headers }: Request, { settings }: Site): string | null {
  const { id, isNew } = readVisitor(readCookies(headers.get('Cookie')), settings, () => '')
  return isNew ? null : id
}

async function recordEvents(
  request: Request,
  reported: OwnedEvents,
  { store, rateLimiter, log, events, site }: EventsApi,
): Promise<Result<EventsAnswer, Failure>> {
  const { userId, attributes, isOfCookie } = reported
  const sdkKey = parseSdkKey(reported.sdkKey)
  if (sdkKey === null) return err({ code: 'datafile_not_found' })
  const refusal = await refusalByLimit(request, { rateLimiter, log, scope: sdkKey, whenDown: null })
  if (refusal !== null) return err(refusal)
  const lookup = await store.read(sdkKey)
  switch (lookup.kind) {
    case 'unknown':
      return err({ code: 'datafile_not_found' })
    case 'unavailable':
      return err({ code: 'datafile_unavailable', retryAfterSeconds: lookup.retryAfterSeconds })
    case 'found': {
      const leftAlone = reasonNotToCount(request, userId, site.settings)
      if (leftAlone !== null) return ok({ accepted: 0, refused: [], leftAlone })
      const { project } = lookup.datafile
      const parsed = reported.events.map(parseEvent)
      const pages = isOfCookie
        ? await planReportedPages(parsed, { request, attributes, site: { ...site, sdkKey } })
        : NO_PAGES
      const resolved = resolveEvents(parsed, { sdkKey, project, userId, attributes, pages, nowMs: site.clock() })
      events.record(resolved.events)
      return ok({ accepted: parsed.length - resolved.refused.length, refused: resolved.refused })
    }
  }
}

const NO_PAGES: ReportedPages = new Map()

function respond(answer: EventsAnswer, { events }: ReportedEvents): Response {
  return new Response(JSON.stringify(answer), {
    status: answer.refused.length === events.length ? 422 : 202,
    headers: { ...JSON_HEADERS, 'Cache-Control': 'no-store' },
  })
}
