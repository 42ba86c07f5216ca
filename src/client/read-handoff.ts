import { isJsonObject } from '../base/json.ts'
import { HANDOFF_ID } from '../protocol/handoff.ts'
import { type Decisions, parseDecisions } from './decisions.ts'
import { copyOf } from './equal.ts'
import type { ClientUser } from './store.ts'

/** What a server handed over, or the tab kept. */
export interface KnownBefore {
  readonly user: ClientUser
  readonly decisions: Decisions
  /** In a tab: what was counted. */
  readonly exposed: unknown
}

/** What `read` finds. `undefined` where there is nothing, nothing usable, or no place to look at: the store asks. */
export function readHandoff(read: () => unknown): KnownBefore | undefined {
  try {
    const value = read()
    if (!isJsonObject(value)) return undefined
    return { user: parseUser(value.user), decisions: parseDecisions(value.decisions), exposed: value.exposed }
  } catch {
    return undefined
  }
}

/** What stands in the page, at once and without a request. Throws where nothing does. */
export function readPage(): unknown {
  return JSON.parse(`${document.querySelector(`script#${HANDOFF_ID}`)?.textContent}`)
}

/** A copy, so that later changes to the original change nothing. Throws for what is no user. */
export function parseUser(value: unknown): ClientUser {
  if (!isUser(value)) throw TypeError('no user')
  const { userId, attributes = {} } = value
  return copyOf({ userId, attributes })
}

function isUser(value: unknown): value is ClientUser {
  return isJsonObject(value) && typeof value.userId === 'string'
}
