/** When decisions are asked for, and what becomes of the answers. */

import { type Fetched, fetchDecisions } from './fetch-decisions.ts'
import type { State } from './state.ts'
import type { FetchError, Snapshot } from './store.ts'

export interface Refresher {
  /** Asks now, or joins the request that is under way. */
  ask(): Promise<Snapshot>
  /** Asks where that is due and somebody is looking. */
  wake(): void
  /** As `wake`, where it was the network that was missing without waiting any longer. */
  reconnect(): void
  /** Forgets the request under way, whose answer is for nobody any more, and what is known of the last answer. */
  abandon(): void
}

export interface RefresherOptions {
  readonly url: string
  readonly timeoutMs: number
  readonly refreshMs: number
  /** The page, whose visibility counts; without one nothing is asked but on call. */
  readonly page: Pick<Document, 'hidden'> | undefined
  /** The body of a request for the user that is known now. */
  readonly body: () => string
  readonly etag: string | null
  readonly state: State
  /** Called with what was just fetched. */
  readonly onFresh: (etag: string | null) => void
}

const FIRST_RETRY_MS = 1_000
/** With jitter that adds up to a half, at most 30 seconds. */
const MAX_RETRY_MS = 20_000
/** A longer `Retry-After` than an hour is somebody's mistake. */
const MAX_RETRY_AFTER_MS = 3_600_000

export function createRefresher(options: RefresherOptions): Refresher {
  const { url, timeoutMs, refreshMs, page, state } = options
  let { etag } = options
  let flight: Promise<Snapshot> | undefined
  let active: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let dueAt = Date.now() + refreshMs

  function ask(): Promise<Snapshot> {
    clearTimeout(timer)
    flight ??= run()
    return flight
  }

  async function run(): Promise<Snapshot> {
    const controller = new AbortController()
    active = controller
    const fetched = await fetchDecisions({ url, timeoutMs, controller, etag, body: options.body() })
    if (active === controller) {
      flight = active = undefined
      land(fetched)
    }
    return flight ?? state.getSnapshot()
  }

  function land(fetched: Fetched): void {
    const { decisions, user, status } = state.getSnapshot()
    dueAt = Date.now() + refreshMs
    if (fetched.kind === 'failed') {
      const { error } = fetched
      const isKnown = status.kind === 'ready' || status.kind === 'stale'
      if (canImprove(error)) retryIn(waitMs(fetched.retryAfterSeconds))
      state.show({ user, decisions, status: { kind: isKnown ? 'stale' : 'failed', error } })
      return
    }
    failures = 0
    if (fetched.kind === 'fresh') etag = fetched.etag
    state.show({
      user,
      decisions: fetched.kind === 'fresh' ? fetched.decisions : decisions,
      status: { kind: 'ready' },
    })
    options.onFresh(etag)
  }

  /** Longer each time, and for each browser another time, so that they do not all come back at once. */
  function waitMs(retryAfterSeconds: number): number {
    const backoff = Math.min(FIRST_RETRY_MS * 2 ** failures++, MAX_RETRY_MS)
    return Math.max(backoff, Math.min(retryAfterSeconds * 1_000, MAX_RETRY_AFTER_MS)) * (1 + Math.random() / 2)
  }

  function retryIn(ms: number): void {
    dueAt = Date.now() + ms
    if (page) timer = setTimeout(wakeNow, ms)
  }

  function wake(): void {
    if (page && !page.hidden && Date.now() >= dueAt) void ask()
  }

  /** A timer may be early by the clock. */
  function wakeNow(): void {
    dueAt = 0
    wake()
  }

  return {
    ask,
    wake,
    reconnect() {
      const { status } = state.getSnapshot()
      if ('error' in status && !status.error.status) wakeNow()
      else wake()
    },
    abandon() {
      clearTimeout(timer)
      active?.abort()
      flight = active = undefined
      etag = null
      failures = 0
    },
  }
}

/** What the server refuses it refuses again, unless that was for having been asked too often. */
function canImprove({ status = 0 }: FetchError): boolean {
  return status < 400 || status === 429 || status >= 500
}
