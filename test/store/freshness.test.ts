import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIsolate, SDK_KEY, storeBoth, summary, type TestIsolate } from './isolate.ts'
import { DOWN, keyOf } from './scripted-kv.ts'

const FIRST = keyOf('first', SDK_KEY)
const SECOND = keyOf('second', SDK_KEY)
const MINUTE_MS = 60_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** An isolate that has read revision 7. */
async function warmIsolate(): Promise<TestIsolate> {
  const isolate = createIsolate()
  await storeBoth(isolate.kv, '7', 7)
  await isolate.read()
  return isolate
}

describe('a datafile in memory', () => {
  it('is read from KV once, for the first request', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    expect(summary(await isolate.read())).toBe('7 from kv')
    expect(isolate.kv.reads).toEqual([FIRST])
  })

  it('is served without a promise and without a read while it is fresh', async () => {
    const { kv, store } = await warmIsolate()
    vi.advanceTimersByTime(29_999)
    expect(store.read(SDK_KEY)).toMatchObject({ kind: 'found', source: 'memory', ageMs: 29_999, waitMs: 0 })
    expect(kv.reads).toHaveLength(1)
  })

  it.each([
    ['once it is no longer fresh', 30_000],
    ['up to five minutes old', 5 * MINUTE_MS - 1],
  ])('is served at once %s, and refreshed behind the answer', async (_, ageMs) => {
    const isolate = await warmIsolate()
    await storeBoth(isolate.kv, '8', 8)
    vi.advanceTimersByTime(ageMs)
    expect(isolate.store.read(SDK_KEY)).toMatchObject({
      source: 'stale',
      ageMs,
      datafile: { stamp: { revision: '7' } },
    })
    await isolate.settle()
    expect(isolate.store.read(SDK_KEY)).toMatchObject({
      source: 'memory',
      ageMs: 0,
      datafile: { stamp: { revision: '8' } },
    })
    expect(isolate.kv.reads).toEqual([FIRST, FIRST])
  })

  it('is not parsed again when KV has the same write', async () => {
    const isolate = await warmIsolate()
    const before = await isolate.read()
    vi.advanceTimersByTime(MINUTE_MS)
    await isolate.read()
    await isolate.settle()
    const after = await isolate.read()
    expect(after).toMatchObject({ kind: 'found', ageMs: 0 })
    expect('datafile' in after && 'datafile' in before && after.datafile === before.datafile).toBe(true)
  })

  it('waits for KV when it is five minutes old, and takes what comes', async () => {
    const isolate = await warmIsolate()
    await storeBoth(isolate.kv, '8', 8)
    isolate.kv.read({ afterMs: 400 })
    vi.advanceTimersByTime(5 * MINUTE_MS)
    const answer = isolate.read()
    await vi.advanceTimersByTimeAsync(400)
    expect(await answer).toMatchObject({ source: 'kv', waitMs: 400, ageMs: 0, datafile: { stamp: { revision: '8' } } })
  })

  it.each([
    ['late', { afterMs: 501 }],
    ['hanging', 'hang'],
  ] as const)('waits half a second at most for a KV that is %s, and is then served all the same', async (_, course) => {
    const isolate = await warmIsolate()
    isolate.kv.read(course)
    vi.advanceTimersByTime(5 * MINUTE_MS)
    const answer = isolate.read()
    await vi.advanceTimersByTimeAsync(500)
    expect(await answer).toMatchObject({ source: 'stale', waitMs: 500, datafile: { stamp: { revision: '7' } } })
  })

  it('takes in what KV says after the wait is over', async () => {
    const isolate = await warmIsolate()
    await storeBoth(isolate.kv, '8', 8)
    isolate.kv.read({ afterMs: 4_000 })
    vi.advanceTimersByTime(5 * MINUTE_MS)
    const answer = isolate.read()
    await vi.advanceTimersByTimeAsync(500)
    expect(summary(await answer)).toBe('7 from stale')
    await vi.advanceTimersByTimeAsync(3_500)
    expect(summary(await isolate.read())).toBe('8 from memory')
  })

  it('is served a day into an outage of KV, with its age', async () => {
    const isolate = await warmIsolate()
    isolate.kv.read(DOWN)
    vi.advanceTimersByTime(24 * 60 * MINUTE_MS)
    expect(await isolate.read()).toMatchObject({
      source: 'stale',
      ageMs: 86_400_000,
      datafile: { stamp: { revision: '7' } },
    })
  })
})

describe('an isolate with nothing in memory', () => {
  it('waits for the first copy although the second would be quicker', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read({ afterMs: 1_900 }, FIRST)
    const answer = isolate.read()
    await vi.advanceTimersByTimeAsync(1_900)
    expect(await answer).toMatchObject({ source: 'kv', waitMs: 1_900 })
    expect(isolate.kv.reads).toEqual([FIRST])
  })

  it('takes the second copy after two seconds, and the first one when it comes', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read({ afterMs: 4_500 }, FIRST)
    const answer = isolate.read()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await answer).toMatchObject({ source: 'last-good', waitMs: 2_000, datafile: { stamp: { revision: '7' } } })
    await vi.advanceTimersByTimeAsync(2_500)
    expect(summary(await isolate.read())).toBe('7 from memory')
    expect(isolate.kv.reads).toEqual([FIRST, SECOND])
  })

  it('waits five seconds at most', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read('hang')
    const answer = isolate.read()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await answer).toMatchObject({ kind: 'unavailable' })
  })
})
