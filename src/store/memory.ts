/** What one isolate remembers of datafiles, and how a reading changes that. Pure but for the maps it keeps. */
import { unreachable } from '../base/unreachable.ts'
import { type Backoff, backOff } from './backoff.ts'
import type { DatafileHealth, DatafileOrigin, LoadedDatafile, Stamp } from './datafile-store.ts'
import { createLru } from './lru.ts'
import type { Known, Reading } from './reading.ts'
import { supersedes } from './stamp.ts'

/** What is remembered of one SDK key. */
export interface Memo {
  readonly held: Held
  /** When KV last confirmed it, or when it was taken from elsewhere. */
  readonly checkedAtMs: number
  /** Why the newest attempt to read KV was no use; `null` after one that was. */
  readonly trouble: Trouble | null
}

export type Held =
  | { readonly kind: 'datafile'; readonly loaded: LoadedDatafile; readonly origin: DatafileOrigin }
  /** KV has none. `generation` is that of a tombstone, or `NEVER_SEEN`. */
  | { readonly kind: 'unknown'; readonly generation: number }
  /** KV could not be asked, and there is no other copy. */
  | { readonly kind: 'nothing' }

export interface Trouble {
  readonly message: string
  readonly backoff: Backoff
  /** The value that was refused when one was last read. */
  readonly broken: Known['broken']
}

/** Older than every write. */
export const NEVER_SEEN = -1

/** Projects kept in one isolate, whose memory is 128 MB in all: by count, and by the length of their texts. */
const MOST_PROJECTS = 20
const MOST_TEXT_UNITS = 20_000_000
/** SDK keys without a datafile, which anybody can make up: kept apart, so that they push no project out. */
const MOST_STRANGERS = 2_000
/** For so long after a failed read a key without a datafile is something to report. */
const RECENT_MS = 60_000

export interface Memory {
  get(sdkKey: string): Memo | undefined
  set(sdkKey: string, memo: Memo): void
  health(nowMs: number): readonly DatafileHealth[]
}

/** Makes the memory of one isolate. */
export function createMemory(): Memory {
  const projects = createLru<Memo>({ mostEntries: MOST_PROJECTS, mostWeight: MOST_TEXT_UNITS, weigh: textUnits })
  const strangers = createLru<Memo>({ mostEntries: MOST_STRANGERS })
  return {
    get: (sdkKey) => projects.get(sdkKey) ?? strangers.get(sdkKey),
    set: (sdkKey, memo) => {
      const [home, other] = isStranger(memo) ? [strangers, projects] : [projects, strangers]
      other.delete(sdkKey)
      home.set(sdkKey, memo)
    },
    health: (nowMs) => {
      const inTrouble = [...strangers.entries()].filter(
        ([, { trouble }]) => trouble !== null && isRecent(trouble, nowMs),
      )
      return [...projects.entries(), ...inTrouble.slice(-MOST_PROJECTS)].map(([sdkKey, memo]) =>
        healthOf(sdkKey, memo, nowMs),
      )
    },
  }
}

/** True of a key that has no datafile here, and was not given a tombstone either. */
export function isStranger(memo: Memo | undefined): boolean {
  const held = memo?.held
  return held === undefined || held.kind === 'nothing' || (held.kind === 'unknown' && held.generation === NEVER_SEEN)
}

/** True of what KV said, a tombstone included; not of the datafile of the deploy, nor of none. */
export function isOfKv(memo: Memo | undefined): boolean {
  const isBundled = memo?.held.kind === 'datafile' && memo.held.origin === 'bundled'
  return !isBundled && !isStranger(memo)
}

/** What a reader should know of a memo. */
export function knownOf(memo: Memo | undefined): Known {
  return { held: heldStamp(memo), broken: memo?.trouble?.broken ?? null }
}

/**
 * True of a write that came before what is held. One of the same generation, written elsewhere at the same moment, did
 * not: what is seen last counts.
 */
export function isOlder(generation: number, memo: Memo | undefined): boolean {
  const stamp = heldStamp(memo)
  return stamp !== null && generation < stamp.generation
}

/** Milliseconds since KV last confirmed what is held; a clock that was set back does not make it negative. */
export function ageOf({ checkedAtMs }: Memo, nowMs: number): number {
  return Math.max(0, nowMs - checkedAtMs)
}

/** When a reading was made, and the chance that spreads the next attempt. */
export interface Moment {
  readonly nowMs: number
  /** From 0 up to 1. */
  readonly random: number
}

/** What is remembered after the datafile in force has been read. */
export function afterReading(memo: Memo | undefined, reading: Reading, moment: Moment): Memo {
  const held = memo?.held ?? { kind: 'nothing' }
  const checked = { checkedAtMs: moment.nowMs, trouble: null }
  switch (reading.kind) {
    case 'loaded':
      return { held: isNews(reading.loaded, memo) ? heldFrom(reading, 'kv') : confirmed(held), ...checked }
    case 'confirmed':
      return { held: confirmed(held), ...checked }
    case 'revoked':
      return { held: isOlder(reading.generation, memo) ? held : { ...reading, kind: 'unknown' }, ...checked }
    case 'missing':
      return afterMissing(memo, held, moment)
    case 'failed':
      // What was broken when it was last read is still not to be parsed again.
      return inTrouble(memo, { message: reading.message, broken: memo?.trouble?.broken ?? null }, moment)
    case 'broken':
      return inTrouble(memo, { message: reading.message, broken: reading }, moment)
    default:
      return unreachable(reading)
  }
}

/** A missing value revokes nothing: it may be KV's memory of a time before the first write. */
function afterMissing(memo: Memo | undefined, held: Held, moment: Moment): Memo {
  const checked = { checkedAtMs: moment.nowMs, trouble: null }
  switch (held.kind) {
    case 'datafile': {
      if (held.origin === 'bundled') return { held, ...checked }
      return inTrouble(memo, { message: 'KV has no datafile under this key any more', broken: null }, moment)
    }
    case 'unknown':
      return { held, ...checked }
    case 'nothing':
      return { held: { kind: 'unknown', generation: NEVER_SEEN }, ...checked }
    default:
      return unreachable(held)
  }
}

/** What is remembered after the second copy stood in for the first: the first one is due again after a pause. */
export function afterSecondCopy(memo: Memo | undefined, reading: Reading, moment: Moment): Memo {
  const trouble =
    memo?.trouble ?? inTrouble(memo, { message: 'KV had only its second copy', broken: null }, moment).trouble
  const held = reading.kind === 'loaded' ? heldFrom(reading, 'last-good') : afterReading(memo, reading, moment).held
  return { held, checkedAtMs: moment.nowMs, trouble }
}

/** What is remembered after an attempt that was no use: the same, and when to try again. */
function inTrouble(
  memo: Memo | undefined,
  { message, broken }: Pick<Trouble, 'message' | 'broken'>,
  { nowMs, random }: Moment,
): Memo {
  const backoff = backOff(memo?.trouble?.backoff ?? null, nowMs, random)
  const held = memo?.held ?? { kind: 'nothing' }
  // What was unknown a while ago may have been uploaded since; what was revoked stays revoked.
  const isUncertain = held.kind === 'unknown' && held.generation === NEVER_SEEN
  return {
    held: isUncertain ? { kind: 'nothing' } : held,
    checkedAtMs: memo?.checkedAtMs ?? nowMs,
    trouble: { message, broken, backoff },
  }
}

function heldFrom({ loaded }: { readonly loaded: LoadedDatafile }, origin: DatafileOrigin): Held {
  return { kind: 'datafile', loaded, origin }
}

function confirmed(held: Held): Held {
  return held.kind === 'datafile' ? { ...held, origin: 'kv' } : held
}

/** Asked again after reading: a datafile may have been uploaded here in the meantime. */
function isNews({ stamp }: LoadedDatafile, memo: Memo | undefined): boolean {
  const current = heldStamp(memo)
  return current === null || supersedes(stamp, current)
}

function heldStamp(memo: Memo | undefined): Stamp | null {
  const held = memo?.held ?? { kind: 'nothing' }
  switch (held.kind) {
    case 'datafile':
      return held.loaded.stamp
    case 'unknown':
      return { generation: held.generation, revision: '', sha256: '' }
    case 'nothing':
      return null
    default:
      return unreachable(held)
  }
}

function textUnits({ held }: Memo): number {
  return held.kind === 'datafile' ? held.loaded.textUnits : 0
}

/** Somebody asks for what is meant to be there, and so it is tried again: what was not is a made-up key. */
function isRecent({ backoff }: Trouble, nowMs: number): boolean {
  return Math.abs(nowMs - backoff.failedAtMs) <= RECENT_MS
}

function healthOf(sdkKey: string, memo: Memo, nowMs: number): DatafileHealth {
  const { held, trouble } = memo
  const lastError = trouble?.message ?? null
  if (held.kind !== 'datafile')
    return { sdkKey, revision: null, generation: null, ageMs: null, origin: null, lastError }
  const { revision, generation } = held.loaded.stamp
  return { sdkKey, revision, generation, ageMs: ageOf(memo, nowMs), origin: held.origin, lastError }
}
