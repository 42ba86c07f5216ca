import type { LogEvent } from '../../src/base/log.ts'
import { type CachedStore, createCachedStore } from '../../src/store/cached.ts'
import type { LoadedDatafile, Lookup } from '../../src/store/datafile-store.ts'
import { loadDatafile } from '../../src/store/load.ts'
import type { CachedStoreOptions } from '../../src/store/refresh.ts'
import { datafileWith } from '../engine/datafile-builder.ts'
import { type Copy, createScriptedKv, keyOf, NOTHING, type ScriptedKv, stamped } from './scripted-kv.ts'

export const SDK_KEY = 'shop'
export const FRESH_MS = 30_000

/** A store as one isolate has it, over a KV that does as it is told. */
export interface TestIsolate {
  readonly kv: ScriptedKv
  readonly store: CachedStore
  readonly logged: readonly LogEvent[]
  /** Milliseconds that this isolate's clock is off. */
  skewMs: number
  frozenAtMs: number | null
  read(sdkKey?: string): Promise<Lookup>
  /** Resolves when all that was left to the background has ended. */
  settle(): Promise<void>
}

export function createIsolate(options: Partial<CachedStoreOptions> & { kv?: ScriptedKv } = {}): TestIsolate {
  const kv = options.kv ?? createScriptedKv()
  const logged: LogEvent[] = []
  const tasks: Promise<unknown>[] = []
  const isolate: TestIsolate = {
    kv,
    logged,
    skewMs: 0,
    frozenAtMs: null,
    read: async (sdkKey = SDK_KEY) => await isolate.store.read(sdkKey),
    settle: async () => {
      while (tasks.length > 0) await tasks.shift()
    },
    store: createCachedStore({
      clock: () => isolate.frozenAtMs ?? Date.now() + isolate.skewMs,
      random: () => 0.5,
      background: (task) => tasks.push(task),
      log: (event) => logged.push(event),
      freshMs: FRESH_MS,
      maxDatafileBytes: 5_000_000,
      bundled: null,
      ...options,
      kv,
    }),
  }
  return isolate
}

/** The text of a datafile with this revision. Two texts of one revision differ where `salt` does. */
export function textOf(revision: string, salt = ''): string {
  return JSON.stringify(datafileWith({ revision, salt }))
}

/** Puts a datafile under both keys, as an upload does. */
export async function storeBoth(kv: ScriptedKv, revision: string, generation: number): Promise<void> {
  await storeCopy(kv, 'first', revision, generation)
  await storeCopy(kv, 'second', revision, generation)
}

export async function storeCopy(kv: ScriptedKv, copy: Copy, revision: string, generation: number): Promise<void> {
  kv.set(keyOf(copy, SDK_KEY), await stamped(textOf(revision), generation, revision))
}

export function clear(kv: ScriptedKv, copy: Copy, sdkKey = SDK_KEY): void {
  kv.set(keyOf(copy, sdkKey), NOTHING)
}

/** A datafile that has been accepted, as an upload hands it to its own isolate. */
export function loadedWith(revision: string, generation: number, sdkKey = SDK_KEY): LoadedDatafile {
  const loaded = loadDatafile(
    textOf(revision, sdkKey),
    { generation, sha256: `${generation}`.padStart(64, '0') },
    5_000_000,
  )
  if (!loaded.ok) throw new Error(loaded.error.message)
  return loaded.value
}

/** How a look-up reads in an expectation: what was served and where it came from. */
export function summary(lookup: Lookup): string {
  switch (lookup.kind) {
    case 'found':
      return `${lookup.datafile.stamp.revision} from ${lookup.source}`
    case 'unknown':
      return 'unknown'
    case 'unavailable':
      return `unavailable for ${lookup.retryAfterSeconds} s`
  }
}
