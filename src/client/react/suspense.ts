/**
 * The hooks for `<Suspense>`: they wait until decisions are known. Where they cannot be fetched the defaults are shown, as with
 * the other hooks, and nothing is thrown to an error boundary. On a server they do not wait: hand the decisions in.
 */

import type { Decision, FlagKey, VariableName, VariableType } from '../flag-types.ts'
import type { DecisionStore, Snapshot } from '../store.ts'
import { useDecisionStore } from './provider.tsx'
import { useDecision } from './use-decision.ts'
import { useFlag } from './use-flag.ts'
import { useVariable, type VariableLike } from './use-variable.ts'

/** `useDecision` that waits; `undefined` for a flag that does not exist, and where decisions could not be fetched. */
export function useSuspenseDecision<Key extends FlagKey>(flagKey: Key): Decision<Key> | undefined {
  const decision = useDecision(flagKey)
  suspendUntilKnown(useDecisionStore())
  return decision
}

/** `useFlag` that waits. */
export function useSuspenseFlag(flagKey: FlagKey, otherwise?: boolean): boolean {
  const isEnabled = useFlag(flagKey, otherwise)
  suspendUntilKnown(useDecisionStore())
  return isEnabled
}

/** `useVariable` that waits. */
export function useSuspenseVariable<
  Key extends FlagKey,
  Name extends VariableName<Key>,
  Default extends VariableType<Key, Name>,
>(flagKey: Key, name: Name, otherwise: Default): VariableLike<Default> {
  const value = useVariable(flagKey, name, otherwise)
  suspendUntilKnown(useDecisionStore())
  return value
}

/** By what was known when a component began to wait: the wait, or `null` once it is over. */
const waits = new WeakMap<Snapshot, PromiseLike<unknown> | null>()

/**
 * Throws what React waits for. Each snapshot is waited for once, because a store that was closed stays at loading; what the server
 * rendered is kept while it is hydrated, because the store and not the hydrated value is asked.
 */
function suspendUntilKnown(store: DecisionStore): void {
  const snapshot = store.getSnapshot()
  if (snapshot.status.kind !== 'loading' || typeof window === 'undefined') return
  let wait = waits.get(snapshot)
  if (wait === undefined) {
    wait = store.refresh().then(() => waits.set(snapshot, null))
    waits.set(snapshot, wait)
  }
  if (wait) throw wait
}
