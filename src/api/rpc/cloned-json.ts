import type { JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { Failure } from '../failure.ts'

export const CALL_LIMITS = {
  /** UTF-16 code units of texts and names, and one for each value. */
  units: 65_536,
  depth: 32,
} as const

/**
 * What JSON can hold of an argument, as a copy. Arguments come by structured clone, so that they may be anything: dates become
 * texts, as in JSON, and functions, stubs, maps, bodies, numbers that are not finite and the like are left out, `null` in an
 * array. What is shared or cyclic in them would be written out, and that is bounded here.
 */
export function parseCloned(given: unknown): Result<JsonValue, Failure> {
  let left: number = CALL_LIMITS.units
  const copied = copy(given, CALL_LIMITS.depth)
  return left < 0 ? err(TOO_LARGE) : ok(copied ?? null)

  function copy(value: unknown, depth: number): JsonValue | undefined {
    left -= typeof value === 'string' ? value.length + 1 : 1
    if (depth < 0) left = -1
    if (left < 0) return undefined
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        return Number.isFinite(value) ? value : undefined
      case 'object':
        return value === null ? null : copyObject(value, depth - 1)
      default:
        // A stub is a function: to look into it would be to call whoever sent it.
        return undefined
    }
  }

  function copyObject(value: object, depth: number): JsonValue | undefined {
    if (value instanceof Date) return value.toJSON()
    if (Array.isArray(value)) return copyItems(value, depth)
    return Object.getPrototypeOf(value) === Object.prototype ? copyFields(value, depth) : undefined
  }

  function copyItems(items: readonly unknown[], depth: number): JsonValue | undefined {
    // Also what an array has of holes is written out.
    if (items.length > left) left = -1
    return left < 0 ? undefined : items.map((item) => copy(item, depth) ?? null)
  }

  function copyFields(value: object, depth: number): JsonValue {
    const fields: [string, JsonValue][] = []
    for (const [name, field] of Object.entries(value)) {
      left -= name.length
      const copied = copy(field, depth)
      if (copied !== undefined) fields.push([name, copied])
    }
    // An assignment would not make `__proto__` a property of its own.
    return Object.fromEntries(fields)
  }
}

const TOO_LARGE: Failure = {
  code: 'invalid_parameter',
  parameter: 'arguments',
  expected: `at most ${CALL_LIMITS.units} characters, nested at most ${CALL_LIMITS.depth} deep`,
}
