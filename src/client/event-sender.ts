import type { ConversionJson, ExposureJson } from '../protocol/events.ts'
import { copyOf } from './equal.ts'
import { mayPass } from './fetch-decisions.ts'
import type { ClientUser } from './store.ts'

/** Sends what users see and do, soon and together: `add` throws where the event is no JSON, `flush` sends what there is. */
export type EventSender = readonly [
  add: (user: ClientUser, event: ExposureJson | ConversionJson) => void,
  flush: () => void,
]

/** `at` is on the clock of `performance.now`. */
type Queued = readonly [user: ClientUser, event: object, at: number]

/**
 * Posts text to `url`, at most 50 events and 60,000 bytes at once, of the 64 KiB that a browser has for beacons. Events
 * wait for the end of the task, and for the next `flush` while the browser is offline or the server did not take them; of
 * those that wait the first 100 are kept. What a browser queued as a beacon is out of our hands.
 */
export function createEventSender(url: string, key: string): EventSender {
  const browser: Partial<Navigator> = globalThis.navigator ?? {}
  const queue: Queued[] = []

  function flush(): void {
    if (browser.onLine === false) keep([])
    else if (queue[0]) send(queue.splice(0))
  }

  /** Halves what is too much for one request, or about several users. */
  function send(batch: readonly Queued[]): void {
    const user = batch[0]?.[0]
    const body = JSON.stringify({
      key,
      ...user,
      events: batch.map(([, event, at]) => ({ ...event, ageMs: performance.now() - at })),
    })
    const half = batch.length >> 1
    // A code unit takes at most three bytes.
    if (half && (body.length > 20_000 || batch.length > 50 || batch.some((queued) => queued[0] !== user))) {
      send(batch.slice(0, half))
      send(batch.slice(half))
    } else if (!browser.sendBeacon?.(url, body)) {
      void fetch(url, { method: 'POST', body, keepalive: true }).then(
        ({ status }) => mayPass(status) && keep(batch),
        () => keep(batch),
      )
    }
  }

  function keep(batch: readonly Queued[]): void {
    queue.unshift(...batch)
    queue.splice(100)
  }

  return [
    (user, event) => {
      queue.push([user, copyOf({ ...event, uuid: crypto.randomUUID?.() }), performance.now()])
      queueMicrotask(flush)
    },
    flush,
  ]
}
