import { isJsonObject } from '../base/json.ts'

/** Whether two values of JSON say the same; the order of an object's keys says nothing. */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index]))
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    // Without `hasOwn` a key like `__proto__` would be found in any object.
    keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]))
  )
}
