/**
 * One user's decisions, kept current. A request is a `POST` of text, so that the first one of another origin needs no
 * preflight; one with `If-None-Match` does, which browsers keep for a day. Cookies go to the page's own origin only, as
 * `fetch` does unless told: the API reads none, but what guards a whole site may.
 */

import type { ConversionJson, ExposureJson } from '../protocol/events.ts'
import type { HANDOFF_ID } from '../protocol/handoff.ts'
import { equal } from './equal.ts'
import { createEventSender } from './event-sender.ts'
import { fetchDecisions, mayPass } from './fetch-decisions.ts'
import { keepHandoff, parseUser, readHandoff } from './read-handoff.ts'
import type { DecisionStore, FetchError, Snapshot, StoreOptions } from './store.ts'

/** Not any element of that name: what people write in a page may hold one. */
const HANDOFF: `script#${typeof HANDOFF_ID}` = 'script#turnout-decisions'

/**
 * Makes a store. In a browser it asks at once, unless decisions for this user were handed over; on a server it shows what
 * it is given and does nothing by itself. Throws a `TypeError` where neither `user` nor what was handed over names one, or
 * where it is no JSON.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure, since what two would share keeps its long names in a bundle that may have 2,048 bytes
export function createDecisionStore(options: StoreOptions): DecisionStore {
  const url = options.url.replace(/\/?$/, '/')
  const [add, flush] = createEventSender(`${url}v1/events`, options.key)
  const exposed = new Set<string>()
  const { key, flags, initial, refreshSeconds = 60, timeoutMs = 2_000 } = options
  const page: Document | undefined = globalThis.document
  const name = page && options.persist ? `turnout${[url, key, flags]}` : ''
  const [handedTo, handedOff] = readHandoff(() =>
    initial === undefined ? document.querySelector(HANDOFF)?.textContent : JSON.stringify(initial),
  )
  const [keptFor, kept] = readHandoff(() => sessionStorage[name])
  let user = parseUser(options.user ?? handedTo)
  let known = handedTo?.userId === user.userId ? handedOff : undefined
  const serverSnapshot = latest()
  const isAsking = page && !known
  if (isAsking && equal(keptFor, user)) known = kept
  let snapshot = latest()
  const listeners = new Set<() => void>()
  const closing = new AbortController()
  let headers: HeadersInit = {}
  let flight: Promise<Snapshot> | undefined
  let request = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let dueAt = 0

  /** After the end nothing counts. */
  function count(event: ExposureJson | ConversionJson): void {
    if (!closing.signal.aborted) add(user, event)
  }

  function latest(error?: FetchError): Snapshot {
    return {
      status: error ? { kind: known ? 'stale' : 'failed', error } : { kind: known ? 'ready' : 'loading' },
      user,
      decisions: known ?? Object.create(null),
    }
  }

  function show(error?: FetchError): void {
    const next = latest(error)
    if (equal(next, snapshot)) return
    snapshot = next
    for (const call of listeners) call()
  }

  function refresh(): Promise<Snapshot> {
    flight ??= ask()
    return flight
  }

  async function ask(): Promise<Snapshot> {
    if (closing.signal.aborted) return snapshot
    const mine = request
    timer = setTimeout(() => mine.abort(), timeoutMs)
    const body = JSON.stringify({ feature: flags ?? '*', key, ...user, disableTracking: true })
    const [decisions, header, error] = await fetchDecisions(
      url,
      { method: 'POST', body, headers, signal: mine.signal },
      known,
    )
    // Superseded: the answer is for nobody any more.
    if (request !== mine) return flight ?? snapshot
    settle(error, header)
    if (!error) {
      headers = header ? { 'If-None-Match': header } : {}
      known = decisions
      if (name) keepHandoff(name, user, decisions)
    }
    show(error)
    return snapshot
  }

  /** Ends what is under way and plans when to ask next: in `refreshSeconds`, or sooner after what may pass. */
  function settle(error?: FetchError, retryAfter?: string | null): void {
    clearTimeout(timer)
    request.abort()
    request = new AbortController()
    flight = undefined
    let seconds = refreshSeconds || 1e9
    if (!error) failures = 0
    else if (mayPass(error.status)) {
      // Longer each time, and for each browser another time, so that they do not all come back at once.
      seconds = Math.max(2 ** Math.min(failures++, 4), Math.min(Number(retryAfter), 3_600) || 0) * (1 + Math.random())
      if (page) timer = setTimeout(look, seconds * 1_000)
    }
    // A little less, as the timer may be early.
    dueAt = Date.now() + seconds * 990
  }

  /** Something changed about the page, or it is time to try again. */
  function look(event?: Event): void {
    flush()
    if (event?.type === 'online' && failures) dueAt = 0
    if (!page?.hidden && Date.now() >= dueAt) void refresh()
  }

  for (const type of page ? ['visibilitychange', 'pagehide', 'online'] : []) addEventListener(type, look, closing)
  settle()
  if (isAsking) void refresh()
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot: () => snapshot,
    getServerSnapshot: () => serverSnapshot,
    refresh,
    async identify(given) {
      const next = parseUser(given)
      if (closing.signal.aborted || equal(next, user)) return flight ?? snapshot
      settle()
      headers = {}
      if (next.userId !== user.userId) known = undefined
      user = next
      show()
      return refresh()
    },
    get: (flagKey) => known?.[flagKey],
    expose(flagKey) {
      const decision = known?.[flagKey]
      if (!decision) return
      const { ruleKey, variationKey } = decision
      const event = { type: 'exposure', flagKey, ruleKey, variationKey } as const
      const id = JSON.stringify([user.userId, event])
      if (exposed.has(id)) return
      exposed.add(id)
      count(event)
    },
    track(eventKey, tags) {
      count({ type: 'conversion', eventKey, ...(tags && { tags }) })
    },
    close() {
      flush()
      closing.abort()
      settle()
    },
  }
}
