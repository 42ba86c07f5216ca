import type { EventBatch } from './delivery/sink.ts'
import type { QueuedEvent } from './queued-event.ts'

/** How large a batch may be. */
export interface BatchLimits {
  readonly maxEvents: number
  /** Of the body in UTF-8; an event that is larger by itself goes alone. */
  readonly maxBytes: number
}

/**
 * Batches of what may go out together: events of one collector, account, project, revision, client and privacy settings, in
 * their order (source: the SDK's `areEventContextsEqual`). A batch ends where it is full; others go on beside it.
 */
export function batchEvents(events: readonly QueuedEvent[], limits: BatchLimits): readonly EventBatch[] {
  const batches: EventBatch[] = []
  const open = new Map<string, OpenBatch>()
  for (const event of events) {
    const key = JSON.stringify([event.region, event.botFiltering, event.envelope])
    const bytes = largestSize(event)
    const current = open.get(key)
    if (current !== undefined && current.events.length < limits.maxEvents && current.bytes + bytes <= limits.maxBytes) {
      current.events.push(event)
      current.bytes += bytes
      continue
    }
    const started: OpenBatch = { events: [event], bytes: bytes + key.length * 3 }
    open.set(key, started)
    batches.push({ region: event.region, envelope: event.envelope, events: started.events })
  }
  return batches
}

interface OpenBatch {
  readonly events: QueuedEvent[]
  bytes: number
}

/** UTF-8 takes at most three bytes for a code unit. */
function largestSize({ visitor }: QueuedEvent): number {
  return JSON.stringify(visitor).length * 3
}
