/** What is known before anything was asked. */

import { isJsonObject } from '../base/json.ts'
import { noDecisions, parseDecisions } from './decisions.ts'
import { equal } from './equal.ts'
import { parseHandoff, readHandoff } from './read-handoff.ts'
import type { Slot } from './slot.ts'
import type { ClientUser, Snapshot, StoreOptions } from './store.ts'

/** The handed-off decisions, or none where they are another user's. Throws where nobody says who the user is. */
export function firstSnapshot({ user: given, initial = readHandoff() }: FirstOptions): Snapshot {
  const handoff = parseHandoff(initial)
  const named = given ?? handoff?.user
  if (!named?.userId) throw new Error('Turnout: name a user: neither `user` nor a handoff has a `userId`.')
  const user = userOf(named)
  return handoff && handoff.user.userId === user.userId
    ? { status: { kind: 'ready' }, user, decisions: handoff.decisions }
    : { status: { kind: 'loading' }, user, decisions: noDecisions() }
}

interface FirstOptions extends Pick<StoreOptions, 'user'> {
  readonly initial?: unknown
}

/** A copy as JSON has it, so that later changes to the original change nothing. Throws for what JSON has no words for. */
export function userOf({ userId, attributes = {} }: ClientUser): ClientUser {
  return JSON.parse(JSON.stringify({ userId, attributes }))
}

/** What was last known in this tab, and its entity tag. */
export interface Kept {
  readonly snapshot: Snapshot
  readonly etag: string | null
}

/** What a slot holds for this user, with these attributes. */
export function readKept(slot: Slot, user: ClientUser): Kept | undefined {
  const kept = slot.read()
  if (!isJsonObject(kept) || !equal(kept.user, user)) return undefined
  const decisions = parseDecisions(kept.decisions)
  const etag = typeof kept.etag === 'string' ? kept.etag : null
  return decisions && { snapshot: { status: { kind: 'ready' }, user, decisions }, etag }
}

export function writeKept(slot: Slot, { snapshot: { user, decisions }, etag }: Kept): void {
  slot.write({ user, etag, decisions: Object.values(decisions) })
}
