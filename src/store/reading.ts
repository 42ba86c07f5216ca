import { reasonOf } from '../base/reason.ts'
import type { LoadedDatafile, Stamp } from './datafile-store.ts'
import type { KvEntry, KvNamespace } from './kv.ts'
import { loadDatafile } from './load.ts'
import { sha256Hex } from './sha256.ts'
import { parseMetadata } from './stamp.ts'

/** What a read of KV came to. */
export type Reading =
  /** A datafile that was not held when the read began. */
  | { readonly kind: 'loaded'; readonly loaded: LoadedDatafile }
  /** What is held already, or something that it supersedes: KV's tiers may show an older write after a newer one. */
  | { readonly kind: 'confirmed' }
  /** A tombstone. */
  | { readonly kind: 'revoked'; readonly generation: number }
  | { readonly kind: 'missing' }
  /** KV did not answer. */
  | { readonly kind: 'failed'; readonly message: string }
  /** A value that is not a datafile, or that was put there past our writers, over one of theirs. */
  | { readonly kind: 'broken'; readonly message: string; readonly value: ValueStamp }

/** Tells one stored value from another without parsing it. */
export type ValueStamp = Pick<Stamp, 'generation' | 'sha256'>

/** What the isolate knows before it reads. */
export interface Known {
  /** The stamp of what is held, a tombstone's included; `null` where nothing is. */
  readonly held: Stamp | null
  /** A value that was broken when it was last read: it is not parsed again. */
  readonly broken: { readonly message: string; readonly value: ValueStamp } | null
}

export interface ReadOptions {
  readonly kv: Pick<KvNamespace, 'getWithMetadata'>
  readonly maxDatafileBytes: number
  /** Seconds for which KV may answer from a cache of its location. */
  readonly cacheTtl: number
}

/** Reads a datafile from KV, and parses and compiles it if it is news. Never rejects. */
export async function readDatafile(kvKey: string, known: Known, options: ReadOptions): Promise<Reading> {
  try {
    return await readingOf(await options.kv.getWithMetadata(kvKey, kvOptions(options)), known, options)
  } catch (cause) {
    return { kind: 'failed', message: reasonOf(cause) }
  }
}

function kvOptions({ cacheTtl }: ReadOptions): { readonly type: 'text'; readonly cacheTtl: number } {
  return { type: 'text', cacheTtl }
}

async function readingOf({ value, metadata }: KvEntry, known: Known, options: ReadOptions): Promise<Reading> {
  const written = parseMetadata(metadata)
  if (written?.deleted) return { kind: 'revoked', generation: written.generation }
  if (value === null) return { kind: 'missing' }
  const found: ValueStamp = written ?? { generation: 0, sha256: await sha256Hex(value) }
  if (written === null && known.held !== null && known.held.generation > 0) {
    return { kind: 'broken', message: 'has no stamp, unlike what is served', value: found }
  }
  if (known.held !== null && isNoNews(found, known.held)) return { kind: 'confirmed' }
  if (known.broken !== null && isSame(found, known.broken.value)) return { kind: 'broken', ...known.broken }
  const loaded = loadDatafile(value, found, options.maxDatafileBytes)
  if (!loaded.ok) return { kind: 'broken', message: loaded.error.message, value: found }
  return { kind: 'loaded', loaded: loaded.value }
}

/** What can be told without parsing, which is nearly always enough. */
function isNoNews(found: ValueStamp, held: Stamp): boolean {
  return found.generation < held.generation || isSame(found, held)
}

function isSame(left: ValueStamp, right: ValueStamp): boolean {
  return left.generation === right.generation && left.sha256 === right.sha256
}
