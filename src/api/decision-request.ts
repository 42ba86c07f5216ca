import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { Attributes } from '../engine/index.ts'
import type { Query } from '../http/query.ts'
import { type Failure, invalid } from './failure.ts'

/** What is asked of `GET /` and `POST /`. */
export interface DecisionRequest {
  /** Flag keys in the order asked, or every flag of the datafile. */
  readonly features: readonly string[] | 'all'
  /** Whether the answer is an array: it is for several features and for `*`. */
  readonly isList: boolean
  readonly userId: string
  readonly sdkKey: string
  readonly attributes: Attributes
  readonly includeReasons: boolean
  readonly disableTracking: boolean
}

/** What a request may hold: each bounds the work, or the memory, that one request can cause. */
export const REQUEST_LIMITS = {
  features: 100,
  featureKeyLength: 1_024,
  userIdBytes: 1_024,
  attributesBytes: 16_384,
  bodyBytes: 65_536,
} as const

type Parsed = Result<DecisionRequest, Failure>

const ALL = '*'
const NO_ATTRIBUTES: Attributes = {}
/** Attributes nest at most this deep. */
const MAX_DEPTH = 32

/** Parses the query of `GET /`. Parameters that are not known are ignored; known ones may not be given twice. */
export function parseQuery(query: Query): Parsed {
  const features = query.getAll('feature')
  const userId = query.get('userId') ?? ''
  const sdkKey = query.get('key') ?? ''
  const missing = missingOf(features, userId, sdkKey)
  if (missing.length > 0) return err({ code: 'missing_parameter', missing })
  const repeated = SINGLE.find((name) => query.isRepeated(name))
  if (repeated !== undefined) return invalid(repeated, 'given once')
  const attributes = parseAttributes(query.get('attributes'))
  if (!attributes.ok) return attributes
  const includeReasons = parseSwitch(query.get('reasons'))
  if (includeReasons === null) return invalid('reasons', 'true or false')
  const disableTracking = parseSwitch(query.get('disableTracking'))
  if (disableTracking === null) return invalid('disableTracking', 'true or false')
  const isList = features.length > 1 || features[0] === ALL
  return checked({ features, isList, userId, sdkKey, attributes: attributes.value, includeReasons, disableTracking })
}

/** Parses the body of `POST /`: the same names, with `feature` a text or an array, in JSON's own types. */
export function parseBody(body: JsonValue | undefined): Parsed {
  if (!isJsonObject(body)) return err({ code: 'malformed_body', message: 'Expected the body to be a JSON object.' })
  const fields: BodyFields = body
  const wrong = WRONG_TYPES.find(
    ([parameter, isRight]) => fields[parameter] !== undefined && !isRight(fields[parameter]),
  )
  if (wrong !== undefined) return invalid(wrong[0], wrong[2])
  const features = featuresOf(fields.feature)
  const userId = textOf(fields.userId)
  const sdkKey = textOf(fields.key)
  const missing = missingOf(features, userId, sdkKey)
  if (missing.length > 0) return err({ code: 'missing_parameter', missing })
  const attributes = isJsonObject(fields.attributes) ? fields.attributes : NO_ATTRIBUTES
  if (isLongerThan(JSON.stringify(attributes), REQUEST_LIMITS.attributesBytes))
    return invalid('attributes', SHORT_ATTRIBUTES)
  return checked({
    features,
    isList: Array.isArray(fields.feature) || fields.feature === ALL,
    userId,
    sdkKey,
    attributes,
    includeReasons: fields.reasons === true,
    disableTracking: fields.disableTracking === true,
  })
}

type BodyFields = Readonly<Partial<Record<string, JsonValue>>>

/** Each field of a body with what it may be. */
const WRONG_TYPES: readonly [
  parameter: string,
  isRight: (value: JsonValue | undefined) => boolean,
  expected: string,
][] = [
  ['feature', (value) => typeof value === 'string' || isTexts(value), 'a flag key or an array of flag keys'],
  ['userId', (value) => typeof value === 'string', 'a string'],
  ['key', (value) => typeof value === 'string', 'a string'],
  ['attributes', isJsonObject, 'a JSON object'],
  ['reasons', (value) => typeof value === 'boolean', 'true or false'],
  ['disableTracking', (value) => typeof value === 'boolean', 'true or false'],
]

const SHORT_ATTRIBUTES = `at most ${REQUEST_LIMITS.attributesBytes} bytes of UTF-8`

const SINGLE = ['userId', 'key', 'attributes', 'reasons', 'disableTracking'] as const

function missingOf(features: readonly string[], userId: string, sdkKey: string): readonly string[] {
  const missing: string[] = []
  if (features.length === 0 || features.includes('')) missing.push('feature')
  if (userId === '') missing.push('userId')
  if (sdkKey === '') missing.push('key')
  return missing
}

interface UncheckedRequest extends Omit<DecisionRequest, 'features'> {
  readonly features: readonly string[]
}

/** The checks that query and body have in common. */
function checked(request: UncheckedRequest): Parsed {
  const { features, userId } = request
  if (features.length > REQUEST_LIMITS.features)
    return invalid('feature', `given at most ${REQUEST_LIMITS.features} times`)
  if (features.some((key) => key.length > REQUEST_LIMITS.featureKeyLength)) {
    return invalid('feature', `at most ${REQUEST_LIMITS.featureKeyLength} characters`)
  }
  if (features.length > 1 && features.includes(ALL)) return invalid('feature', '* alone, or flag keys')
  const refusal = refusalOfUserId(userId)
  if (refusal !== null) return err(refusal)
  return ok({ ...request, features: features[0] === ALL ? 'all' : features })
}

/** What is wrong with the id of a user; `null`: nothing. */
export function refusalOfUserId(userId: string): Failure | null {
  const { userIdBytes } = REQUEST_LIMITS
  if (isLongerThan(userId, userIdBytes)) return invalid('userId', `at most ${userIdBytes} bytes of UTF-8`).error
  // The SDKs refuse this one, because it is what a program writes that forgot to set the id.
  return userId === 'undefined' ? invalid('userId', "a user's id, not undefined").error : null
}

/** The attributes of a query: JSON, or nothing at all. */
export function parseAttributes(text: string | null): Result<Attributes, Failure> {
  if (text === null || text === '') return ok(NO_ATTRIBUTES)
  if (isLongerThan(text, REQUEST_LIMITS.attributesBytes)) return invalid('attributes', SHORT_ATTRIBUTES)
  const parsed = parseJson(text, { maxDepth: MAX_DEPTH })
  if (!parsed.ok) return invalid('attributes', `a JSON object, percent-encoded (${parsed.error.message})`)
  return isJsonObject(parsed.value) ? ok(parsed.value) : invalid('attributes', 'a JSON object')
}

/** `null` for what is neither `true` nor `false`; absent and empty are false. */
export function parseSwitch(text: string | null): boolean | null {
  if (text === null || text === '' || text === 'false') return false
  return text === 'true' ? true : null
}

/** UTF-8 takes at most three bytes for each code unit, so that most texts need not be encoded to be measured. */
export function isLongerThan(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes
}

function featuresOf(feature: JsonValue | undefined): readonly string[] {
  if (typeof feature === 'string') return [feature]
  return isTexts(feature) ? feature : []
}

function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
