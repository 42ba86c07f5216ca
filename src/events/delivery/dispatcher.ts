import type { QueuedEvent } from '../queued-event.ts'

/** Takes events on their way. */
export interface EventDispatcher {
  /** Ends when they are where they are safe, or have been given up, which is logged. Never rejects. */
  dispatch(events: readonly QueuedEvent[]): Promise<void>
}
