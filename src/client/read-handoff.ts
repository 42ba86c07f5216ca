import { isJsonObject } from '../base/json.ts'
import { type Decisions, parseDecisions } from './decisions.ts'
import { copyOf } from './equal.ts'
import type { ClientUser } from './store.ts'

/** What a server handed over, or the tab kept. */
export type KnownBefore = readonly [user?: ClientUser, decisions?: Decisions]

/** What the text says. `undefined` where there is none, none that is usable, or no place to look at: the store asks. */
export function readHandoff(text: () => string | null | undefined): KnownBefore {
  try {
    const { user, decisions } = JSON.parse(`${text()}`)
    return [parseUser(user), parseDecisions(decisions)]
  } catch {
    return []
  }
}

/** Keeps it for the next page of the tab, unless storage is blocked or full: then that asks. */
export function keepHandoff(name: string, user: ClientUser, decisions: Decisions): void {
  try {
    sessionStorage[name] = JSON.stringify({ user, decisions: Object.values(decisions) })
  } catch {
    // The next page asks.
  }
}

/** A copy, so that later changes to the original change nothing. Throws for what is no user. */
export function parseUser(value: unknown): ClientUser {
  const { userId, attributes = {} }: JsonFields = isJsonObject(value) ? value : {}
  if (typeof userId !== 'string' || !isJsonObject(attributes)) throw TypeError('no user')
  return copyOf({ userId, attributes })
}

type JsonFields = Readonly<Partial<Record<string, unknown>>>
