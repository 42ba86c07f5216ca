import { type JsonObject, type JsonValue, parseJson } from '../base/json.ts'

/** What a conversion's tags come to in the event. Absent is what the event goes without. */
export interface TagFields {
  readonly tags?: JsonObject
  /** A number, unless it was given as something else that the SDK takes for one, and sends as it is. */
  readonly value?: JsonValue
  /** In cents, whole. */
  readonly revenue?: number
}

/**
 * Reads `revenue` and `value` as the SDK does, texts and booleans included, and leaves them among the tags as it does
 * (source: its `track` and event tag reader). Tags that are `null` or that JSON cannot hold are left out. Where a value is such
 * that the SDK throws and loses the event, the event goes without.
 */
export function readTags(tags: Readonly<Record<string, unknown>>): TagFields {
  const given = Object.entries(tags)
  // Who gives none cannot be told from who gives an empty object; the SDK sends none for the former.
  if (given.length === 0) return {}
  const kept: JsonObject = Object.fromEntries(given.flatMap(jsonTag))
  const revenue = readRevenue(own(kept, 'revenue'))
  const value = readValue(own(kept, 'value'))
  return { tags: kept, ...(value !== undefined && { value }), ...(revenue !== undefined && { revenue }) }
}

function own(tags: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(tags, name) ? tags[name] : undefined
}

function readRevenue(tag: JsonValue | undefined): number | undefined {
  if (tag === undefined || tag === null) return undefined
  // biome-ignore lint/correctness/useParseIntRadix: without one, as in the SDK, `0x1f` is 31.
  const revenue = typeof tag === 'string' ? Number.parseInt(tag) : Math.trunc(numberOf(tag))
  return Number.isFinite(revenue) ? revenue : undefined
}

/** The SDK sends as it is what `isFinite` takes for a number. */
function readValue(tag: JsonValue | undefined): JsonValue | undefined {
  if (tag === undefined || tag === null) return undefined
  const value = typeof tag === 'string' ? Number.parseFloat(tag) : tag
  return Number.isFinite(numberOf(value)) ? value : undefined
}

function numberOf(value: JsonValue): number {
  try {
    return Number(value)
  } catch {
    // An object with a `toString` of its own that is no function.
    return Number.NaN
  }
}

type Tag = readonly [name: string, value: JsonValue]

function jsonTag([name, value]: readonly [string, unknown]): readonly Tag[] {
  if (value === null || value === undefined) return []
  if (typeof value === 'string' || typeof value === 'boolean') return [[name, value]]
  const json = parsedText(value)
  return json === undefined ? [] : [[name, json]]
}

/** Requests nest less deep. */
const MAX_DEPTH = 64

/** The value as it would arrive; `undefined` for what JSON cannot hold, such as a function, a cycle or a `bigint`. */
function parsedText(value: unknown): JsonValue | undefined {
  try {
    const parsed = parseJson(JSON.stringify(value), { maxDepth: MAX_DEPTH })
    return parsed.ok ? parsed.value : undefined
  } catch {
    return undefined
  }
}
