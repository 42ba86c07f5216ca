import type { ConversionJson, ExposureJson } from '../protocol/events.ts'
import { isFinal } from './fetch-decisions.ts'
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
  const browser: Partial<Navigator> = globalThis.navigator ?? {}
  const queue: Queued[] = []

  function flush(): void {
    if (browser.onLine !== false && queue.length > 0) send(queue.splice(0))
  }

  /** Halves what is too much for one request, or about several users. */
  function send(batch: readonly Queued[]): void {
    const user = batch[0]?.user
    const events = batch.map(({ event, at }) => ({ ...event, ageMs: Math.round(performance.now() - at) }))
    const body = new Blob([JSON.stringify({ key, ...user, events })], { type: 'text/plain' })
    const isLarge = body.size > MAX_BATCH_BYTES
    const half = batch.length >> 1
    if (half && (isLarge || batch.length > MAX_BATCH || batch.some((queued) => queued.user !== user))) {
      send(batch.slice(0, half))
      send(batch.slice(half))
    } else if (!browser.sendBeacon?.(url, body)) {
      void fetch(url, { method: 'POST', body, keepalive: !isLarge }).then(
        ({ ok, status }) => ok || isFinal(status) || keep(batch),
        () => keep(batch),
      )
    }
  }

  /** What the server did not get waits for the next time; what it refused it would refuse again. */
  function keep(batch: readonly Queued[]): void {
    queue.unshift(...batch)
    queue.splice(MAX_QUEUED)
  }

  return {
    add(user, event) {
      const copy = JSON.parse(JSON.stringify({ ...event, uuid: crypto.randomUUID?.() }))
      if (queue.length < MAX_QUEUED) queue.push({ user, at: performance.now(), event: copy })
      if (queue.length < MAX_BATCH) queueMicrotask(flush)
      else flush()
    },
    flush,
  }
}
