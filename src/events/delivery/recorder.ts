import type { Log } from '../../base/log.ts'
import { reasonOf } from '../../base/reason.ts'
import { buildEvent, type EventClient } from '../build-event.ts'
import type { EventRecorder, UserEvent } from '../event.ts'
import { createLogRecorder } from '../log-recorder.ts'
import type { QueuedEvent } from '../queued-event.ts'
import type { CountEvents } from './count-events.ts'
import type { GatherEvents } from './gather-events.ts'
import { createUnderWay } from './under-way.ts'

export interface RecorderOptions {
  readonly gather: GatherEvents
  /** Takes work that goes on after the response. */
  readonly background: (task: Promise<unknown>) => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** A new UUID. */
  readonly newId: () => string
  readonly client: EventClient
  readonly log: Log
  readonly count: CountEvents
}

/**
 * Records events: each is built at once, as an SDK would send it, and is on its way once the response is. User ids and
 * attributes stay out of the log, which has their number. Events are lost, and logged as that, where too many are under way.
 */
export function createRecorder(options: RecorderOptions): EventRecorder {
  const { gather, background, clock, log, count } = options
  const logRecorder = createLogRecorder(log)
  const underWay = createUnderWay()

  function send(events: readonly QueuedEvent[], nowMs: number): void {
    if (events.length === 0) return
    count({ level: 'error', code: 'events_lost', count: underWay.cutOff(nowMs), reason: 'cut off' })
    const end = underWay.begin(events.length, nowMs)
    if (end === null) {
      count({ level: 'error', code: 'events_lost', count: events.length, reason: 'too many under way' })
      return
    }
    const sending = gather({ events, nowMs, end })
    if (sending !== null) background(sending)
  }

  return {
    record(events) {
      logRecorder.record(events)
      // Asked once: each time it takes the runtime as long as building an event.
      const nowMs = clock()
      const sent: QueuedEvent[] = []
      for (const event of events) {
        const queued = built(event, nowMs, options)
        if (queued !== null) sent.push(queued)
      }
      send(sent, nowMs)
    },
  }
}

/** An event that cannot be built is a bug, which must not take a decision, a page or other events with it. */
function built(event: UserEvent, nowMs: number, { newId, client, count }: RecorderOptions): QueuedEvent | null {
  try {
    const { uuid = newId(), timestampMs = nowMs } = event
    return buildEvent(event, { uuid, timestampMs, client })
  } catch (cause) {
    count({ level: 'error', code: 'events_failed', count: 1, message: reasonOf(cause) })
    return null
  }
}
