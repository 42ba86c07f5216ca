import type { DecisionStore } from '../store.ts'
import { useDecisionStore } from './provider.tsx'

/** Counts what the user does: `track('purchase', { revenue: 4200 })`. The same function until the store is another. */
export function useTrack(): DecisionStore['track'] {
  return useDecisionStore().track
}
