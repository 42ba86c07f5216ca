import { noDecisions } from './decisions.ts'
import { equal } from './equal.ts'
import { createEventSender } from './event-sender.ts'
import { createExposures } from './exposures.ts'
import { firstSnapshot, readKept, userOf, writeKept } from './first-snapshot.ts'
import { createRefresher } from './refresher.ts'
import { NO_SLOT, slotOf } from './slot.ts'
import { createState } from './state.ts'
import type { DecisionStore, StoreOptions } from './store.ts'

/**
 * Makes a store and, in a browser, asks for the decisions unless they were handed over. Throws where nobody says who the
 * user is. On a server it shows what it is given, and does nothing by itself.
 */
export function createDecisionStore(options: StoreOptions): DecisionStore {
  const { key, flags, refreshSeconds = 60, timeoutMs = 2_000 } = options
  const page: Document | undefined = globalThis.document
  const url = options.url.replace(/\/?$/, '/')
  const name = `turnout:${JSON.stringify([url, key, flags])}`
  const isKept = page && options.persist
  const slot = isKept ? slotOf(name) : NO_SLOT
  const serverSnapshot = firstSnapshot(options)
  const isHandedOff = serverSnapshot.status.kind === 'ready'
  const kept = isHandedOff ? undefined : readKept(slot, serverSnapshot.user)
  const state = createState(kept?.snapshot ?? serverSnapshot)
  const { getSnapshot, subscribe } = state
  const sender = createEventSender(`${url}v1/events`, key)
  const expose = createExposures(sender, isKept ? slotOf(`${name}:exposed`) : NO_SLOT)
  const refresher = createRefresher({
    url,
    timeoutMs,
    refreshMs: refreshSeconds * 1_000 || Number.POSITIVE_INFINITY,
    page,
    body: () => JSON.stringify({ feature: flags ?? '*', key, ...getSnapshot().user, disableTracking: true }),
    etag: kept?.etag ?? null,
    state,
    onFresh: (etag) => writeKept(slot, { snapshot: getSnapshot(), etag }),
  })
  const closing = new AbortController()
  if (page) {
    for (const type of ['visibilitychange', 'pagehide', 'online']) {
      addEventListener(
        type,
        () => {
          sender.flush()
          refresher[type === 'online' ? 'reconnect' : 'wake']()
        },
        closing,
      )
    }
    if (!isHandedOff) void refresher.ask()
  }
  const isClosed = () => closing.signal.aborted
  return {
    subscribe,
    getSnapshot,
    getServerSnapshot: () => serverSnapshot,
    get: (flagKey) => getSnapshot().decisions[flagKey],
    refresh: async () => (isClosed() ? getSnapshot() : refresher.ask()),
    async identify(next) {
      const user = userOf(next)
      const known = getSnapshot()
      if (isClosed()) return known
      if (equal(user, known.user)) return known
      refresher.abandon()
      state.show(
        user.userId === known.user.userId
          ? { ...known, user }
          : { status: { kind: 'loading' }, user, decisions: noDecisions() },
      )
      return refresher.ask()
    },
    expose(flagKey) {
      if (!isClosed()) expose(flagKey, getSnapshot())
    },
    track(eventKey, tags) {
      if (!isClosed()) sender.add(getSnapshot().user, { type: 'conversion', eventKey, ...(tags && { tags }) })
    },
    close() {
      sender.flush()
      closing.abort()
      refresher.abandon()
    },
  }
}
