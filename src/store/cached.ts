/**
 * The datafiles of one isolate: read from KV, parsed and compiled once per write, and served from memory whatever
 * becomes of KV. The order of what is served: memory that is fresh, KV, memory of any age, KV's second copy, the
 * datafile of the deploy, and only then nothing.
 */
import { pauseLeftMs } from './backoff.ts'
import type { DatafileHealth, DatafileStore, LoadedDatafile, Lookup, Stamp } from './datafile-store.ts'
import { createFlights, JOINABLE_MS } from './flights.ts'
import { lookupAfterWait, lookupFromMemory } from './lookup.ts'
import { ageOf, createMemory, isOlder, isStranger, knownOf, type Memo } from './memory.ts'
import {
  type Attempt,
  attemptAt,
  type CachedStoreOptions,
  fallBack,
  type Isolate,
  NOT_IN_TIME,
  refresh,
  remember,
} from './refresh.ts'
import { within } from './within.ts'

/** A store that remembers, and is told of what its own isolate wrote. */
export interface CachedStore extends DatafileStore {
  /** Serves a datafile at once that has just been written to KV, unless a later write is served already. */
  replace(sdkKey: string, loaded: LoadedDatafile): void
  /** Serves nothing any more under a key that has just been given a tombstone, unless a later write is served. */
  revoke(sdkKey: string, generation: number): void
  /** The stamp of what is served, a tombstone's included; `null` where this isolate knows of no write. */
  stampOf(sdkKey: string): Stamp | null
  health(): readonly DatafileHealth[]
}

/** Up to this age a datafile is served while it is being refreshed. */
const STALE_MS = 5 * 60_000
/** How long a request waits for KV when there is something to serve, and when there is nothing. */
const WARM_WAIT_MS = 500
const COLD_WAIT_MS = 5_000
/** An SDK key that KV does not have is asked for again after so long. */
const UNKNOWN_MS = 30_000

/** Makes the store of one isolate. */
export function createCachedStore(options: CachedStoreOptions): CachedStore {
  const isolate: Isolate = { options, memory: createMemory(), flights: createFlights(options) }
  const { clock } = options
  return {
    read: (sdkKey) => read(isolate, sdkKey),
    replace: (sdkKey, loaded) => {
      if (isOlder(loaded.stamp.generation, isolate.memory.get(sdkKey))) return
      const held = { kind: 'datafile', loaded, origin: 'kv' } as const
      isolate.memory.set(sdkKey, { held, checkedAtMs: clock(), trouble: null })
    },
    revoke: (sdkKey, generation) => {
      if (isOlder(generation, isolate.memory.get(sdkKey))) return
      isolate.memory.set(sdkKey, { held: { kind: 'unknown', generation }, checkedAtMs: clock(), trouble: null })
    },
    stampOf: (sdkKey) => {
      const memo = isolate.memory.get(sdkKey)
      return isStranger(memo) ? null : knownOf(memo).held
    },
    health: () => isolate.memory.health(clock()),
  }
}

function read(isolate: Isolate, sdkKey: string): Lookup | Promise<Lookup> {
  const nowMs = isolate.options.clock()
  const memo = isolate.memory.get(sdkKey)
  if (memo === undefined) return readAndWait(isolate, sdkKey, COLD_WAIT_MS)
  if (!isDue(memo, isolate.options, nowMs)) return lookupFromMemory(memo, isolate.options.freshMs, nowMs)
  if (isStranger(memo)) return readAndWait(isolate, sdkKey, COLD_WAIT_MS)
  if (memo.held.kind !== 'datafile' || ageOf(memo, nowMs) >= STALE_MS) return readAndWait(isolate, sdkKey, WARM_WAIT_MS)
  if (!isolate.flights.isUnderWay(sdkKey)) void refresh(isolate, sdkKey)
  return lookupFromMemory(memo, isolate.options.freshMs, nowMs)
}

/** Whether KV should be asked: after a pause that follows failures, else once what is held is no longer fresh. */
function isDue(memo: Memo, { freshMs }: CachedStoreOptions, nowMs: number): boolean {
  if (memo.trouble !== null) return pauseLeftMs(memo.trouble.backoff, nowMs) === 0
  const usableMs = memo.held.kind === 'datafile' ? freshMs : Math.min(freshMs, UNKNOWN_MS)
  return nowMs < memo.checkedAtMs || nowMs - memo.checkedAtMs >= usableMs
}

/** Waits for KV as long as may be, and then answers with whatever there is. */
async function readAndWait(isolate: Isolate, sdkKey: string, limitMs: number): Promise<Lookup> {
  const { clock } = isolate.options
  const attempt = attemptAt(isolate, sdkKey)
  const askedAtMs = clock()
  let isOpen = true
  for (let leftMs = limitMs; leftMs > 0 && isOpen; leftMs -= JOINABLE_MS) {
    await within(refresh(isolate, sdkKey), Math.min(leftMs, JOINABLE_MS))
    const memo = isolate.memory.get(sdkKey)
    isOpen = memo === undefined || memo === attempt.before
  }
  if (isOpen) giveUp(attempt)
  return lookupAfterWait(isolate.memory.get(sdkKey), { askedAtMs, nowMs: clock() })
}

/** After a wait that was for nothing KV is left alone for a while; of many that waited, only the first counts. */
function giveUp(attempt: Attempt): void {
  remember(attempt, NOT_IN_TIME)
  fallBack(attempt)
}
