import type { Log } from '../../base/log.ts'
import { reasonOf } from '../../base/reason.ts'
import { buildEvent, type EventClient } from '../build-event.ts'
import type { EventRecorder, UserEvent } from '../event.ts'
import type { QueuedEvent } from '../queued-event.ts'
import type { EventDispatcher } from './dispatcher.ts'

export interface RecorderOptions {
  readonly dispatcher: EventDispatcher
  /** Takes work that goes on after the response. */
  readonly background: (task: Promise<unknown>) => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** A new UUID. */
  readonly newId: () => string
  readonly client: EventClient
  readonly log: Log
}

/**
 * Records events: each is built at once, as an SDK would send it, and is on its way once the response is. User ids and
 * attributes stay out of the log, which has their number.
 */
export function createRecorder(options: RecorderOptions): EventRecorder {
  let impressions = 0
  let conversions = 0
  return {
    record(events) {
      if (events.length === 0) return
      for (const { kind } of events) {
        if (kind === 'impression') impressions++
        else conversions++
      }
      options.log({ level: 'info', code: 'events', impressions, conversions })
      const queued = built(events, options)
      if (queued.length > 0) options.background(options.dispatcher.dispatch(queued))
    },
  }
}

/** An event that cannot be built is a bug, which must not take a decision or a page with it. */
function built(events: readonly UserEvent[], options: RecorderOptions): readonly QueuedEvent[] {
  const { clock, newId, client, log } = options
  try {
    const nowMs = clock()
    return events.map((event) =>
      buildEvent(event, { uuid: event.uuid ?? newId(), timestampMs: event.timestampMs ?? nowMs, client }),
    )
  } catch (cause) {
    log({ level: 'error', code: 'events_failed', count: events.length, message: reasonOf(cause) })
    return []
  }
}
