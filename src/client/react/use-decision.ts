import { useEffect, useSyncExternalStore } from 'react'
import type { Decision, FlagKey } from '../flag-types.ts'
import type { ClientDecision, Status } from '../store.ts'
import { useDecisionStore } from './provider.tsx'

/**
 * One flag's decision; `undefined` before it is known, and for a flag that does not exist. Renders again when this decision
 * changes and not when others do. Once it is on the screen it counts as seen: once for each user, flag and variation.
 */
export function useDecision<Key extends FlagKey>(flagKey: Key): Decision<Key> | undefined
export function useDecision(flagKey: string): ClientDecision | undefined {
  const store = useDecisionStore()
  const decision = useSyncExternalStore(
    store.subscribe,
    () => store.get(flagKey),
    () => store.getServerSnapshot().decisions[flagKey],
  )
  useEffect(() => {
    // Effects run for what was committed. A decision that has changed since is about to be rendered, and counts then.
    if (decision && decision === store.get(flagKey)) store.expose(flagKey)
  }, [store, flagKey, decision])
  return decision
}

/** Whether decisions are known, how fresh they are, and what went wrong. Reading it counts nothing. */
export function useDecisionStatus(): Status {
  const store = useDecisionStore()
  return useSyncExternalStore(
    store.subscribe,
    () => store.getSnapshot().status,
    () => store.getServerSnapshot().status,
  )
}
