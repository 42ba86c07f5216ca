import type { Decisions } from './decisions.ts'
import { equal } from './equal.ts'
import type { ClientUser, DecisionStore, FetchError, Snapshot } from './store.ts'

/** What is known, who is told when that changes, and how it is changed: nobody is told of what is equal. */
export type State = readonly [
  getSnapshot: () => Snapshot,
  subscribe: DecisionStore['subscribe'],
  show: (next: Snapshot) => void,
]

export function createState(first: Snapshot): State {
  let snapshot = first
  const listeners = new Set<() => void>()
  return [
    () => snapshot,
    (listener) => {
      // Its own function for each call, so that a listener given twice can end one of the two.
      const call = () => listener()
      listeners.add(call)
      return () => listeners.delete(call)
    },
    (next) => {
      if (equal(next, snapshot)) return
      snapshot = next
      for (const call of listeners) call()
    },
  ]
}

/** Without `known` there are no decisions yet. */
export function snapshotOf(user: ClientUser, known?: Decisions, error?: FetchError): Snapshot {
  return {
    status: error ? { kind: known ? 'stale' : 'failed', error } : { kind: known ? 'ready' : 'loading' },
    user,
    decisions: known ?? Object.create(null),
  }
}
