import type { CollectorEnvelope, QueuedEvent } from '../queued-event.ts'

/** Events that may go out together: of one collector, account, project, revision and client. */
export interface EventBatch {
  readonly region: string
  readonly envelope: CollectorEnvelope
  /** In the order in which they happened; at least one. */
  readonly events: readonly QueuedEvent[]
}

/** Somewhere that events go. Everything may come twice, and is then known by the uuids of its events. */
export interface Sink {
  /** By which a message says where it has yet to go. */
  readonly name: SinkName
  /** Never rejects. */
  deliver(batch: EventBatch): Promise<Delivery>
}

export type SinkName = 'collector' | 'webhook' | 'sums' | 'analytics'

/** What became of a batch. */
export type Delivery =
  | { readonly kind: 'delivered' }
  /** It may succeed later; `afterSeconds` is what was asked for, 0 where nothing was. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterSeconds: number }
  /** It will never be taken, whatever is in it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It will never be taken as it is: something in it, or how much there is. */
  | { readonly kind: 'content-refused'; readonly reason: string }

export const DELIVERED: Delivery = { kind: 'delivered' }
