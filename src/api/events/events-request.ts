import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { Attributes } from '../../engine/index.ts'
import { isLongerThan, REQUEST_LIMITS, refusalOfUserId } from '../decision-request.ts'
import type { Failure } from '../failure.ts'

/** What is asked of `POST /v1/events`: events of one user, each of them still as it came. */
export interface ReportedEvents {
  /** `null`: the site's own. */
  readonly sdkKey: string | null
  /** `null`: the visitor of the cookie. */
  readonly userId: string | null
  readonly attributes: Attributes
  readonly events: readonly JsonValue[]
}

/** How many events one request may bring: with the size of a body it bounds what a request can cause. */
export const MAX_EVENTS = 100

const REQUIRED = ['key', 'userId', 'events'] as const
const EXAMPLE = '{"key":"YOUR_SDK_KEY","userId":"user-1","events":[{"type":"conversion","eventKey":"purchase"}]}'

/**
 * Parses the body; fields that are not known are ignored. What is wrong with an event is that event's own matter. A page that
 * passes through here need not say whose events they are.
 */
export function parseEventsRequest(
  body: JsonValue | undefined,
  isOfProxiedPage: boolean,
): Result<ReportedEvents, Failure> {
  if (!isJsonObject(body)) return err({ code: 'malformed_body', message: 'Expected the body to be a JSON object.' })
  const missing = (isOfProxiedPage ? (['events'] as const) : REQUIRED).filter((name) => !body[name])
  if (missing.length > 0) return err({ code: 'missing_parameter', missing, example: EXAMPLE })
  const { attributes = {}, events, ...given } = fieldsOf(body)
  const [key, userId] = [given.key || null, given.userId || null]
  if (!isTextOrNull(key)) return invalid('key', 'a string')
  if (!isTextOrNull(userId)) return invalid('userId', 'a string')
  const refusal = userId === null ? null : refusalOfUserId(userId)
  if (refusal !== null) return err(refusal)
  if (!isJsonObject(attributes)) return invalid('attributes', 'a JSON object')
  const { attributesBytes } = REQUEST_LIMITS
  if (isLongerThan(JSON.stringify(attributes), attributesBytes)) {
    return invalid('attributes', `at most ${attributesBytes} bytes of UTF-8`)
  }
  if (!isEvents(events)) return invalid('events', `an array of 1 to ${MAX_EVENTS} events`)
  return ok({ sdkKey: key, userId, attributes, events })
}

function fieldsOf(body: JsonObject): Readonly<Partial<Record<string, JsonValue>>> {
  return body
}

function isTextOrNull(value: JsonValue): value is string | null {
  return value === null || typeof value === 'string'
}

function isEvents(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_EVENTS
}

function invalid(parameter: string, expected: string): { readonly ok: false; readonly error: Failure } {
  return err({ code: 'invalid_parameter', parameter, expected })
}
