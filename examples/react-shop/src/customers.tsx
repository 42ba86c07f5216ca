import { type ReactNode, useSyncExternalStore } from 'react'
import type { DecisionStore } from 'turnout/client'
import { useDecisionStore } from 'turnout/react'
import { rememberVisitor } from './visitor.ts'

const CUSTOMERS = [
  { id: 'mila', name: 'Mila' },
  { id: 'jonas', name: 'Jonas' },
] as const

/** Who shops: in place of a page to sign in with. */
export function Customers(): ReactNode {
  const store = useDecisionStore()
  const userId = useUserId(store)
  const isGuest = CUSTOMERS.every(({ id }) => id !== userId)
  const signIn = (id: string) => {
    rememberVisitor(id)
    void store.identify({ userId: id })
  }
  return (
    <fieldset className="customers">
      <legend className="hidden">Shop as</legend>
      <button type="button" aria-pressed={isGuest} onClick={() => isGuest || signIn(crypto.randomUUID())}>
        Guest
      </button>
      {CUSTOMERS.map(({ id, name }) => (
        <button key={id} type="button" aria-pressed={id === userId} onClick={() => signIn(id)}>
          {name}
        </button>
      ))}
    </fieldset>
  )
}

function useUserId(store: DecisionStore): string {
  return useSyncExternalStore(
    store.subscribe,
    () => store.getSnapshot().user.userId,
    () => store.getServerSnapshot().user.userId,
  )
}
