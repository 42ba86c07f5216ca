import { isJsonObject, parseJson } from '../base/json.ts'
import { reasonOf } from '../base/reason.ts'
import type { LoadedDatafile, Stamp } from '../store/datafile-store.ts'
import { datafileKey, lastGoodKey } from '../store/keys.ts'
import type { KvEntry, KvNamespace } from '../store/kv.ts'
import { sha256Hex } from '../store/sha256.ts'
import { compareRevisions, isTombstone, nextGeneration, parseMetadata, tombstone } from '../store/stamp.ts'
import { type Acceptable, acceptDatafile } from './accept-datafile.ts'
import type {
  DatafileActions,
  GetOutcome,
  Published,
  PutOptions,
  PutOutcome,
  RemoveOutcome,
  StorageUnavailable,
} from './datafile-actions.ts'

/** Whoever serves datafiles in this isolate, and is to know of a write at once. */
export interface Served {
  replace(sdkKey: string, loaded: LoadedDatafile): void
  revoke(sdkKey: string, generation: number): void
  /** The stamp of what is served, a tombstone's included; `null` where nothing is known. */
  stampOf(sdkKey: string): Stamp | null
}

export interface KvActionOptions {
  readonly kv: KvNamespace
  readonly served: Served
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly maxDatafileBytes: number
}

/** What an administrator can do, over KV. Writes go to the datafile first, and then to its second copy. */
export function createKvDatafileActions(options: KvActionOptions): DatafileActions {
  return {
    put: (sdkKey, bytes, { force }) => put(options, { sdkKey, bytes, force, published: null }),
    takeOver: (sdkKey, bytes, published) => put(options, { sdkKey, bytes, force: false, published }),
    get: (sdkKey) => orUnavailable(() => get(options, sdkKey)),
    remove: (sdkKey) => orUnavailable(() => remove(options, sdkKey)),
  }
}

/** As fresh as KV allows. */
const READ = { type: 'text', cacheTtl: 30 } as const

/** What is stored under a key now; `text` is `null` for a tombstone. */
interface Stored {
  readonly text: string | null
  readonly stamp: Stamp
}

async function put(options: KvActionOptions, { bytes, ...writing }: Upload): Promise<PutOutcome> {
  const accepted = acceptDatafile(bytes, options.maxDatafileBytes)
  if (!accepted.ok) return { kind: 'invalid', issues: accepted.error }
  return await orUnavailable(() => store(options, { ...writing, datafile: accepted.value }))
}

interface Writing extends PutOptions {
  readonly sdkKey: string
  /** `null`: an operator's own. */
  readonly published: Published | null
}

interface Upload extends Writing {
  readonly bytes: Uint8Array
}

interface Storing extends Writing {
  readonly datafile: Acceptable
}

async function store(options: KvActionOptions, { sdkKey, force, published, datafile }: Storing): Promise<PutOutcome> {
  const { text, revision } = datafile
  const stored = (await readStored(options, sdkKey))?.stamp ?? null
  const current = newerOf(stored, options.served.stampOf(sdkKey))
  const refusal = published === null ? null : refusalOf(published, revision, current)
  if (refusal !== null) return refusal
  const sha256 = await sha256Hex(text)
  if (current !== null && current === stored && current.generation > 0 && current.sha256 === sha256) {
    return await complete(options, { sdkKey, datafile, stamp: current, unchanged: true })
  }
  if (current !== null && isWritten(current) && compareRevisions(revision, current.revision) < 0 && !force) {
    return { kind: 'older', revision, storedRevision: current.revision }
  }
  const stamp = { generation: nextGeneration(current?.generation ?? 0, options.clock()), revision, sha256 }
  await options.kv.put(datafileKey(sdkKey), text, { metadata: stamp })
  return await complete(options, { sdkKey, datafile, stamp, unchanged: false })
}

/** Why a published datafile is not taken over; `null` where it may be. */
function refusalOf({ leastRevision }: Published, revision: string, current: Stamp | null): PutOutcome | null {
  if (current !== null && isTombstone(current)) return { kind: 'revoked' }
  const isOlder = leastRevision !== null && compareRevisions(revision, leastRevision) < 0
  return isOlder ? { kind: 'older', revision, storedRevision: leastRevision } : null
}

/** Not true of the datafile of the deploy, whose revision nobody has to keep to. */
function isWritten({ generation }: Stamp): boolean {
  return generation >= 0
}

interface Written {
  readonly sdkKey: string
  readonly datafile: Acceptable
  readonly stamp: Stamp
  readonly unchanged: boolean
}

/** What follows a write, and also a repeated one, which may make up for what an earlier attempt left undone. */
async function complete(
  options: KvActionOptions,
  { sdkKey, datafile, stamp, unchanged }: Written,
): Promise<PutOutcome> {
  const { text, warnings, loadedAs } = datafile
  const loaded = loadedAs(stamp)
  options.served.replace(sdkKey, loaded)
  try {
    await options.kv.put(lastGoodKey(sdkKey), text, { metadata: stamp })
  } catch (cause) {
    const message = `The datafile is stored and in force, but its second copy is not: ${reasonOf(cause)}. Put it again.`
    return { kind: 'unavailable', message }
  }
  const { revision, generation } = stamp
  const bytes = new TextEncoder().encode(text).length
  return { kind: 'accepted', revision, generation, counts: loaded.project.counts, warnings, bytes, unchanged }
}

async function get(options: KvActionOptions, sdkKey: string): Promise<GetOutcome> {
  const stored = await readStored(options, sdkKey)
  if (stored === null || stored.text === null) return { kind: 'unknown' }
  return { kind: 'found', text: stored.text, stamp: stored.stamp }
}

async function remove(options: KvActionOptions, sdkKey: string): Promise<RemoveOutcome> {
  const { kv, served, clock } = options
  const stored = (await readStored(options, sdkKey))?.stamp ?? null
  const current = newerOf(stored, served.stampOf(sdkKey))
  const secondCopy = await kv.getWithMetadata(lastGoodKey(sdkKey), READ)
  if (current === null && secondCopy.value === null) return { kind: 'unknown' }
  const generation = nextGeneration(current?.generation ?? 0, clock())
  await kv.put(datafileKey(sdkKey), '', { metadata: tombstone(generation) })
  served.revoke(sdkKey, generation)
  try {
    await kv.put(lastGoodKey(sdkKey), '', { metadata: tombstone(generation) })
  } catch (cause) {
    const message = `The SDK key is revoked, but the second copy is still there: ${reasonOf(cause)}. Delete it again.`
    return { kind: 'unavailable', message }
  }
  return { kind: 'removed', generation }
}

/** KV may show an older write than this isolate knows of. */
function newerOf(stored: Stamp | null, seen: Stamp | null): Stamp | null {
  if (stored === null || seen === null) return stored ?? seen
  return seen.generation > stored.generation ? seen : stored
}

async function readStored({ kv }: KvActionOptions, sdkKey: string): Promise<Stored | null> {
  return await storedFrom(await kv.getWithMetadata(datafileKey(sdkKey), READ))
}

async function storedFrom({ value, metadata }: KvEntry): Promise<Stored | null> {
  const written = parseMetadata(metadata)
  if (written?.deleted) return { text: null, stamp: written }
  return value === null ? null : { text: value, stamp: written ?? (await stampOfUnstamped(value)) }
}

/** A value that was put there without metadata counts as generation 0; its revision is its own, if it has one. */
async function stampOfUnstamped(text: string): Promise<Stamp> {
  const json = parseJson(text)
  const revision = json.ok && isJsonObject(json.value) ? json.value.revision : undefined
  return { generation: 0, revision: typeof revision === 'string' ? revision : '', sha256: await sha256Hex(text) }
}

/** KV fails by throwing; here that is an outcome. */
async function orUnavailable<Outcome>(act: () => Promise<Outcome>): Promise<Outcome | StorageUnavailable> {
  try {
    return await act()
  } catch (cause) {
    return { kind: 'unavailable', message: `KV failed: ${reasonOf(cause)}. Nothing is known to have changed.` }
  }
}
