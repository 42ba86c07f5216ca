import type { JsonObject, JsonValue } from '../../base/json.ts'
import { ok, type Result } from '../../base/result.ts'
import { type Failure, invalid } from '../failure.ts'

/** What the arguments of one call come to at most, written out. */
const LIMITS = {
  /** UTF-16 code units of names and texts, and one for each value. */
  units: 65_536,
  depth: 32,
} as const

/**
 * Arguments as JSON, copied. They come by structured clone, and may be anything: dates become texts; functions, stubs, maps,
 * bodies, numbers that are not finite and all else that JSON cannot hold become `null`. Objects that are shared are written out
 * each time, and cyclic ones without end, so that both are bounded here.
 */
export function parseCloned(given: Readonly<Record<string, unknown>>): Result<JsonObject, Failure> {
  let left: number = LIMITS.units
  const copied = copyFields(given, LIMITS.depth)
  return left < 0 ? TOO_LARGE : ok(copied)

  function copy(value: unknown, depth: number): JsonValue {
    left -= typeof value === 'string' ? value.length + 1 : 1
    if (left < 0) return null
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        return Number.isFinite(value) ? value : null
      case 'object':
        return value === null ? null : copyObject(value, depth - 1)
      default:
        // A stub is a function: to look into it would be to call whoever sent it.
        return null
    }
  }

  function copyObject(value: object, depth: number): JsonValue {
    if (value instanceof Date) return value.toJSON()
    const items = Array.isArray(value) ? value : null
    // An array may be nothing but billions of holes.
    if (depth < 0 || (items?.length ?? 0) > left) left = -1
    if (left < 0) return null
    if (items !== null) return items.map((item) => copy(item, depth))
    return Object.getPrototypeOf(value) === Object.prototype ? copyFields(value, depth) : null
  }

  function copyFields(fields: object, depth: number): JsonObject {
    const copied: [string, JsonValue][] = []
    for (const [name, field] of Object.entries(fields)) {
      left -= name.length
      if (field !== undefined) copied.push([name, copy(field, depth)])
    }
    // An assignment would not make `__proto__` a property of its own.
    return Object.fromEntries(copied)
  }
}

const TOO_LARGE = invalid('arguments', `at most ${LIMITS.units} characters, nested at most ${LIMITS.depth} deep`)
