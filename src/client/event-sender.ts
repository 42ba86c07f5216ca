import type { ConversionJson, ExposureJson } from '../protocol/events.ts'
import type { ClientUser } from './store.ts'

/** Sends what users see and do, soon and together. */
export interface EventSender {
  /** Throws where the event cannot be written as JSON. */
  add(user: ClientUser, event: ExposureJson | ConversionJson): void
  /** Sends at once what there is. */
  flush(): void
}

interface Queued {
  readonly user: ClientUser
  readonly event: object
  /** On the clock of `performance.now`. */
  readonly at: number
}

/** Events of one request. */
const MAX_BATCH = 50
/** A browser has at most 64 KiB of beacons under way. */
const MAX_BATCH_BYTES = 60_000
/** Events that wait while none can be sent; those after them are lost. */
const MAX_QUEUED = 100

/** Posts to `url`. Events wait for the end of the task, and while the browser knows that it is offline. */
export function createEventSender(url: string, key: string): EventSender {
  const queue: Queued[] = []

  function flush(): void {
    if (navigator.onLine !== false && queue.length > 0) send(queue.splice(0))
  }

  function send(batch: readonly Queued[]): void {
    const user = batch[0]?.user
    const events = batch.map(({ event, at }) => ({ ...event, ageMs: Math.round(performance.now() - at) }))
    const body = new Blob([JSON.stringify({ key, ...user, events })], { type: 'text/plain' })
    const isOne = batch.length <= MAX_BATCH && body.size < MAX_BATCH_BYTES && batch.every((item) => item.user === user)
    const half = batch.length >> 1
    if (half && !isOne) {
      send(batch.slice(0, half))
      send(batch.slice(half))
    } else if (!navigator.sendBeacon?.(url, body)) {
      void post(batch, body)
    }
  }

  /** What the server did not get waits for the next time; what it refused would be refused again. */
  async function post(batch: readonly Queued[], body: Blob): Promise<void> {
    const status = await fetch(url, { method: 'POST', body, keepalive: body.size < MAX_BATCH_BYTES }).then(
      (response) => response.status,
      () => 500,
    )
    if (status !== 429 && status < 500) return
    queue.unshift(...batch)
    queue.splice(MAX_QUEUED)
  }

  return {
    add(user, event) {
      if (queue.length >= MAX_QUEUED) return
      const named = { ...event, uuid: crypto.randomUUID?.() }
      const length = queue.push({ user, at: performance.now(), event: JSON.parse(JSON.stringify(named)) })
      if (length < MAX_BATCH) queueMicrotask(flush)
      else flush()
    },
    flush,
  }
}
