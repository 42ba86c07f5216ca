'use client'

/** Decisions in React, 18 and later. */

export type { Decision, FlagKey, FlagTypes, VariableName, VariableType, VariationKey } from '../flag-types.ts'
export { Feature, type FeatureProps } from './feature.tsx'
export { DecisionProvider, type DecisionProviderProps, useDecisionStore } from './provider.tsx'
export { useSuspenseDecision, useSuspenseFlag, useSuspenseVariable } from './suspense.ts'
export { TestDecisionProvider, type TestDecisionProviderProps } from './test-provider.tsx'
export {
  createTestStore,
  type FixedDecision,
  type FixedDecisions,
  type TestConversion,
  type TestExposure,
  type TestStore,
  type TestStoreOptions,
} from './test-store.ts'
export { useDecision, useDecisionStatus } from './use-decision.ts'
export { useFlag } from './use-flag.ts'
export { useTrack } from './use-track.ts'
export { useVariable, type VariableLike } from './use-variable.ts'
