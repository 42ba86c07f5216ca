import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import type { Attributes } from '../../engine/index.ts'

/** The names under which the engine finds objects, which have to stay whole. */
const RESERVED = '$opt_'

/**
 * Nested objects as attributes with dots in their names: `{ address: { country: 'CH' } }` is `address.country`. Arrays
 * stay as they are, and empty objects leave nothing. Of two values for one name the less nested holds, then the first.
 * `null` where the names come to more than `maxUnits` UTF-16 code units: a long one is repeated for each that it holds.
 */
export function flatten(fields: JsonObject, maxUnits: number): Attributes | null {
  const attributes = new Map<string, JsonValue>()
  const nested: (readonly [prefix: string, fields: JsonObject])[] = [['', fields]]
  let left = maxUnits
  for (const [prefix, inner] of nested) {
    for (const [name, value] of Object.entries(inner)) {
      const path = prefix + name
      left -= path.length
      if (left < 0) return null
      if (isJsonObject(value) && !path.startsWith(RESERVED)) nested.push([`${path}.`, value])
      else if (!attributes.has(path)) attributes.set(path, value)
    }
  }
  // An assignment would not make `__proto__` a property of its own.
  return Object.fromEntries(attributes)
}
