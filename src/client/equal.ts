import { isJsonObject } from '../base/json.ts'

/** Whether two values of JSON say the same; the order of an object's keys says nothing. */
export function equal(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isJsonObject(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  )
}
