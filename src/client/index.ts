/** The store of decisions, for any JavaScript. */

export type { Handoff, HandoffDecision, HandoffUser } from '../protocol/handoff.ts'
export { createDecisionStore } from './decision-store.ts'
export type {
  ClientDecision,
  ClientUser,
  DecisionStore,
  FetchError,
  Snapshot,
  Status,
  StoreOptions,
} from './store.ts'
