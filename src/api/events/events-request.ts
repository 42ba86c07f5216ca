import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { Attributes } from '../../engine/index.ts'
import { isLongerThan, REQUEST_LIMITS, refusalOfUserId } from '../decision-request.ts'
import type { Failure } from '../failure.ts'

/** What is asked of `POST /v1/events`: events of one user, each of them still as it came. */
export interface ReportedEvents {
  readonly sdkKey: string
  readonly userId: string
  readonly attributes: Attributes
  readonly events: readonly JsonValue[]
}

/** How many events one request may bring: with the size of a body it bounds what a request can cause. */
export const MAX_EVENTS = 100

const REQUIRED = ['key', 'userId', 'events'] as const
const EXAMPLE = '{"key":"YOUR_SDK_KEY","userId":"user-1","events":[{"type":"conversion","eventKey":"purchase"}]}'

/** Parses the body; fields that are not known are ignored. What is wrong with an event is that event's own matter. */
export function parseEventsRequest(body: JsonValue | undefined): Result<ReportedEvents, Failure> {
  if (!isJsonObject(body)) return err({ code: 'malformed_body', message: 'Expected the body to be a JSON object.' })
  const missing = REQUIRED.filter((name) => !body[name])
  if (missing.length > 0) return err({ code: 'missing_parameter', missing, example: EXAMPLE })
  const { key, userId, attributes = {}, events } = fieldsOf(body)
  if (typeof key !== 'string') return invalid('key', 'a string')
  if (typeof userId !== 'string') return invalid('userId', 'a string')
  const refusal = refusalOfUserId(userId)
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

function isEvents(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_EVENTS
}

function invalid(parameter: string, expected: string): { readonly ok: false; readonly error: Failure } {
  return err({ code: 'invalid_parameter', parameter, expected })
}
