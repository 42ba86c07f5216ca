import { LATE, within } from './within.ts'

/** How long a decision waits for what is kept of its user. */
export const KEPT_WITHIN_MS = 2_000

/** The promise's value; rejects when it does not come in time. The promise itself goes on. */
export async function inTime<Value>(promise: Promise<Value>, limitMs = KEPT_WITHIN_MS): Promise<Value> {
  const value = await within(promise, limitMs)
  if (value === LATE) throw new Error(`There was no answer within ${limitMs} ms.`)
  return value
}
