import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIsolate, SDK_KEY, storeBoth, storeCopy, summary, type TestIsolate } from './isolate.ts'
import { DOWN, NOTHING, unstamped } from './scripted-kv.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const MADE_UP = Array.from({ length: 1_000 }, (_, index) => `made-up-${index}`)

async function ask(isolate: TestIsolate, sdkKeys: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await Promise.all(sdkKeys.map((sdkKey) => isolate.read(sdkKey)))).map(summary))
}

describe('an SDK key that KV does not have', () => {
  it('costs a read of each copy, and then none for 30 seconds', async () => {
    const isolate = createIsolate()
    expect(summary(await isolate.read())).toBe('unknown')
    vi.advanceTimersByTime(29_999)
    expect(isolate.store.read(SDK_KEY)).toEqual({ kind: 'unknown' })
    expect(isolate.kv.reads).toHaveLength(2)
  })

  it('is found once it is there, 30 seconds later at most, however long datafiles stay fresh', async () => {
    const isolate = createIsolate({ freshMs: 300_000 })
    await isolate.read()
    await storeBoth(isolate.kv, '7', 7)
    vi.advanceTimersByTime(30_000)
    expect(summary(await isolate.read())).toBe('7 from kv')
  })

  it('is unavailable rather than unknown when KV cannot say so any more', async () => {
    const isolate = createIsolate()
    await isolate.read()
    isolate.kv.read(DOWN)
    vi.advanceTimersByTime(30_000)
    expect(summary(await isolate.read())).toBe('unavailable for 2 s')
  })

  it('is nothing that health tells of', async () => {
    const isolate = createIsolate()
    await ask(isolate, MADE_UP)
    expect(isolate.store.health()).toEqual([])
    expect(isolate.logged).toEqual([])
  })
})

describe('a thousand made-up SDK keys (S21)', () => {
  it('push no datafile out of memory, and read nothing when they are asked again', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    await isolate.read()
    expect(await ask(isolate, MADE_UP)).toEqual(new Set(['unknown']))
    const reads = isolate.kv.reads.length
    expect(await ask(isolate, MADE_UP)).toEqual(new Set(['unknown']))
    expect(summary(await isolate.read())).toBe('7 from memory')
    expect([reads, isolate.kv.reads.length]).toEqual([2_001, 2_001])
  })

  it('push none out while KV is down either, and are not tried again at once', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    await isolate.read()
    isolate.kv.read(DOWN)
    await ask(isolate, MADE_UP)
    const reads = isolate.kv.reads.length
    await ask(isolate, MADE_UP)
    expect(summary(await isolate.read())).toBe('7 from memory')
    expect(isolate.kv.reads).toHaveLength(reads)
  })

  it('are forgotten, the longest unused first, when there are too many to remember', async () => {
    const isolate = createIsolate()
    for (let index = 0; index <= 2_000; index++) await isolate.read(`made-up-${index}`)
    isolate.kv.read(DOWN)
    expect(await ask(isolate, ['made-up-1', 'made-up-2000'])).toEqual(new Set(['unknown']))
    expect(await ask(isolate, ['made-up-0'])).toEqual(new Set(['unavailable for 2 s']))
  })

  it('asked for during an outage do not fill the health of the isolate, nor stay in it', async () => {
    const isolate = createIsolate()
    isolate.kv.read(DOWN)
    await ask(isolate, MADE_UP)
    expect(isolate.store.health().length).toBeLessThanOrEqual(20)
    isolate.kv.read({ afterMs: 0 })
    vi.advanceTimersByTime(60_001)
    expect(isolate.store.health()).toEqual([])
  })
})

describe('the memory of an isolate', () => {
  it('holds twenty datafiles: the one that was not used for longest is read again', async () => {
    const isolate = createIsolate()
    const sdkKeys = Array.from({ length: 21 }, (_, index) => `project-${index}`)
    for (const sdkKey of sdkKeys) isolate.kv.set(`datafile:${sdkKey}`, unstamped('{"version":"4","revision":"1"}'))
    await isolate.read('project-0')
    await isolate.read('project-1')
    for (const sdkKey of ['project-0', ...sdkKeys.slice(2)]) await isolate.read(sdkKey)
    expect(summary(await isolate.read('project-0'))).toBe('1 from memory')
    expect(summary(await isolate.read('project-1'))).toBe('1 from kv')
  })

  it('holds twenty million characters of text', async () => {
    const isolate = createIsolate({ maxDatafileBytes: 25_000_000 })
    const large = `{"version":"4","revision":"1"}${' '.repeat(7_000_000)}`
    for (const sdkKey of ['a', 'b', 'c']) {
      isolate.kv.set(`datafile:${sdkKey}`, {
        value: large,
        metadata: { generation: 1, revision: '1', sha256: 'a'.repeat(64) },
      })
      await isolate.read(sdkKey)
    }
    expect(isolate.store.health().map(({ sdkKey }) => sdkKey)).toEqual(['b', 'c'])
  })

  it('serves a datafile again that was pushed out of it while it was being refreshed', async () => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '7', 7)
    await isolate.read()
    vi.advanceTimersByTime(60_000)
    isolate.kv.read({ afterMs: 1_000 })
    await isolate.read()
    for (let index = 0; index < 20; index++) isolate.store.revoke(`project-${index}`, 1)
    const waiting = isolate.read()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(summary(await waiting)).toBe('7 from kv')
    expect(summary(await isolate.read())).toBe('7 from memory')
  })

  it('keeps projects apart that have the same flags (S26)', async () => {
    const isolate = createIsolate()
    isolate.kv.set('datafile:a', unstamped('{"version":"4","revision":"1"}'))
    isolate.kv.set('datafile:b', unstamped('{"version":"4","revision":"2"}'))
    expect([summary(await isolate.read('a')), summary(await isolate.read('b'))]).toEqual(['1 from kv', '2 from kv'])
    isolate.kv.set('datafile:a', NOTHING)
    isolate.store.revoke('a', 1)
    expect([summary(await isolate.read('a')), summary(await isolate.read('b'))]).toEqual(['unknown', '2 from memory'])
  })
})
