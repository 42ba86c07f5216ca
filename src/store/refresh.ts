/** How the memory of an isolate is brought up to date from KV, and what stands in for it. */
import type { Log, LogEvent } from '../base/log.ts'
import { unreachable } from '../base/unreachable.ts'
import type { LoadedDatafile } from './datafile-store.ts'
import type { Flights } from './flights.ts'
import { datafileKey, lastGoodKey } from './keys.ts'
import type { KvNamespace } from './kv.ts'
import {
  afterReading,
  afterSecondCopy,
  isOfKv,
  isStranger,
  knownOf,
  type Memo,
  type Memory,
  type Moment,
} from './memory.ts'
import { type Reading, readDatafile } from './reading.ts'
import { LATE, within } from './within.ts'

export interface CachedStoreOptions {
  readonly kv: Pick<KvNamespace, 'getWithMetadata'>
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** From 0 up to 1: spreads the attempts of many isolates. */
  readonly random: () => number
  /** Keeps work alive that goes on after the response: `waitUntil` of the request that is being answered. */
  readonly background: (task: Promise<unknown>) => void
  readonly log: Log
  /** How long a datafile is served without asking KV again. */
  readonly freshMs: number
  readonly maxDatafileBytes: number
  /** The datafile that came with the deploy, for the SDK key that it is meant for. */
  readonly bundled: BundledDatafile | null
}

export interface BundledDatafile {
  readonly sdkKey: string
  readonly loaded: LoadedDatafile
}

/** What one isolate has, as a whole. */
export interface Isolate {
  readonly options: CachedStoreOptions
  readonly memory: Memory
  readonly flights: Flights
}

/** With nothing to serve, KV's second copy is asked for when the first is not there after so long. */
const SECOND_COPY_AFTER_MS = 2_000
/** A read that takes longer counts as failed, which keeps the next from following on its heels. */
const LONGEST_READ_MS = 5_000
/** KV caches for no less. */
const LEAST_CACHE_SECONDS = 30

/** A read that was not waited for any longer. */
export const NOT_IN_TIME: Reading = { kind: 'failed', message: 'KV did not answer in time' }

/** A read of KV, or a wait for one, and what was remembered when it began. */
export interface Attempt {
  readonly isolate: Isolate
  readonly sdkKey: string
  readonly before: Memo | undefined
}

/** Begins an attempt. */
export function attemptAt(isolate: Isolate, sdkKey: string): Attempt {
  return { isolate, sdkKey, before: isolate.memory.get(sdkKey) }
}

/** Reads KV, together with all who ask for the same key meanwhile. Never rejects. */
export function refresh(isolate: Isolate, sdkKey: string): Promise<void> {
  return isolate.flights.join(sdkKey, () => {
    const attempt = attemptAt(isolate, sdkKey)
    return isOfKv(attempt.before) ? readFirstCopy(attempt) : readAnyCopy(attempt)
  })
}

async function readFirstCopy(attempt: Attempt): Promise<void> {
  const first = readCopy(attempt, datafileKey)
  const early = await within(first, LONGEST_READ_MS)
  remember(attempt, early === LATE ? NOT_IN_TIME : early)
  if (early === LATE) void rememberLate(attempt, first)
}

/** With nothing of KV in memory: the first copy, and the second one when the first is late or no use. */
async function readAnyCopy(attempt: Attempt): Promise<void> {
  const first = readCopy(attempt, datafileKey)
  const early = await within(first, SECOND_COPY_AFTER_MS)
  if (early !== LATE && isAnswer(early)) return remember(attempt, early)
  const second = readCopy(attempt, lastGoodKey)
  if (early === LATE) return await rememberEither(attempt, { first, second })
  const stoodIn = await within(second, LONGEST_READ_MS)
  rememberBoth(attempt, { first: early, second: stoodIn === LATE ? NOT_IN_TIME : stoodIn })
}

function readCopy({ isolate, sdkKey, before }: Attempt, keyOf: (sdkKey: string) => string): Promise<Reading> {
  const { options } = isolate
  const cacheTtl = Math.max(LEAST_CACHE_SECONDS, Math.floor(options.freshMs / 1000))
  return readDatafile(keyOf(sdkKey), knownOf(before), { ...options, cacheTtl })
}

function isAnswer({ kind }: Reading): boolean {
  return kind === 'loaded' || kind === 'revoked'
}

/** Takes in what was read, and logs what an operator should see. */
export function remember({ isolate, sdkKey, before }: Attempt, reading: Reading): void {
  const { memory, options } = isolate
  const memo = memory.get(sdkKey)
  if (isOutdated(reading, memo, before)) return
  const event = eventOf(reading, memo)
  if (event !== null) options.log({ ...event, sdkKey })
  memory.set(sdkKey, afterReading(memo, reading, momentOf(options)))
}

/** A read that was no use says nothing of what was learnt since it began, nor a confirmation of what was dropped since. */
function isOutdated(reading: Reading, memo: Memo | undefined, before: Memo | undefined): boolean {
  switch (reading.kind) {
    case 'loaded':
    case 'revoked':
      return false
    case 'confirmed':
      return isStranger(memo)
    case 'missing':
    case 'failed':
    case 'broken':
      return memo !== before
    default:
      return unreachable(reading)
  }
}

/** What comes after it has been given up is welcome all the same. */
function rememberLate(attempt: Attempt, late: Promise<Reading>): Promise<void> {
  const arrived = late.then((reading) => remember(attempt, reading))
  attempt.isolate.options.background(arrived)
  return arrived
}

interface Copies<Read> {
  readonly first: Read
  readonly second: Read
}

/** Whichever copy comes first; a second one that is no use leaves it to the first. */
async function rememberEither(attempt: Attempt, { first, second }: Copies<Promise<Reading>>): Promise<void> {
  const arrived = rememberLate(attempt, first)
  const stoodIn = second.then((reading) => (rememberSecond(attempt, reading) ? undefined : arrived))
  const outcome = await within(Promise.race([arrived, stoodIn]), LONGEST_READ_MS - SECOND_COPY_AFTER_MS)
  if (outcome === LATE) remember(attempt, NOT_IN_TIME)
  fallBack(attempt)
}

/** In one go, so that nobody sees the state between: a first copy that is missing, and no second one yet. */
function rememberBoth(attempt: Attempt, { first, second }: Copies<Reading>): void {
  remember(attempt, first)
  if (!rememberSecond(attempt, second)) fallBack(attempt)
}

/** Whether the second copy is what will be served. The first one, which it stands in for, goes on being tried. */
function rememberSecond({ isolate: { memory, options }, sdkKey }: Attempt, reading: Reading): boolean {
  const memo = memory.get(sdkKey)
  if (isOfKv(memo) || !isAnswer(reading)) return false
  memory.set(sdkKey, afterSecondCopy(memo, reading, momentOf(options)))
  options.log({ level: 'warn', code: 'second_copy_used', sdkKey })
  return true
}

/** Takes the datafile of the deploy, where there is one for this key and nothing else. */
export function fallBack({ isolate: { memory, options }, sdkKey }: Attempt): void {
  const { bundled, clock } = options
  const memo = memory.get(sdkKey)
  if (bundled?.sdkKey !== sdkKey || !isStranger(memo)) return
  const held = { kind: 'datafile', loaded: bundled.loaded, origin: 'bundled' } as const
  memory.set(sdkKey, { held, checkedAtMs: clock(), trouble: memo?.trouble ?? null })
}

function momentOf({ clock, random }: CachedStoreOptions): Moment {
  return { nowMs: clock(), random: random() }
}

function eventOf(reading: Reading, memo: Memo | undefined): LogEvent | null {
  switch (reading.kind) {
    case 'failed':
      return { level: 'warn', code: 'kv_failed', message: reading.message }
    case 'broken':
      return {
        level: 'error',
        code: 'datafile_refused',
        message: reading.message,
        generation: reading.value.generation,
      }
    case 'missing':
      return memo?.held.kind === 'datafile' && isOfKv(memo) ? { level: 'warn', code: 'datafile_missing' } : null
    case 'loaded':
    case 'confirmed':
    case 'revoked':
      return null
    default:
      return unreachable(reading)
  }
}
