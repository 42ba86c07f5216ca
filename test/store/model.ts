/** What may be served, as far as can be told from outside the isolate: the promises P1, P3, P4, P5 and P9 of docs/faults.md. */
import { expect } from 'vitest'
import type { Lookup } from '../../src/store/datafile-store.ts'
import type { KvEntry } from '../../src/store/kv.ts'
import { createIsolate, SDK_KEY, type TestIsolate, textOf } from './isolate.ts'
import { deleted, keyOf } from './scripted-kv.ts'

/** The writes of one SDK key, in the order of their generations. */
export interface Writes {
  newest: number
  /** Generations under which a good datafile was written; its revision is the same number. */
  readonly datafiles: Set<number>
  readonly tombstones: Set<number>
  /** Entries that KV had under the first key, for it to show again. */
  readonly shown: KvEntry[]
}

/** What the isolate is known to hold: a later answer may not go behind it. */
export interface Floor {
  readonly kind: 'nothing' | 'datafile' | 'tombstone'
  readonly generation: number
}

export interface Model {
  readonly writes: Writes
  floor: Floor
}

export const FIRST = keyOf('first', SDK_KEY)
export const SECOND = keyOf('second', SDK_KEY)

export function createModel(): Model {
  return {
    writes: { newest: 0, datafiles: new Set(), tombstones: new Set(), shown: [] },
    floor: { kind: 'nothing', generation: 0 },
  }
}

export function createReal(): TestIsolate {
  return createIsolate({ random: () => 0 })
}

/** A datafile under a new generation. */
export function nextDatafile({ writes }: Model): KvEntry {
  const generation = ++writes.newest
  writes.datafiles.add(generation)
  return entryOf(textOf(String(generation)), generation)
}

/** A value that is no datafile, under a new generation. */
export function nextBroken({ writes }: Model): KvEntry {
  return entryOf('{}', ++writes.newest)
}

export function nextTombstone({ writes }: Model): KvEntry {
  const generation = ++writes.newest
  writes.tombstones.add(generation)
  return deleted(generation)
}

/** The hash is a stand-in: nothing compares it with the text. */
function entryOf(value: string, generation: number): KvEntry {
  const sha256 = generation.toString(16).padStart(64, '0')
  return { value, metadata: { generation, revision: String(generation), sha256 } }
}

export function show({ writes }: Model, { kv }: TestIsolate, entry: KvEntry): void {
  writes.shown.push(entry)
  kv.set(FIRST, entry)
}

/** Checks an answer against what was answered before, and raises the floor to it. */
export function observe(model: Model, lookup: Lookup): void {
  const { writes, floor } = model
  switch (lookup.kind) {
    case 'found': {
      const { generation, revision } = lookup.datafile.stamp
      expect(writes.datafiles, 'P3: only what was written whole is served').toContain(generation)
      expect(revision).toBe(String(generation))
      expect(generation, 'P4: no generation before one that was served').toBeGreaterThanOrEqual(floor.generation)
      expect(floor, 'P5: nothing comes back under the generation that revoked it').not.toEqual({
        kind: 'tombstone',
        generation,
      })
      model.floor = { kind: 'datafile', generation }
      return
    }
    case 'unknown': {
      if (floor.kind === 'nothing') return
      const revoking = [...writes.tombstones].filter((generation) => generation >= floor.generation)
      expect(revoking, 'P1 and P5: nothing but a tombstone makes a datafile unknown').not.toEqual([])
      model.floor = { kind: 'tombstone', generation: Math.min(...revoking) }
      return
    }
    case 'unavailable':
      expect(floor.kind, 'P1: what was served once is served on').toBe('nothing')
  }
}

/** `/health` tells of nothing older than what is served, and reads nothing. */
export function observeHealth({ floor }: Model, { kv, store }: TestIsolate): void {
  const reads = kv.reads.length
  const told = store.health().flatMap(({ generation }) => generation ?? [])
  expect(kv.reads.length, 'P9: health reads nothing').toBe(reads)
  expect(
    told.filter((generation) => generation < floor.generation),
    'P9: health tells what is served',
  ).toEqual([])
}
