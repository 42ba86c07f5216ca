import type { DatafileActions } from '../../src/admin/datafile-actions.ts'
import { createKvDatafileActions } from '../../src/admin/kv-datafile-actions.ts'
import type { BundledDatafile } from '../../src/store/refresh.ts'
import { createIsolate, type TestIsolate } from '../store/isolate.ts'
import { createScriptedKv, type ScriptedKv } from '../store/scripted-kv.ts'

export const MAX_BYTES = 10_000

/** An operator who talks to one isolate, whose store and actions are over the same KV. */
export interface Operator extends DatafileActions {
  readonly kv: ScriptedKv
  readonly isolate: TestIsolate
}

export interface Circumstances {
  readonly kv?: ScriptedKv
  readonly clock?: () => number
  readonly bundled?: BundledDatafile | null
}

/** Several operators with one KV are operators at several isolates. */
export function createOperator({
  kv = createScriptedKv(),
  clock = Date.now,
  bundled = null,
}: Circumstances = {}): Operator {
  const isolate = createIsolate({ kv, bundled })
  const actions = createKvDatafileActions({ kv, served: isolate.store, clock, maxDatafileBytes: MAX_BYTES })
  return { ...actions, kv, isolate }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
