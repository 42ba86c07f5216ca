import { isJsonObject, parseJson } from '../base/json.ts'
import type { LoadedDatafile, Stamp } from '../store/datafile-store.ts'
import { datafileKey, lastGoodKey } from '../store/keys.ts'
import type { KvEntry, KvNamespace } from '../store/kv.ts'
import { sha256Hex } from '../store/sha256.ts'
import { compareRevisions, nextGeneration, parseMetadata, tombstone } from '../store/stamp.ts'
import { type Acceptable, acceptDatafile } from './accept-datafile.ts'
import type {
  DatafileActions,
  GetOutcome,
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
    put: (sdkKey, bytes, { force }) => put(options, { sdkKey, bytes, force }),
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

async function put(options: KvActionOptions, { bytes, sdkKey, force }: Upload): Promise<PutOutcome> {
  const accepted = acceptDatafile(bytes, options.maxDatafileBytes)
  if (!accepted.ok) return { kind: 'invalid', issues: accepted.error }
  return await orUnavailable(() => store(options, { sdkKey, force, datafile: accepted.value }))
}

interface Upload extends PutOptions {
  readonly sdkKey: string
  readonly bytes: Uint8Array
}

interface Storing extends PutOptions {
  readonly sdkKey: string
  readonly datafile: Acceptable
}

async function store(options: KvActionOptions, { sdkKey, force, datafile }: Storing): Promise<PutOutcome> {
  const { text, revision } = datafile
  const current = await newestStamp(options, sdkKey)
  const sha256 = await sha256Hex(text)
  if (current !== null && current.generation > 0 && current.sha256 === sha256) {
    return await complete(options, { sdkKey, datafile, stamp: current, unchanged: true })
  }
  const isOlder = current !== null && compareRevisions(revision, current.revision) < 0
  if (isOlder && !force) return { kind: 'older', revision, storedRevision: current.revision }
  const stamp = { generation: nextGeneration(current?.generation ?? 0, options.clock()), revision, sha256 }
  await options.kv.put(datafileKey(sdkKey), text, { metadata: stamp })
  return await complete(options, { sdkKey, datafile, stamp, unchanged: false })
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
  const current = await newestStamp(options, sdkKey)
  const secondCopy = await kv.getWithMetadata(lastGoodKey(sdkKey), READ)
  if (current === null && secondCopy.value === null) return { kind: 'unknown' }
  const generation = nextGeneration(current?.generation ?? 0, clock())
  await kv.put(datafileKey(sdkKey), '', { metadata: tombstone(generation) })
  served.revoke(sdkKey, generation)
  await kv.put(lastGoodKey(sdkKey), '', { metadata: tombstone(generation) })
  return { kind: 'removed', generation }
}

/** The newest write that KV or this isolate knows of: KV may show an older one for a while. */
async function newestStamp(options: KvActionOptions, sdkKey: string): Promise<Stamp | null> {
  const stored = (await readStored(options, sdkKey))?.stamp ?? null
  const seen = options.served.stampOf(sdkKey)
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

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
