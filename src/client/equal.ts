/** Whether two values say the same as JSON, in which the Worker writes equal decisions alike. */
export function equal(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

/** A copy of what JSON has words for; the rest is left out, and a cycle or a bigint throws. */
export function copyOf<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}
