import type { Decisions } from './decisions.ts'
import { equal } from './equal.ts'
import { createEventSender } from './event-sender.ts'
import { fetchDecisions, isFinal } from './fetch-decisions.ts'
import { parseHandoff, readHandoff, readObject } from './read-handoff.ts'
import type { ClientUser, DecisionStore, FetchError, Snapshot, StoreOptions } from './store.ts'

export function createDecisionStore(options: StoreOptions): DecisionStore {
  const { key, flags, refreshSeconds = 60, timeoutMs = 2_000, initial = readHandoff() } = options
  const url = options.url.replace(/\/?$/, '/')
  const page: Document | undefined = globalThis.document
  const handoff = parseHandoff(initial)
  let user = userOf(options.user ?? handoff?.user)
  const name = page && options.persist && `turnout:${url}:${key}:${flags}`
  const kept = name ? readObject(() => sessionStorage.getItem(name)) : {}
  let known = handoff?.user.userId === user.userId ? handoff.decisions : undefined
  const serverSnapshot = snapshotOf(user, known)
  let etag: string | null = null
  const keptHandoff = parseHandoff(kept)
  if (!known && keptHandoff && equal(keptHandoff.user, user)) {
    known = keptHandoff.decisions
    if (typeof kept.etag === 'string') etag = kept.etag
  }
  let snapshot = snapshotOf(user, known)
  const exposed = new Set<unknown>(Array.isArray(kept.exposed) ? kept.exposed : [])
  const listeners = new Set<() => void>()
  const sender = createEventSender(`${url}v1/events`, key)
  const closing = new AbortController()
  let flight: Promise<Snapshot> | undefined
  let controller: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let heardAt = Date.now()
  let waitSeconds = refreshSeconds

  function show(error?: FetchError): void {
    const next = snapshotOf(user, known, error)
    if (equal(next, snapshot)) return
    snapshot = next
    for (const call of listeners) call()
  }

  function save(): void {
    try {
      if (name)
        sessionStorage.setItem(
          name,
          JSON.stringify({ user, etag, decisions: Object.values(snapshot.decisions), exposed: [...exposed] }),
        )
    } catch {
      // As if nothing had been there.
    }
  }

  async function ask(): Promise<Snapshot> {
    if (closing.signal.aborted) return snapshot
    flight ??= run()
    return flight
  }

  async function run(): Promise<Snapshot> {
    clearTimeout(timer)
    const mine = new AbortController()
    controller = mine
    timer = setTimeout(() => mine.abort(), timeoutMs)
    const body = JSON.stringify({ feature: flags ?? '*', key, ...user, disableTracking: true })
    const { error, response, decisions } = await fetchDecisions(url, etag, { body, signal: mine.signal })
    if (controller !== mine) return flight ?? snapshot
    abandon()
    heardAt = Date.now()
    waitSeconds = refreshSeconds
    if (error) {
      if (!isFinal(error.status)) {
        waitSeconds =
          Math.max(Math.min(2 ** failures++, 20), Math.min(Number(response?.headers.get('Retry-After')) || 0, 3600)) *
          (1 + Math.random() / 2)
        if (page) timer = setTimeout(wakeNow, waitSeconds * 1_000)
      }
    } else {
      failures = 0
      etag = response.headers.get('ETag')
      for (const flagKey in decisions)
        if (equal(decisions[flagKey], known?.[flagKey])) decisions[flagKey] = known?.[flagKey]
      known = decisions ?? known
    }
    show(error)
    save()
    return snapshot
  }

  function wakeNow(): void {
    waitSeconds = 1
    wake()
  }

  function wake(): void {
    if (page && !page.hidden && waitSeconds && Date.now() - heardAt >= waitSeconds * 1_000) void ask()
  }

  function abandon(): void {
    clearTimeout(timer)
    controller?.abort()
    controller = flight = undefined
  }

  if (page) {
    for (const type of ['visibilitychange', 'pagehide', 'online']) {
      addEventListener(
        type,
        () => {
          sender.flush()
          if (type === 'online' && 'error' in snapshot.status && !snapshot.status.error.status) waitSeconds = 1
          wake()
        },
        closing,
      )
    }
    if (serverSnapshot.status.kind === 'loading') void ask()
  }
  return {
    subscribe(listener) {
      const call = () => listener()
      listeners.add(call)
      return () => {
        listeners.delete(call)
      }
    },
    getSnapshot: () => snapshot,
    getServerSnapshot: () => serverSnapshot,
    get: (flagKey) => snapshot.decisions[flagKey],
    refresh: ask,
    async identify(given) {
      const next = userOf(given)
      if (closing.signal.aborted || equal(next, user)) return flight ?? snapshot
      abandon()
      etag = null
      failures = 0
      if (next.userId !== user.userId) known = undefined
      user = next
      show()
      return ask()
    },
    expose(flagKey) {
      const decision = snapshot.decisions[flagKey]
      if (!decision || closing.signal.aborted) return
      const { ruleKey, variationKey } = decision
      const name = JSON.stringify([user.userId, flagKey, ruleKey, variationKey])
      if (exposed.has(name)) return
      exposed.add(name)
      save()
      sender.add(user, { type: 'exposure', flagKey, ruleKey, variationKey })
    },
    track(eventKey, tags) {
      if (!closing.signal.aborted) sender.add(user, { type: 'conversion', eventKey, ...(tags && { tags }) })
    },
    close() {
      sender.flush()
      closing.abort()
      abandon()
    },
  }
}

function snapshotOf(user: ClientUser, known: Decisions | undefined, error?: FetchError): Snapshot {
  return {
    status: error ? { kind: known ? 'stale' : 'failed', error } : { kind: known ? 'ready' : 'loading' },
    user,
    decisions: known ?? Object.create(null),
  }
}

function userOf(user: ClientUser | undefined): ClientUser {
  if (!user?.userId) throw new Error('No user for the decision store')
  const { userId, attributes = {} } = user
  return JSON.parse(JSON.stringify({ userId, attributes }))
}
