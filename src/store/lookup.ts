/** What is answered from a memo: with which source, age and wait. */
import { pauseLeftMs } from './backoff.ts'
import type { Lookup } from './datafile-store.ts'
import { ageOf, type Memo } from './memory.ts'

/** The answer of memory alone. */
export function lookupFromMemory(memo: Memo, freshMs: number, nowMs: number): Lookup {
  const { held } = memo
  if (held.kind !== 'datafile') return lookupOfNone(memo, nowMs)
  const ageMs = ageOf(memo, nowMs)
  const source = held.origin !== 'kv' ? held.origin : ageMs < freshMs ? 'memory' : 'stale'
  return { kind: 'found', datafile: held.loaded, source, ageMs, waitMs: 0 }
}

/** The answer to a request that waited for KV, in vain or not. */
export function lookupAfterWait(
  memo: Memo | undefined,
  { askedAtMs, nowMs }: { readonly askedAtMs: number; readonly nowMs: number },
): Lookup {
  if (memo?.held.kind !== 'datafile') return lookupOfNone(memo, nowMs)
  const { origin, loaded } = memo.held
  const source = origin !== 'kv' ? origin : memo.trouble === null ? 'kv' : 'stale'
  return { kind: 'found', datafile: loaded, source, ageMs: ageOf(memo, nowMs), waitMs: Math.max(0, nowMs - askedAtMs) }
}

function lookupOfNone(memo: Memo | undefined, nowMs: number): Lookup {
  if (memo?.held.kind === 'unknown') return { kind: 'unknown' }
  const pauseMs = memo?.trouble ? pauseLeftMs(memo.trouble.backoff, nowMs) : 0
  return { kind: 'unavailable', retryAfterSeconds: Math.max(1, Math.ceil(pauseMs / 1000)) }
}
