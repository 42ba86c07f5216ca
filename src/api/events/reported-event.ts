import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type {
  ConversionJson,
  ExposureJson,
  PageExposureJson,
  PageReportJson,
  PageShownJson,
} from '../../protocol/events.ts'
import { isLongerThan } from '../decision-request.ts'

/** An event whose fields are what they should be; whether the datafile knows what they name is another question. */
export type ReportedEvent = (ExposureJson & Timing) | (ConversionJson & Timing) | PageReport

export type PageReport = (PageExposureJson & Timing) | (PageShownJson & Timing)

interface Timing {
  /** In lower case, so that it is one id however it is written. */
  readonly uuid?: string
  readonly ageMs: number
}

export const EVENT_LIMITS = {
  keyLength: 1_024,
  tagsBytes: 16_384,
  /** As long as the platform takes a URL. */
  urlLength: 16_384,
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
      return parsePageExposure(value, timing)
    case 'page-shown':
      return parsePage(value, { type: 'page-shown', ...timing })
    default:
      return err('.type: expected "exposure", "conversion", "page-exposure" or "page-shown".')
  }
}

export function isPageReport(event: ReportedEvent): event is PageReport {
  return event.type === 'page-exposure' || event.type === 'page-shown'
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

function parsePageExposure(value: JsonObject, timing: Timing): Parsed {
  const { experimentKey, variationKey } = value
  if (!isKey(experimentKey)) return err(`.experimentKey: expected ${KEY}.`)
  if (!isKey(variationKey)) return err(`.variationKey: expected ${KEY}.`)
  return parsePage(value, { type: 'page-exposure', experimentKey, variationKey, ...timing })
}

/** A path of the page's own site, so that `//elsewhere` is none, and no white space that a URL would lose. */
const PATH = /^\/(?!\/|\\)[!-"$-\uffff]*$/
const REFERRER = /^https?:\/\/[!-~]+$/i

function parsePage<Event extends object>(
  { path, referrer = '', isFirstSession = false }: JsonObject,
  event: Event,
): Result<Event & Omit<PageReportJson, 'type'>, string> {
  const { urlLength } = EVENT_LIMITS
  if (typeof path !== 'string' || path.length > urlLength || !PATH.test(path)) {
    return err(`.path: expected a path with a query, from "/" on, of at most ${urlLength} characters.`)
  }
  if (typeof referrer !== 'string' || referrer.length > urlLength || !(referrer === '' || REFERRER.test(referrer))) {
    return err(`.referrer: expected a URL of at most ${urlLength} characters.`)
  }
  if (typeof isFirstSession !== 'boolean') return err('.isFirstSession: expected true or false.')
  return ok({ ...event, path, referrer, isFirstSession })
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

function isUuid(value: JsonValue): value is string {
  return typeof value === 'string' && UUID.test(value)
}

function isAge(value: JsonValue): value is number {
  return typeof value === 'number' && value >= 0 && value <= EVENT_LIMITS.ageMs
}

function isKey(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= EVENT_LIMITS.keyLength
}

function isKeyOrNull(value: JsonValue | undefined): value is string | null {
  return value === null || isKey(value)
}
