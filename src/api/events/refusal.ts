/** What becomes of one reported event. */
import { err, type Result } from '../../base/result.ts'
import type { UserEvent } from '../../events/event.ts'
import type { RefusedEventJson } from '../../protocol/events.ts'

/** The message goes behind the event's place. */
export type Refusal = Omit<RefusedEventJson, 'index'>

/** What counts of it, which may be nothing. */
export type Resolved = Result<readonly UserEvent[], Refusal>

export function refuse(code: RefusedEventJson['code'], message: string) {
  return err<Refusal>({ code, message })
}

/** Keys come from outside, and are as long as they like to be. */
export function quoted(key: string | null): string {
  return JSON.stringify(key !== null && key.length > MAX_QUOTED ? `${key.slice(0, MAX_QUOTED)}…` : key)
}

const MAX_QUOTED = 100
