import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { Attributes } from '../../engine/index.ts'
import type { ReportingPageJson } from '../../protocol/events.ts'
import { isLongerThan, REQUEST_LIMITS, refusalOfUserId } from '../decision-request.ts'
import { type Failure, invalid } from '../failure.ts'

/** What is asked of `POST /v1/events`: events of one user, each of them still as it came. */
export interface ReportedEvents {
  readonly source: EventSource
  readonly attributes: Attributes
  readonly events: readonly JsonValue[]
}

/** Who reports: somebody who says so, or a page of the site that is proxied, whose visitor the cookie names. */
export type EventSource =
  | { readonly kind: 'user'; readonly sdkKey: string; readonly userId: string }
  | { readonly kind: 'page'; readonly page: ReportingPageJson }

/** How many events one request may bring: with the size of a body it bounds what a request can cause. */
export const MAX_EVENTS = 100

const REQUIRED = ['key', 'userId', 'events'] as const
const REQUIRED_OF_PAGE = ['events'] as const
const EXAMPLE = '{"key":"YOUR_SDK_KEY","userId":"user-1","events":[{"type":"conversion","eventKey":"purchase"}]}'

/** Parses the body; fields that are not known are ignored. What is wrong with an event is that event's own matter. */
export function parseEventsRequest(body: JsonValue | undefined): Result<ReportedEvents, Failure> {
  if (!isJsonObject(body)) return err({ code: 'malformed_body', message: 'Expected the body to be a JSON object.' })
  const { page, attributes = {}, events } = fieldsOf(body)
  const required = page === undefined ? REQUIRED : REQUIRED_OF_PAGE
  const missing = required.filter((name) => !body[name])
  if (missing.length > 0) return err({ code: 'missing_parameter', missing, example: EXAMPLE })
  const source = page === undefined ? userOf(fieldsOf(body)) : pageOf(page)
  if (!source.ok) return source
  if (!isJsonObject(attributes)) return invalid('attributes', 'a JSON object')
  const { attributesBytes } = REQUEST_LIMITS
  if (isLongerThan(JSON.stringify(attributes), attributesBytes)) {
    return invalid('attributes', `at most ${attributesBytes} bytes of UTF-8`)
  }
  if (!isEvents(events)) return invalid('events', `an array of 1 to ${MAX_EVENTS} events`)
  return ok({ source: source.value, attributes, events })
}

type Fields = Readonly<Partial<Record<string, JsonValue>>>

function userOf({ key, userId }: Fields): Result<EventSource, Failure> {
  if (typeof key !== 'string') return invalid('key', 'a string')
  if (typeof userId !== 'string') return invalid('userId', 'a string')
  const refusal = refusalOfUserId(userId)
  return refusal === null ? ok({ kind: 'user', sdkKey: key, userId }) : err(refusal)
}

function pageOf(page: JsonValue): Result<EventSource, Failure> {
  if (!isJsonObject(page)) return invalid('page', 'a JSON object')
  const { path, referrer = '', isFirstSession = false } = fieldsOf(page)
  if (path !== undefined && !isPath(path)) return invalid('page.path', PATH_EXPECTED)
  if (typeof referrer !== 'string') return invalid('page.referrer', 'a string')
  if (typeof isFirstSession !== 'boolean') return invalid('page.isFirstSession', 'true or false')
  return ok({ kind: 'page', page: { ...(path !== undefined && { path }), referrer, isFirstSession } })
}

/** As long as the platform takes a URL. */
const MAX_PATH_LENGTH = 16_384
const PATH_EXPECTED = `the page's path with its query, of at most ${MAX_PATH_LENGTH} characters`

function isPath(value: JsonValue): value is string {
  return typeof value === 'string' && value.length <= MAX_PATH_LENGTH && /^\/[^#]*$/.test(value)
}

function fieldsOf(body: JsonObject): Fields {
  return body
}

function isEvents(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_EVENTS
}
