import { isJsonObject, type JsonObject } from '../base/json.ts'
import { HANDOFF_ID } from '../protocol/handoff.ts'
import { type Decisions, parseDecisions } from './decisions.ts'
import type { ClientUser } from './store.ts'

/** What a server handed over, or the tab kept. */
export interface ParsedHandoff {
  readonly user: ClientUser
  readonly decisions: Decisions
}

/** What stands in the page, at once and without a request. */
export function readHandoff(): unknown {
  return readObject(() => document.querySelector(`script#${HANDOFF_ID}`)?.textContent)
}

/** The JSON object of a text that may not be there, nor the place where it is kept: then an empty one. */
export function readObject(read: () => string | null | undefined): JsonObject {
  try {
    const value: unknown = JSON.parse(read() ?? '')
    if (isJsonObject(value)) return value
  } catch {
    // As if nothing had been there.
  }
  return {}
}

/** `undefined` for what is no handoff. */
export function parseHandoff(value: unknown): ParsedHandoff | undefined {
  const decisions = isJsonObject(value) && parseDecisions(value.decisions)
  return decisions && isUser(value.user) ? { user: value.user, decisions } : undefined
}

function isUser(value: unknown): value is ClientUser {
  return isJsonObject(value) && typeof value.userId === 'string' && isJsonObject(value.attributes)
}
