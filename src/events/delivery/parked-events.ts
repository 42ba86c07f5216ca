import type { QueuedEvent } from '../queued-event.ts'
import type { Refusal } from './deliver.ts'

/** Keeps what will never be taken, with the reason, for somebody to look at. */
export interface ParkedEvents {
  /** Rejects where it cannot be kept. */
  park(events: readonly ParkedEvent[]): Promise<void>
}

export interface ParkedEvent {
  readonly event: QueuedEvent
  readonly refused: readonly Refusal[]
}

/** What is needed of a KV namespace. */
export interface ParkingKv {
  put(key: string, value: string, options: { readonly expirationTtl: number }): Promise<void>
}

/** Seconds for which they are kept: 30 days. */
const KEPT_SECONDS = 30 * 86_400

/** In KV, under `parked-events:{uuid of the first}`: together, as they were refused. */
export function parkInKv(kv: ParkingKv): ParkedEvents {
  return {
    async park(events) {
      const uuid = events[0]?.event.visitor.snapshots[0]?.events[0]?.uuid
      if (uuid === undefined) return
      await kv.put(`parked-events:${uuid}`, JSON.stringify(events), { expirationTtl: KEPT_SECONDS })
    },
  }
}
