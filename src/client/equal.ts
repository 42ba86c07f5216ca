import { isJsonObject } from '../base/json.ts'

/** Whether two values of JSON say the same; the order of an object's keys says nothing. */
export function equal(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right)
}

/** A copy of what JSON has words for; the rest is left out, and a cycle or a bigint throws. */
export function copyOf<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isJsonObject(part)
      ? Object.fromEntries(
          Object.keys(part)
            .sort()
            .map((key) => [key, part[key]]),
        )
      : part,
  )
}
