import type { QueuedEvent } from '../queued-event.ts'
import type { Delivery, EventBatch } from './sink.ts'

/** What became of some events of a batch. */
export interface Part {
  readonly events: readonly QueuedEvent[]
  readonly delivery: Settled
}

/** What is refused for its content has been found. */
export type Settled = Exclude<Delivery, { readonly kind: 'content-refused' }>

/** Requests for one batch beside the first: enough for whatever is wrong among 20 events, or for two of 500. */
const MOST_EXTRA = 40

/**
 * Sends a batch. Where its content is refused it is sent again in halves, and theirs, until what is refused stands alone: that alone
 * is refused, and all others are delivered. Events of which that is not known after `MOST_EXTRA` requests are for later. One part
 * for each event. Rejects only where `send` does.
 */
export async function sendDivided(
  batch: EventBatch,
  send: (batch: EventBatch) => Promise<Delivery>,
): Promise<readonly Part[]> {
  const parts: Part[] = []
  const waiting = [batch.events]
  let refusal = ''
  for (let sent = 0; ; sent++) {
    const events = waiting.pop()
    if (events === undefined) return parts
    if (sent > MOST_EXTRA) {
      parts.push({ events, delivery: { kind: 'retry', reason: `${refusal} for others in its batch`, afterSeconds: 0 } })
      continue
    }
    const delivery = await send({ ...batch, events })
    if (delivery.kind !== 'content-refused') {
      parts.push({ events, delivery })
    } else if (events.length === 1) {
      parts.push({ events, delivery: { kind: 'refused', reason: delivery.reason } })
    } else {
      refusal = delivery.reason
      const half = Math.ceil(events.length / 2)
      waiting.push(events.slice(half), events.slice(0, half))
    }
  }
}
