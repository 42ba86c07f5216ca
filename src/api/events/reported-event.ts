import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { ConversionJson, ExposureJson, PageExposureJson } from '../../protocol/events.ts'
import { isLongerThan } from '../decision-request.ts'

/** An event whose fields are what they should be; whether the datafile knows what they name is another question. */
export type ReportedEvent = (ExposureJson & Timing) | (ConversionJson & Timing) | PageExposureJson

interface Timing {
  /** In lower case, so that it is one id however it is written. */
  readonly uuid?: string
  readonly ageMs: number
}

export const EVENT_LIMITS = {
  keyLength: 1_024,
  tagsBytes: 16_384,
  /** A day: who keeps events longer cannot know how long it was. */
  ageMs: 86_400_000,
} as const

type Parsed = Result<ReportedEvent, string>

/** Parses one event; the error says which of its fields should have been what. */
export function parseEvent(value: JsonValue): Parsed {
  if (!isJsonObject(value)) return err(': expected an object.')
  const { uuid, ageMs = 0 } = value
  if (uuid !== undefined && !isUuid(uuid)) return err('.uuid: expected a UUID.')
  if (!isAge(ageMs)) return err(`.ageMs: expected a number from 0 to ${EVENT_LIMITS.ageMs}.`)
  const timing = uuid === undefined ? { ageMs } : { ageMs, uuid: uuid.toLowerCase() }
  switch (value.type) {
    case 'exposure':
      return parseExposure(value, timing)
    case 'conversion':
      return parseConversion(value, timing)
    case 'page-exposure':
      return parsePageExposure(value)
    default:
      return err('.type: expected "exposure", "conversion" or, from a page, "page-exposure".')
  }
}

const KEY = `a string of 1 to ${EVENT_LIMITS.keyLength} characters`

function parseExposure({ flagKey, ruleKey, variationKey }: JsonObject, timing: Timing): Parsed {
  if (!isKey(flagKey)) return err(`.flagKey: expected ${KEY}.`)
  if (!isKeyOrNull(ruleKey)) return err(`.ruleKey: expected null or ${KEY}.`)
  if (!isKeyOrNull(variationKey)) return err(`.variationKey: expected null or ${KEY}.`)
  return ok({ type: 'exposure', flagKey, ruleKey, variationKey, ...timing })
}

function parseConversion({ eventKey, tags = {} }: JsonObject, timing: Timing): Parsed {
  if (!isKey(eventKey)) return err(`.eventKey: expected ${KEY}.`)
  if (!isJsonObject(tags)) return err('.tags: expected a JSON object.')
  const { tagsBytes } = EVENT_LIMITS
  if (isLongerThan(JSON.stringify(tags), tagsBytes)) return err(`.tags: expected at most ${tagsBytes} bytes of UTF-8.`)
  return ok({ type: 'conversion', eventKey, tags, ...timing })
}

/** Ids and keys of the datafile, which says itself how long they are. */
function parsePageExposure({ experimentId, variationId, flagKey, holdoutId }: JsonObject): Parsed {
  if (!isText(experimentId)) return err(`.experimentId: expected ${TEXT}.`)
  if (!isText(variationId)) return err(`.variationId: expected ${TEXT}.`)
  if (flagKey !== undefined && !isText(flagKey)) return err(`.flagKey: expected ${TEXT}, or none.`)
  if (holdoutId !== undefined && !isText(holdoutId)) return err(`.holdoutId: expected ${TEXT}, or none.`)
  return ok({
    type: 'page-exposure',
    experimentId,
    variationId,
    ...(flagKey !== undefined && { flagKey }),
    ...(holdoutId !== undefined && { holdoutId }),
  })
}

const TEXT = 'a string that is not empty'

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

function isUuid(value: JsonValue): value is string {
  return typeof value === 'string' && UUID.test(value)
}

function isAge(value: JsonValue): value is number {
  return typeof value === 'number' && value >= 0 && value <= EVENT_LIMITS.ageMs
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.length > 0
}

function isKey(value: JsonValue | undefined): value is string {
  return isText(value) && value.length <= EVENT_LIMITS.keyLength
}

function isKeyOrNull(value: JsonValue | undefined): value is string | null {
  return value === null || isKey(value)
}
