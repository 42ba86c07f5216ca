import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BundledDatafile } from '../../src/store/refresh.ts'
import {
  clear,
  createIsolate,
  loadedWith,
  SDK_KEY,
  storeBoth,
  storeCopy,
  summary,
  type TestIsolate,
} from './isolate.ts'
import { type Course, DOWN, deleted, keyOf, stamped } from './scripted-kv.ts'

const FIRST = keyOf('first', SDK_KEY)
const SECOND = keyOf('second', SDK_KEY)
const BUNDLED: BundledDatafile = { sdkKey: SDK_KEY, loaded: loadedWith('3', -1) }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** The answer to a request, however long it waits for KV. */
async function answerOf(isolate: TestIsolate): Promise<string> {
  const answer = isolate.read()
  await vi.advanceTimersByTimeAsync(5_000)
  return summary(await answer)
}

/** The answer after whatever was begun by a request a minute later has ended. */
async function answerAMinuteLater(isolate: TestIsolate): Promise<string> {
  await vi.advanceTimersByTimeAsync(60_000)
  await answerOf(isolate)
  await vi.advanceTimersByTimeAsync(60_000)
  await isolate.settle()
  return await answerOf(isolate)
}

type Fault = readonly [what: string, befall: (isolate: TestIsolate) => void | Promise<void>]

const firstCopyFaults: readonly Fault[] = [
  ['missing', ({ kv }) => clear(kv, 'first')],
  ['no datafile', async ({ kv }) => kv.set(FIRST, await stamped('{}', 9))],
  ['no JSON', async ({ kv }) => kv.set(FIRST, await stamped('{', 9))],
  ['failing', ({ kv }) => kv.read(DOWN, FIRST)],
  ['late', ({ kv }) => kv.read({ afterMs: 60_000 }, FIRST)],
  ['hanging', ({ kv }) => kv.read('hang', FIRST)],
]
const secondCopyFaults: readonly Fault[] = [
  ['missing', ({ kv }) => clear(kv, 'second')],
  ['broken', async ({ kv }) => kv.set(SECOND, await stamped('{}', 8))],
  ['failing', ({ kv }) => kv.read(DOWN, SECOND)],
  ['hanging', ({ kv }) => kv.read('hang', SECOND)],
]
/** A missing first copy says that there is none, unless the second one is there. */
const useless = firstCopyFaults
  .slice(1)
  .flatMap(([first, befallFirst]) =>
    secondCopyFaults.map(([second, befallSecond]) => ({ first, second, befallFirst, befallSecond })),
  )

describe('an isolate with nothing in memory', () => {
  it.each(firstCopyFaults)('serves the second copy when the first is %s', async (_, befall) => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    await befall(isolate)
    expect(await answerOf(isolate)).toBe('7 from last-good')
    expect(isolate.logged).toContainEqual({ level: 'warn', code: 'second_copy_used', sdkKey: SDK_KEY })
  })

  it.each(useless)('serves what was deployed when the first is $first and the second $second', async (fault) => {
    const isolate = createIsolate({ bundled: BUNDLED })
    await storeBoth(isolate.kv, '7', 7)
    await fault.befallFirst(isolate)
    await fault.befallSecond(isolate)
    expect(await answerOf(isolate)).toBe('3 from bundled')
  })

  it.each(useless)('answers that it has nothing when the first is $first, the second $second', async (fault) => {
    const isolate = createIsolate({ bundled: { ...BUNDLED, sdkKey: 'another' } })
    await storeBoth(isolate.kv, '7', 7)
    await fault.befallFirst(isolate)
    await fault.befallSecond(isolate)
    expect(await answerOf(isolate)).toMatch(/^unavailable for [1-9]\d? s$/)
  })

  it('is unknown when both copies are missing, and served from the deploy where that has one', async () => {
    expect(await answerOf(createIsolate())).toBe('unknown')
    expect(await answerOf(createIsolate({ bundled: BUNDLED }))).toBe('3 from bundled')
  })

  it('is unknown when the first copy is of no use and the second was deleted', async () => {
    const isolate = createIsolate({ bundled: BUNDLED })
    isolate.kv.set(FIRST, await stamped('{', 7))
    isolate.kv.set(SECOND, deleted(8))
    expect(await answerOf(isolate)).toBe('unknown')
  })
})

describe('what stands in for the first copy', () => {
  it.each([
    ['the second copy', null],
    ['the datafile of the deploy', BUNDLED],
  ])('(%s) gives way to it once it can be read', async (_, bundled) => {
    const isolate = createIsolate({ bundled })
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read(DOWN)
    if (bundled === null) isolate.kv.read({ afterMs: 0 }, SECOND)
    await answerOf(isolate)
    await storeCopy(isolate.kv, 'first', '8', 8)
    isolate.kv.read({ afterMs: 0 }, FIRST)
    expect(await answerAMinuteLater(isolate)).toMatch(/^8 from (memory|stale|kv)$/)
    expect(isolate.store.health()).toMatchObject([{ revision: '8', origin: 'kv', lastError: null }])
  })

  it('is the second copy rather than the deploy, as soon as the second copy can be read', async () => {
    const isolate = createIsolate({ bundled: BUNDLED })
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read(DOWN)
    expect(await answerOf(isolate)).toBe('3 from bundled')
    clear(isolate.kv, 'first')
    isolate.kv.read({ afterMs: 0 })
    expect(await answerAMinuteLater(isolate)).toBe('7 from last-good')
  })

  it('is confirmed, not replaced, by a first copy that is the same write', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read(DOWN, FIRST)
    await answerOf(isolate)
    isolate.kv.read({ afterMs: 0 }, FIRST)
    expect(await answerAMinuteLater(isolate)).toMatch(/^7 from (memory|stale|kv)$/)
  })

  it('serves on with the deploy where KV has never had one, and says so without an alarm', async () => {
    const isolate = createIsolate({ bundled: BUNDLED })
    await answerOf(isolate)
    expect(await answerAMinuteLater(isolate)).toBe('3 from bundled')
    expect(isolate.store.health()).toMatchObject([{ origin: 'bundled', lastError: null }])
    expect(isolate.logged).toEqual([])
  })
})

describe('a datafile in memory', () => {
  const down: Course = DOWN
  it('is served rather than the second copy, which is not even read', async () => {
    const isolate = createIsolate({ bundled: BUNDLED })
    await storeBoth(isolate.kv, '7', 7)
    await answerOf(isolate)
    isolate.kv.read(down, FIRST)
    await storeCopy(isolate.kv, 'second', '8', 8)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(await answerOf(isolate)).toBe('7 from stale')
    expect(isolate.kv.reads).not.toContain(SECOND)
  })
})
