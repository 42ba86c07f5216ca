import type { ReactNode } from 'react'
import { Feature, useDecisionStatus, useVariable } from 'turnout/react'

/** What stands above everything else, where there is something to say. */
export function Notices(): ReactNode {
  return (
    <>
      <Feature flag="delivery_note">
        <DeliveryNote />
      </Feature>
      <Freshness />
    </>
  )
}

function DeliveryNote(): ReactNode {
  return (
    <p className="notice" id="delivery-note">
      {useVariable('delivery_note', 'text', '')}
    </p>
  )
}

/** A shop of one's own would rather say nothing: what is shown is right either way. */
function Freshness(): ReactNode {
  const status = useDecisionStatus()
  switch (status.kind) {
    case 'loading':
    case 'ready':
      return null
    case 'stale':
    case 'failed':
      return (
        <output className="notice quiet" id="freshness" data-status={status.kind}>
          You seem to be offline. The shop stays as you last saw it.
        </output>
      )
  }
}
