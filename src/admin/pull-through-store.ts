import type { DatafileStore, Lookup, Stamp } from '../store/datafile-store.ts'
import { createFlights, type FlightOptions } from '../store/flights.ts'
import { createLru } from '../store/lru.ts'
import type { Puller } from './pull-datafile.ts'

export interface PullThroughOptions extends FlightOptions {
  readonly store: DatafileStore & { stampOf(sdkKey: string): Stamp | null }
  readonly puller: Puller
}

/** A key that nobody publishes, or that could not be had, is not asked for again for so long. */
const UNKNOWN_MS = 5 * 60_000
/** Pulls of keys that were never seen: so many in an isolate within a minute. Keys are made up by anybody. */
const MOST_PULLS = 10
const PERIOD_MS = 60_000
const MOST_REMEMBERED = 2_000

/**
 * A store that pulls a datafile when it is first asked for and KV has none. A key that an operator deleted is not
 * pulled; of keys that are made up only a few a minute are asked for, and each once in five minutes.
 */
export function createPullThroughStore(options: PullThroughOptions): DatafileStore {
  const { store, puller, clock } = options
  const flights = createFlights(options)
  const askedAtMs = createLru<number>({ mostEntries: MOST_REMEMBERED })
  let pulls: readonly number[] = []

  function mayPull(sdkKey: string): boolean {
    const nowMs = clock()
    if (store.stampOf(sdkKey) !== null) return false
    if (flights.isUnderWay(sdkKey)) return true
    const lastMs = askedAtMs.get(sdkKey)
    if (lastMs !== undefined && Math.abs(nowMs - lastMs) < UNKNOWN_MS) return false
    pulls = pulls.filter((atMs) => Math.abs(nowMs - atMs) < PERIOD_MS)
    return pulls.length < MOST_PULLS
  }

  async function pull(sdkKey: string): Promise<void> {
    const nowMs = clock()
    askedAtMs.set(sdkKey, nowMs)
    pulls = [...pulls, nowMs]
    await puller.pull(sdkKey, { isRoutine: false, leastRevision: null })
  }

  function orPulled(sdkKey: string, found: Lookup): Lookup | Promise<Lookup> {
    if (found.kind !== 'unknown' || !mayPull(sdkKey)) return found
    return flights.join(sdkKey, () => pull(sdkKey)).then(() => store.read(sdkKey))
  }

  return {
    read(sdkKey) {
      const found = store.read(sdkKey)
      return found instanceof Promise ? found.then((late) => orPulled(sdkKey, late)) : orPulled(sdkKey, found)
    },
  }
}
