import type { QueuedEvent } from '../queued-event.ts'
import type { EventDispatcher } from './dispatcher.ts'

/** Events of one request, and what is to be called when they have been dispatched. */
export interface GatheredEvents {
  readonly events: readonly QueuedEvent[]
  /** Milliseconds since 1970. */
  readonly nowMs: number
  readonly end: () => void
}

/** What is left to do for the request that brings them: `null` where another one takes them along. */
export type GatherEvents = (gathered: GatheredEvents) => Promise<void> | null

export interface GatheringOptions {
  readonly dispatcher: EventDispatcher
  readonly wait: (ms: number) => Promise<void>
}

/** Milliseconds for which other requests' events are waited for: little beside what a send takes. */
const GATHER_MS = 20
/** As many as a Queue takes in one send. */
const MOST_EVENTS = 100
/** One that is older has lost the request that was to send it. */
const LOST_MS = 1_000

/**
 * Sends together what requests of the same few milliseconds bring, since a send costs many times what is in it. The first of them
 * does so behind its response; the others have nothing left to do. Should it be cut off before, the next request takes over what
 * it had. Only events are shared between requests: no promise, and nothing else that belongs to one.
 */
export function createGathering({ dispatcher, wait }: GatheringOptions): GatherEvents {
  let current: Gathering | null = null

  async function sendLater(gathering: Gathering): Promise<void> {
    await wait(GATHER_MS)
    if (current === gathering) current = null
    try {
      await dispatcher.dispatch(gathering.events)
    } finally {
      for (const end of gathering.ends) end()
    }
  }

  return ({ events, nowMs, end }) => {
    const isLost = current !== null && Math.abs(nowMs - current.sinceMs) >= LOST_MS
    if (current !== null && !isLost && current.events.length < MOST_EVENTS) {
      current.events.push(...events)
      current.ends.push(end)
      return null
    }
    const left = isLost ? current : null
    const gathering = {
      events: [...(left?.events ?? []), ...events],
      ends: [...(left?.ends ?? []), end],
      sinceMs: nowMs,
    }
    current = gathering
    return sendLater(gathering)
  }
}

interface Gathering {
  readonly events: QueuedEvent[]
  readonly ends: (() => void)[]
  readonly sinceMs: number
}
