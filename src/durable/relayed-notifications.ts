import type { Log } from '../base/log.ts'
import { reasonOf } from '../base/reason.ts'
import {
  MOST_TOLD_UNITS,
  type Notification,
  type NotificationStream,
  type RelayCalls,
  type StreamOptions,
} from '../events/notification-stream.ts'
import { inTime } from '../store/in-time.ts'
import type { ObjectNamespace } from '../store/object-namespace.ts'
import { streamUrl } from './stream-url.ts'

export interface RelayOptions {
  readonly relays: ObjectNamespace<RelayCalls>
  /** Takes work that goes on after the response. */
  readonly background: (task: Promise<unknown>) => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
}

/** What waits to be told under one SDK key. */
interface Outbox {
  waiting: Notification[]
  units: number
  /** When the newest call began; `null`: there is none. */
  sendingSinceMs: number | null
}

/** A request that ended may have taken its calls with it. */
const GIVEN_UP_MS = 5_000
/** A request's background goes on for 30 s after it: others go on sooner. */
const MOST_CALLS = 8

/**
 * Notifications by way of one object for each SDK key. Of an isolate one call at a time is under way: what happens during that goes with
 * the next, so that a busy isolate tells much at once and asks no more of the object than it can take.
 */
export function createRelayedNotifications(options: RelayOptions): NotificationStream {
  const { relays, background, clock, log } = options
  const outboxes = new Map<string, Outbox>()

  async function send(sdkKey: string, outbox: Outbox): Promise<void> {
    for (let calls = 0; calls < MOST_CALLS && outbox.waiting.length > 0; calls++) {
      const told = outbox.waiting
      outbox.waiting = []
      outbox.units = 0
      outbox.sendingSinceMs = clock()
      try {
        await inTime(relays.getByName(sdkKey).publish(told))
      } catch (cause) {
        log({ level: 'error', code: 'notifications_lost', count: told.length, message: reasonOf(cause) })
      }
    }
    outbox.sendingSinceMs = null
    if (outbox.waiting.length === 0) outboxes.delete(sdkKey)
  }

  return {
    async open(sdkKey, stream) {
      const { ok, body } = await inTime(relays.getByName(sdkKey).fetch(streamUrl(stream)))
      return ok ? new Response(body, { headers: headersOf(stream) }) : 'full'
    },
    publish(sdkKey, notifications) {
      if (notifications.length === 0) return
      const outbox = outboxes.get(sdkKey) ?? { waiting: [], units: 0, sendingSinceMs: null }
      outboxes.set(sdkKey, outbox)
      const dropped = addTo(outbox, notifications)
      if (dropped > 0) log({ level: 'warn', code: 'notifications_dropped', count: dropped })
      const isSending = outbox.sendingSinceMs !== null && clock() - outbox.sendingSinceMs < GIVEN_UP_MS
      if (!isSending) background(send(sdkKey, outbox))
    },
  }
}

/** How many there was no room for. */
function addTo(outbox: Outbox, notifications: readonly Notification[]): number {
  let dropped = 0
  for (const notification of notifications) {
    const { length } = notification.json
    if (outbox.units + length > MOST_TOLD_UNITS) {
      dropped++
      continue
    }
    outbox.units += length
    outbox.waiting.push(notification)
  }
  return dropped
}

function headersOf({ isRaw }: StreamOptions): HeadersInit {
  return { 'Content-Type': isRaw ? 'application/x-ndjson' : 'text/event-stream' }
}
