import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import { DecisionProvider } from './provider.tsx'
import { createTestStore, type FixedDecisions } from './test-store.ts'

export interface TestDecisionProviderProps {
  readonly decisions: FixedDecisions
  readonly children?: ReactNode
}

/** A provider of fixed decisions, for tests and stories. To assert on what was counted, make the store: `createTestStore`. */
export function TestDecisionProvider({ decisions, children }: TestDecisionProviderProps): ReactElement {
  const [store] = useState(() => createTestStore(decisions))
  useEffect(() => store.decide(decisions), [store, decisions])
  return <DecisionProvider store={store}>{children}</DecisionProvider>
}
