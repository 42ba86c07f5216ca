import { createContext, type ReactElement, type ReactNode, useContext } from 'react'
import type { DecisionStore } from '../store.ts'

export interface DecisionProviderProps {
  readonly store: DecisionStore
  readonly children?: ReactNode
}

const StoreContext = createContext<DecisionStore | null>(null)

/** Lets everything below read from this store. Whoever made the store closes it. */
export function DecisionProvider({ store, children }: DecisionProviderProps): ReactElement {
  // React 18 has no other way to write it.
  return <StoreContext.Provider value={store}>{children}</StoreContext.Provider>
}

/** The nearest provider's store, for `identify` and `refresh`. Throws where there is no provider. */
export function useDecisionStore(): DecisionStore {
  const store = useContext(StoreContext)
  if (!store) throw Error('No <DecisionProvider> above')
  return store
}
