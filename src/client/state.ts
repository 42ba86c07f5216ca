import { reuse } from './decisions.ts'
import { equal } from './equal.ts'
import type { DecisionStore, Snapshot } from './store.ts'

/** What is known, and who is told when that changes. */
export interface State extends Pick<DecisionStore, 'getSnapshot' | 'subscribe'> {
  /** Tells nobody when nothing changed; what did not change keeps its identity. */
  show(next: Snapshot): void
}

export function createState(first: Snapshot): State {
  let snapshot = first
  const listeners = new Set<() => void>()
  return {
    getSnapshot: () => snapshot,
    subscribe(listener) {
      // Its own function for each call, so that a listener given twice can end one of the two.
      const call = () => listener()
      listeners.add(call)
      return () => {
        listeners.delete(call)
      }
    },
    show(next) {
      const shown = { ...next, decisions: reuse(snapshot.decisions, next.decisions) }
      if (equal(shown, snapshot)) return
      snapshot = shown
      for (const call of listeners) call()
    },
  }
}
