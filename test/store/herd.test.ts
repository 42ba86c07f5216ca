import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Lookup } from '../../src/store/datafile-store.ts'
import { createIsolate, loadedWith, SDK_KEY, storeBoth, summary, type TestIsolate } from './isolate.ts'
import { type Course, DOWN } from './scripted-kv.ts'

const REQUESTS = 200

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Two hundred requests at once, and how they were answered. */
async function herd(isolate: TestIsolate): Promise<ReadonlySet<string>> {
  const answers: Promise<Lookup>[] = Array.from({ length: REQUESTS }, () => isolate.read())
  await vi.advanceTimersByTimeAsync(5_000)
  return new Set((await Promise.all(answers)).map(summary))
}

describe('two hundred requests at once (F19)', () => {
  const courses: readonly [kv: string, course: Course, answer: string, reads: number][] = [
    ['answers at once', { afterMs: 0 }, '7 from kv', 1],
    ['takes a second', { afterMs: 1_000 }, '7 from kv', 1],
    ['takes four seconds', { afterMs: 4_000 }, '7 from kv', 4],
    ['fails', DOWN, 'unavailable for 2 s', 2],
    ['hangs', 'hang', 'unavailable for 2 s', 4],
  ]
  it.each(courses)('to a cold isolate, whose KV %s', async (_, course, answer, reads) => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read(course)
    expect(await herd(isolate)).toEqual(new Set([answer]))
    expect(isolate.kv.reads).toHaveLength(reads)
  })

  it('read KV once when the datafile is stale', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    await isolate.read()
    isolate.kv.read({ afterMs: 1_000 })
    vi.advanceTimersByTime(60_000)
    expect(await herd(isolate)).toEqual(new Set(['7 from stale']))
    expect(isolate.kv.reads).toHaveLength(2)
  })
})

describe('a datafile that is uploaded through this isolate', () => {
  it('is served at once, without a read', async () => {
    const isolate = createIsolate()
    isolate.store.replace(SDK_KEY, loadedWith('8', 8))
    expect(summary(await isolate.read())).toBe('8 from memory')
    expect(isolate.kv.reads).toEqual([])
  })

  it.each([
    ['an older write', async (isolate: TestIsolate) => await storeBoth(isolate.kv, '7', 7)],
    ['nothing', () => {}],
    ['an error', (isolate: TestIsolate) => isolate.kv.read({ afterMs: 1_000, refused: 'down' })],
  ])('is not overwritten by a read that was under way and finds %s', async (_, befall) => {
    const isolate = createIsolate()
    isolate.kv.read({ afterMs: 1_000 })
    await befall(isolate)
    const waiting = isolate.read()
    isolate.store.replace(SDK_KEY, loadedWith('8', 8))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(summary(await waiting)).toBe('8 from kv')
    expect(summary(await isolate.read())).toBe('8 from memory')
    expect(isolate.store.health()).toMatchObject([{ revision: '8', lastError: null }])
  })

  it('is not overwritten by one that was uploaded before it and whose write took longer', async () => {
    const isolate = createIsolate()
    isolate.store.replace(SDK_KEY, loadedWith('8', 8))
    isolate.store.replace(SDK_KEY, loadedWith('7', 7))
    expect(summary(await isolate.read())).toBe('8 from memory')
  })

  it('gives way to the one with a higher generation that KV shows', async () => {
    const isolate = createIsolate()
    isolate.store.replace(SDK_KEY, loadedWith('8', 8))
    await storeBoth(isolate.kv, '9', 9)
    vi.advanceTimersByTime(60_000)
    await isolate.read()
    await isolate.settle()
    expect(summary(await isolate.read())).toBe('9 from memory')
  })

  it('brings a revoked key back', async () => {
    const isolate = createIsolate()
    isolate.store.revoke(SDK_KEY, 7)
    isolate.store.replace(SDK_KEY, loadedWith('8', 8))
    expect(summary(await isolate.read())).toBe('8 from memory')
  })
})

describe('a key that is revoked through this isolate', () => {
  it('is unknown at once, also to the requests that wait', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read({ afterMs: 1_000 })
    const waiting = isolate.read()
    isolate.store.revoke(SDK_KEY, 8)
    await vi.advanceTimersByTimeAsync(1_000)
    expect([summary(await waiting), summary(await isolate.read())]).toEqual(['unknown', 'unknown'])
  })

  it('stays known where a later upload was quicker', async () => {
    const isolate = createIsolate()
    isolate.store.replace(SDK_KEY, loadedWith('9', 9))
    isolate.store.revoke(SDK_KEY, 8)
    expect(summary(await isolate.read())).toBe('9 from memory')
  })
})

describe('the stamp that a write is compared with', () => {
  it.each([
    ['nothing, where nothing is known', () => {}, null],
    [
      'nothing, where KV is known to have none',
      async (isolate: TestIsolate) => {
        await isolate.read()
      },
      null,
    ],
    [
      'that of what is served',
      (isolate: TestIsolate) => isolate.store.replace(SDK_KEY, loadedWith('8', 8)),
      { generation: 8, revision: '8' },
    ],
    [
      "the tombstone's",
      (isolate: TestIsolate) => isolate.store.revoke(SDK_KEY, 9),
      { generation: 9, revision: '', sha256: '' },
    ],
  ])('is %s', async (_, befall, stamp) => {
    const isolate = createIsolate()
    await befall(isolate)
    expect(isolate.store.stampOf(SDK_KEY)).toEqual(stamp === null ? null : expect.objectContaining(stamp))
  })
})
