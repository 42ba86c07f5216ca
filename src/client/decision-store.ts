import { equal } from './equal.ts'
import { createEventSender } from './event-sender.ts'
import { fetchDecisions } from './fetch-decisions.ts'
import { parseUser, readHandoff, readPage } from './read-handoff.ts'
import { createSchedule } from './schedule.ts'
import { createState, snapshotOf } from './state.ts'
import type { DecisionStore, Snapshot, StoreOptions } from './store.ts'

export function createDecisionStore(options: StoreOptions): DecisionStore {
  const { key, flags, initial, refreshSeconds = 60, timeoutMs = 2_000 } = options
  const url = options.url.replace(/\/?$/, '/')
  const page: Document | undefined = globalThis.document
  const handoff = readHandoff(() => (initial === undefined ? readPage() : initial))
  let user = parseUser(options.user ?? handoff?.user)
  const handedOff = handoff?.user.userId === user.userId ? handoff.decisions : undefined
  let known = handedOff
  const serverSnapshot = snapshotOf(user, known)
  const name = page && options.persist && `turnout:${url}:${key}:${flags}`
  const kept = readHandoff(() => name && JSON.parse(sessionStorage[name]))
  if (!known && equal(kept?.user, user)) known = kept?.decisions
  const exposed = new Set<unknown>(Array.isArray(kept?.exposed) ? kept.exposed : [])
  const [getSnapshot, subscribe, show] = createState(snapshotOf(user, known))
  const [addEvent, flushEvents] = createEventSender(`${url}v1/events`, key)
  const [heard, stop] = createSchedule(refreshSeconds, ask, flushEvents)
  let etag: string | null = null
  let flight: Promise<Snapshot> | undefined
  let request = new AbortController()
  let isClosed = false
  if (page && !handedOff) ask()

  function ask(): Promise<Snapshot> {
    flight ??= run()
    return flight
  }

  async function run(): Promise<Snapshot> {
    if (isClosed) return getSnapshot()
    const mine = request
    const { signal } = mine
    const timer = setTimeout(() => mine.abort(), timeoutMs)
    const body = JSON.stringify({ feature: flags ?? '*', key, ...user, disableTracking: true })
    const [response, decisions, error] = await fetchDecisions(url, { body, etag, signal, known })
    clearTimeout(timer)
    if (request !== mine) return flight ?? getSnapshot()
    abandon()
    heard(error, response?.headers.get('Retry-After'))
    if (!error) {
      etag = response.headers.get('ETag')
      known = decisions
    }
    show(snapshotOf(user, known, error))
    save()
    return getSnapshot()
  }

  function save(): void {
    try {
      if (name) sessionStorage[name] = JSON.stringify({ user, decisions: Object.values(known ?? {}), exposed: [...exposed] })
    } catch {
      // Blocked or full: the next page asks.
    }
  }

  function abandon(): void {
    request.abort()
    request = new AbortController()
    flight = undefined
  }

  return {
    subscribe,
    getSnapshot,
    getServerSnapshot: () => serverSnapshot,
    get: (flagKey) => getSnapshot().decisions[flagKey],
    refresh: ask,
    async identify(given) {
      const next = parseUser(given)
      if (isClosed || equal(next, user)) return flight ?? getSnapshot()
      abandon()
      etag = null
      if (next.userId !== user.userId) known = undefined
      user = next
      heard()
      show(snapshotOf(user, known))
      return ask()
    },
    expose(flagKey) {
      const decision = known?.[flagKey]
      if (!decision || isClosed) return
      const { ruleKey, variationKey } = decision
      const event = { type: 'exposure', flagKey, ruleKey, variationKey } as const
      const id = JSON.stringify([user.userId, event])
      if (exposed.has(id)) return
      exposed.add(id)
      save()
      addEvent(user, event)
    },
    track(eventKey, tags) {
      if (!isClosed) addEvent(user, { type: 'conversion', eventKey, ...(tags && { tags }) })
    },
    close() {
      isClosed = true
      flushEvents()
      stop()
      abandon()
    },
  }
}
