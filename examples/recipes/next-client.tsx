'use client'
import { type ReactNode, useState } from 'react'
import { createDecisionStore, type Handoff } from 'turnout/client'
import { DecisionProvider } from 'turnout/react'

/** In a layout: `<Flags userId={id} initial={await decisionsFor(id)}>{children}</Flags>`. */
export function Flags({ userId, initial, children }: { userId: string; initial: Handoff | null; children: ReactNode }) {
  const [store] = useState(() =>
    createDecisionStore({ url: 'https://flags.example', key: 'demo', user: { userId }, initial }),
  )
  return <DecisionProvider store={store}>{children}</DecisionProvider>
}
