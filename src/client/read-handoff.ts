import { isJsonObject } from '../base/json.ts'
import { HANDOFF_ID } from '../protocol/handoff.ts'
import { type Decisions, parseDecisions } from './decisions.ts'
import type { ClientUser } from './store.ts'

/** What a server handed over, looked at. */
export interface ParsedHandoff {
  readonly user: ClientUser
  readonly decisions: Decisions
}

/** What stands in the page, at once and without a request. `undefined` where there is no page, or nothing usable in it. */
export function readHandoff(): unknown {
  try {
    return JSON.parse(document.querySelector(`script#${HANDOFF_ID}`)?.textContent ?? '')
  } catch {
    // No page, no element, no JSON: the store asks, as it does without a handoff.
    return undefined
  }
}

/** `undefined` for what is no handoff. */
export function parseHandoff(value: unknown): ParsedHandoff | undefined {
  if (!isJsonObject(value) || !isJsonObject(value.user)) return undefined
  const { userId, attributes } = value.user
  const decisions = parseDecisions(value.decisions)
  if (typeof userId !== 'string' || !decisions) return undefined
  return { user: isJsonObject(attributes) ? { userId, attributes } : { userId }, decisions }
}
