import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLog } from '../../src/platform/log.ts'
import type { BundledDatafile } from '../../src/store/refresh.ts'
import { createIsolate, loadedWith, SDK_KEY, storeBoth, summary, type TestIsolate } from './isolate.ts'
import { type Course, DOWN } from './scripted-kv.ts'

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
const BUNDLED: BundledDatafile = { sdkKey: SDK_KEY, loaded: loadedWith('3', -1) }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Asks once a second, without waiting for the answers of those before; resolves to all answers. */
async function askEverySecond(isolate: TestIsolate, durationMs: number): Promise<readonly string[]> {
  const answers: Promise<string>[] = []
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs += SECOND_MS) {
    answers.push(isolate.read().then(summary))
    await vi.advanceTimersByTimeAsync(SECOND_MS)
  }
  await vi.advanceTimersByTimeAsync(5 * SECOND_MS)
  return await Promise.all(answers)
}

const faults: readonly [what: string, course: Course][] = [
  ['fails at once', DOWN],
  ['fails after a second', { afterMs: 1_000, refused: 'KV GET failed: 503 Service Unavailable' }],
  ['hangs', 'hang'],
  ['answers after a minute', { afterMs: 60_000 }],
]

describe('while KV is down', () => {
  it.each(faults)(
    'and %s, an isolate with a datafile serves it, and reads KV five times a minute at most (F23)',
    async (_, course) => {
      const isolate = createIsolate()
      await storeBoth(isolate.kv, '7', 7)
      await isolate.read()
      isolate.kv.read(course)
      const answers = await askEverySecond(isolate, HOUR_MS)
      expect(new Set(answers)).toEqual(new Set(['7 from memory', '7 from stale']))
      expect(isolate.kv.reads.length).toBeLessThanOrEqual(300)
    },
  )

  it.each(faults)('and %s, an isolate with nothing says so, and reads KV a few times a minute', async (_, course) => {
    const isolate = createIsolate()
    isolate.kv.read(course)
    const answers = await askEverySecond(isolate, HOUR_MS / 6)
    expect(answers.filter((answer) => !/^unavailable for ([1-9]|[12]\d|30) s$/.test(answer))).toEqual([])
    expect(isolate.kv.reads.length).toBeLessThanOrEqual(100)
  })

  it.each(faults)(
    'and %s, the datafile of the deploy is served, and KV is read a few times a minute',
    async (_, course) => {
      const isolate = createIsolate({ bundled: BUNDLED })
      isolate.kv.read(course)
      const answers = await askEverySecond(isolate, HOUR_MS / 6)
      expect(new Set(answers)).toEqual(new Set(['3 from bundled']))
      expect(isolate.kv.reads.length).toBeLessThanOrEqual(100)
    },
  )

  it.each(faults)('and %s, a value that was revoked stays so', async (_, course) => {
    const isolate = createIsolate()
    isolate.store.revoke(SDK_KEY, 8)
    isolate.kv.read(course)
    expect(new Set(await askEverySecond(isolate, HOUR_MS / 6))).toEqual(new Set(['unknown']))
    expect(isolate.kv.reads.length).toBeLessThanOrEqual(50)
  })

  it.each([
    ['at one end of its jitter', 0, [1, 2, 4, 8, 15, 15]],
    ['at the other', 0.999, [2, 4, 8, 16, 30, 30]],
  ])('leaves KV alone for longer each time, %s', async (_, random, expectedSeconds) => {
    const isolate = createIsolate({ random: () => random })
    isolate.kv.read(DOWN)
    const seconds: (number | null)[] = []
    for (let attempt = 0; attempt < expectedSeconds.length; attempt++) {
      const lookup = await isolate.read()
      seconds.push(lookup.kind === 'unavailable' ? lookup.retryAfterSeconds : null)
      vi.advanceTimersByTime(30_000)
    }
    expect(seconds).toEqual(expectedSeconds)
  })

  it('is over with the first read that succeeds', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read(DOWN)
    await askEverySecond(isolate, 60_000)
    isolate.kv.read({ afterMs: 0 })
    const answers = await askEverySecond(isolate, 60_000)
    expect(answers.at(-1)).toMatch(/^7 from (memory|stale)$/)
    expect(isolate.store.health()).toMatchObject([{ revision: '7', lastError: null }])
  })

  it('says so in the log once in ten seconds at most, and how often it did not', async () => {
    const lines: string[] = []
    const log = createLog({ write: (line) => lines.push(line), clock: Date.now, everyMs: 10_000, unbounded: new Set() })
    const isolate = createIsolate({ log })
    isolate.kv.read(DOWN)
    await Promise.all(Array.from({ length: 50 }, (_, index) => isolate.read(`key${index}`)))
    vi.advanceTimersByTime(10_000)
    await isolate.read('another')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', code: 'kv_failed', message: 'KV GET failed: 500 Internal Server Error' },
      { level: 'warn', code: 'kv_failed', leftOut: 49 },
    ])
  })

  it('is not taken for an outage when a read that hung is outrun by one that did not', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    await isolate.read()
    isolate.kv.read('hang')
    vi.advanceTimersByTime(60_000)
    await isolate.read()
    await vi.advanceTimersByTimeAsync(3_000)
    isolate.kv.read({ afterMs: 0 })
    await isolate.read()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(isolate.store.health()).toMatchObject([{ revision: '7', lastError: null }])
    expect(isolate.logged).toEqual([])
  })
})
