/** The order of the writes of one SDK key: generation, then revision, then hash. docs/storage.md says why. */
import { isJsonObject } from '../base/json.ts'
import type { Stamp } from './datafile-store.ts'
import type { KvMetadata } from './kv.ts'

const SHA256 = /^[0-9a-f]{64}$/
/** Revisions are counted by Optimizely; longer ones would not be exact as numbers. */
const NUMBER = /^\d{1,15}$/

/** The metadata that one of our writers left, or `null`: then the value counts as generation 0. */
export function parseMetadata(metadata: unknown): KvMetadata | null {
  if (!isJsonObject(metadata)) return null
  const { generation, revision, sha256, deleted } = metadata
  if (typeof generation !== 'number' || !Number.isSafeInteger(generation) || generation < 1) return null
  if (deleted === true) return { generation, revision: '', sha256: '', deleted }
  if (typeof revision !== 'string' || typeof sha256 !== 'string' || !SHA256.test(sha256)) return null
  return { generation, revision, sha256 }
}

/** What a DELETE leaves behind. */
export function tombstone(generation: number): KvMetadata {
  return { generation, revision: '', sha256: '', deleted: true }
}

/** Whether it is that of a tombstone: every datafile that was written has a hash. */
export function isTombstone({ generation, sha256 }: Stamp): boolean {
  return generation > 0 && sha256 === ''
}

/**
 * Whether a datafile with stamp `next` may take the place of one with stamp `current`. Where neither generation nor
 * revision tells them apart, any other content may: what KV says last is what all isolates end up with.
 */
export function supersedes(next: Stamp, current: Stamp): boolean {
  if (next.generation !== current.generation) return next.generation > current.generation
  const order = compareRevisions(next.revision, current.revision)
  return order === 0 ? next.sha256 !== current.sha256 : order > 0
}

/** Below zero when `left` is the older revision; 0 when they are equal or not both numbers. */
export function compareRevisions(left: string, right: string): number {
  return NUMBER.test(left) && NUMBER.test(right) ? Number(left) - Number(right) : 0
}

/** The generation of a write after `stored`: rises even when the clock stands still, or runs behind another's. */
export function nextGeneration(stored: number, nowMs: number): number {
  return Math.max(stored + 1, Math.floor(nowMs))
}
