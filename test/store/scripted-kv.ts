import { datafileKey, lastGoodKey } from '../../src/store/keys.ts'
import type { KvEntry, KvMetadata, KvNamespace } from '../../src/store/kv.ts'
import { sha256Hex } from '../../src/store/sha256.ts'
import { tombstone } from '../../src/store/stamp.ts'

/** What becomes of a read or write: it comes after so many milliseconds, is refused, or never ends. */
export type Course = { readonly afterMs: number; readonly refused?: string } | 'hang'

export type Copy = 'first' | 'second'

/** A KV namespace that does what a test says, key by key, and writes down what was asked of it. */
export interface ScriptedKv extends KvNamespace {
  /** Keys in the order in which they were read. */
  readonly reads: readonly string[]
  /** Writes that were attempted, refused ones included. */
  readonly writes: readonly { readonly key: string; readonly metadata: KvMetadata | null }[]
  entry(key: string): KvEntry
  set(key: string, entry: KvEntry): void
  /** What becomes of reads from now on; of one key, or of all that no other word was given about. */
  read(course: Course, key?: string): void
  write(course: Course, key?: string): void
}

const AT_ONCE: Course = { afterMs: 0 }
const ALL = '*'
export const NOTHING: KvEntry = { value: null, metadata: null }

export function createScriptedKv(): ScriptedKv {
  const entries = new Map<string, KvEntry>()
  const readCourses = new Map<string, Course>()
  const writeCourses = new Map<string, Course>()
  const reads: string[] = []
  const writes: { readonly key: string; readonly metadata: KvMetadata | null }[] = []
  const entry = (key: string) => entries.get(key) ?? NOTHING
  return {
    reads,
    writes,
    entry,
    set: (key, value) => entries.set(key, value),
    read: (course, key = ALL) => readCourses.set(key, course),
    write: (course, key = ALL) => writeCourses.set(key, course),
    getWithMetadata: async (key) => {
      reads.push(key)
      // What is there when the read begins is what it gives: KV knows nothing of later writes.
      const found = entry(key)
      await take(readCourses.get(key) ?? readCourses.get(ALL) ?? AT_ONCE)
      return found
    },
    put: async (key, value, options) => {
      const metadata = options?.metadata ?? null
      writes.push({ key, metadata })
      await take(writeCourses.get(key) ?? writeCourses.get(ALL) ?? AT_ONCE)
      entries.set(key, { value, metadata })
    },
  }
}

async function take(course: Course): Promise<void> {
  if (course === 'hang') return await new Promise(() => {})
  if (course.afterMs > 0) await new Promise((resolve) => setTimeout(resolve, course.afterMs))
  if (course.refused !== undefined) throw new Error(course.refused)
}

/** What KV throws while it is down. */
export const DOWN: Course = { afterMs: 0, refused: 'KV GET failed: 500 Internal Server Error' }

/** An entry as our own writers leave it. */
export async function stamped(text: string, generation: number, revision = '1'): Promise<KvEntry> {
  return { value: text, metadata: { generation, revision, sha256: await sha256Hex(text) } }
}

/** An entry as `wrangler kv key put` leaves it. */
export function unstamped(text: string): KvEntry {
  return { value: text, metadata: null }
}

/** What a DELETE leaves behind. */
export function deleted(generation: number): KvEntry {
  return { value: '', metadata: tombstone(generation) }
}

/** The KV key of one of the two copies. */
export function keyOf(copy: Copy, sdkKey: string): string {
  return copy === 'first' ? datafileKey(sdkKey) : lastGoodKey(sdkKey)
}
