/** The store of decisions, for any JavaScript; and what a server needs to hand decisions over. */

export { decisionsScript, handoffOf } from '../protocol/decisions-script.ts'
export type { Handoff, HandoffDecision, HandoffUser } from '../protocol/handoff.ts'
export { createDecisionStore } from './decision-store.ts'
export type { Decision, FlagKey, FlagTypes, VariableName, VariableType, VariationKey } from './flag-types.ts'
export type {
  ClientDecision,
  ClientUser,
  DecisionStore,
  FetchError,
  Snapshot,
  Status,
  StoreOptions,
} from './store.ts'
