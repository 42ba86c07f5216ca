import { type ReactElement, StrictMode, Suspense } from 'react'
import type { DecisionStore } from '../../../../src/client/index.ts'
import {
  DecisionProvider,
  Feature,
  useDecisionStatus,
  useFlag,
  useSuspenseVariable,
  useVariable,
} from '../../../../src/client/react/index.ts'

function Checkout(): ReactElement {
  return <button type="button">{useVariable('checkout', 'button_text', 'Buy')}</button>
}

function Patient(): ReactElement {
  return <p id="patient">{useSuspenseVariable('checkout', 'button_text', 'Buy')}</p>
}

function Status(): ReactElement {
  return <p id="status">{useDecisionStatus().kind}</p>
}

/** The same on the server and in the browser. */
export function Shop({ store }: { readonly store: DecisionStore }): ReactElement {
  return (
    <StrictMode>
      <DecisionProvider store={store}>
        <Checkout />
        <Feature flag="badge" fallback={<p id="badge">No badge</p>}>
          <p id="badge">Badge</p>
        </Feature>
        <Suspense fallback={<p id="patient">wait</p>}>
          <Patient />
        </Suspense>
        <Status />
        <Unseen />
      </DecisionProvider>
    </StrictMode>
  )
}

function Unseen(): ReactElement | null {
  return useFlag('no such flag') ? <p>Impossible</p> : null
}
