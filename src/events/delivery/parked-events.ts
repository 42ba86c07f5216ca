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

export interface ParkingOptions {
  readonly kv: ParkingKv
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** A new UUID. */
  readonly newId: () => string
}

/** Seconds for which they are kept: 30 days. */
const KEPT_SECONDS = 30 * 86_400

/**
 * In KV, under `parked-events:{time}:{uuid}`: together, as they were refused. Each time under a key of its own, since a message
 * that comes twice must not take the place of what it was parked with at first.
 */
export function parkInKv({ kv, clock, newId }: ParkingOptions): ParkedEvents {
  return {
    park: (events) =>
      kv.put(`parked-events:${new Date(clock()).toISOString()}:${newId()}`, JSON.stringify(events), {
        expirationTtl: KEPT_SECONDS,
      }),
  }
}
