import { DurableObject } from 'cloudflare:workers'
import type { Notification, StreamOptions } from '../events/notification-stream.ts'
import { optionsIn } from './stream-url.ts'

/** Listeners of one SDK key. */
export const MOST_LISTENERS = 100
/** What waits for a listener that does not read; beyond that it is dropped rather than waited for. */
export const BACKLOG_BYTES = 65_536
/** Before proxies on the way, and Cloudflare, give up what is silent. */
const KEEP_ALIVE_MS = 20_000

interface Listener extends StreamOptions {
  readonly body: ReadableByteStreamController
}

/**
 * Passes on to everybody who listens what happens under one SDK key. It keeps nothing: who listens later, or is too slow, has missed
 * what was told.
 */
export class NotificationRelay extends DurableObject<object> {
  readonly #listeners = new Set<Listener>()
  readonly #encoder = new TextEncoder()
  #keepingAlive: ReturnType<typeof setInterval> | null = null

  /** A stream of what is asked for in `streamUrl`, or 503 where there are as many listeners as may be. */
  override fetch({ url }: Request): Response {
    if (this.#listeners.size >= MOST_LISTENERS) return new Response(null, { status: 503 })
    return new Response(this.#listen(optionsIn(url)))
  }

  #listen({ types, isRaw }: StreamOptions): ReadableStream<Uint8Array> {
    let listener: Listener | null = null
    return new ReadableStream(
      {
        type: 'bytes',
        start: (body) => {
          listener = { types, isRaw, body }
          this.#add(listener)
        },
        cancel: () => {
          if (listener !== null) this.#remove(listener)
        },
      },
      { highWaterMark: BACKLOG_BYTES },
    )
  }

  /** Tells them all; how many there are. */
  publish(notifications: readonly Notification[]): number {
    for (const listener of this.#listeners) {
      const told = notifications.filter(({ type }) => listener.types.has(type))
      const text = told.map(({ json }) => (listener.isRaw ? `${json}\n` : `data: ${json}\n\n`)).join('')
      if (text !== '') this.#send(listener, text)
    }
    return this.#listeners.size
  }

  #add(listener: Listener): void {
    this.#listeners.add(listener)
    this.#keepingAlive ??= setInterval(() => this.#keepAlive(), KEEP_ALIVE_MS)
    this.#send(listener, silence(listener))
  }

  #remove(listener: Listener): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size > 0 || this.#keepingAlive === null) return
    clearInterval(this.#keepingAlive)
    this.#keepingAlive = null
  }

  #keepAlive(): void {
    for (const listener of this.#listeners) this.#send(listener, silence(listener))
  }

  #send(listener: Listener, text: string): void {
    const bytes = this.#encoder.encode(text)
    // A message that is larger than the backlog by itself goes through where nothing waits before it.
    const room = listener.body.desiredSize ?? 0
    if (bytes.length <= room || room === BACKLOG_BYTES) listener.body.enqueue(bytes)
    else this.#drop(listener)
  }

  #drop(listener: Listener): void {
    this.#remove(listener)
    listener.body.error(new Error('The listener is too slow.'))
  }
}

/** A comment of server-sent events, or between lines of JSON an empty one. */
function silence({ isRaw }: StreamOptions): string {
  return isRaw ? '\n' : ':\n\n'
}
