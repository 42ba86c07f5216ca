import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as engine from '../../src/engine/index.ts'
import { createIsolate, SDK_KEY, storeCopy, summary, type TestIsolate, textOf } from './isolate.ts'
import { DOWN, keyOf, stamped, unstamped } from './scripted-kv.ts'

const FIRST = keyOf('first', SDK_KEY)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

async function refresh(isolate: TestIsolate): Promise<void> {
  vi.advanceTimersByTime(60_000)
  await isolate.read()
  await isolate.settle()
}

const broken: readonly [what: string, text: string, message: string][] = [
  ['an empty text', '', 'not JSON'],
  ['a truncated datafile', textOf('8').slice(0, -10), 'not JSON'],
  ['JSON that is an array', '[]', 'not a datafile: 1 issues, the first wrong_type at the top'],
  ['a number too large for any', '1e999', 'not a datafile: 1 issues, the first wrong_type at the top'],
  ['an object that is no datafile', '{}', 'not a datafile: 2 issues, the first unsupported_version at version'],
  ['a datafile of an unknown version', '{"version":"5","revision":"8"}', 'unsupported_version at version'],
  ['100,000 arrays in each other', '['.repeat(100_000) + ']'.repeat(100_000), 'the first wrong_type at the top'],
  ['more bytes than are allowed', `${textOf('8')}${' '.repeat(5_000_000)}`, 'larger than 5000000 bytes'],
]

describe('a value in KV that is no datafile', () => {
  it.each(broken)('(%s) does not replace a good one, and is reported and logged', async (_, text, message) => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '7', 7)
    await refresh(isolate)
    isolate.kv.set(FIRST, await stamped(text, 8, '8'))
    await refresh(isolate)
    expect(summary(await isolate.read())).toMatch(/^7 from /)
    expect(isolate.store.health()).toMatchObject([{ revision: '7', lastError: expect.stringContaining(message) }])
    expect(isolate.logged).toMatchObject([{ level: 'error', code: 'datafile_refused', generation: 8, sdkKey: SDK_KEY }])
  })

  it('is not quoted in what is reported', async () => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, await stamped('{"version":"secret audience"}', 8))
    await isolate.read()
    expect(JSON.stringify([isolate.store.health(), isolate.logged])).not.toContain('secret')
  })

  it.each([
    ['with a stamp', () => stamped('{', 8)],
    ['without one', async () => unstamped('{')],
  ])('is parsed once, %s, however often it is read', async (_, entry) => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, await entry())
    const parse = vi.spyOn(JSON, 'parse')
    await refresh(isolate)
    await refresh(isolate)
    await refresh(isolate)
    expect(parse.mock.calls.filter(([text]) => text === '{')).toHaveLength(1)
    expect(isolate.kv.reads.filter((key) => key === FIRST)).toHaveLength(3)
    parse.mockRestore()
  })

  it('is parsed once also when reads fail in between', async () => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, await stamped('{', 8))
    const parse = vi.spyOn(JSON, 'parse')
    await refresh(isolate)
    isolate.kv.read(DOWN)
    await refresh(isolate)
    isolate.kv.read({ afterMs: 0 })
    await refresh(isolate)
    expect(parse.mock.calls.filter(([text]) => text === '{')).toHaveLength(1)
    parse.mockRestore()
  })

  it('gives way to the next good one', async () => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, await stamped('{', 8))
    await refresh(isolate)
    await storeCopy(isolate.kv, 'first', '9', 9)
    await refresh(isolate)
    expect(summary(await isolate.read())).toBe('9 from memory')
    expect(isolate.store.health()).toMatchObject([{ revision: '9', lastError: null }])
  })

  it('is accepted with a byte order mark before it, as editors leave one', async () => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, unstamped(`\ufeff${textOf('7')}`))
    expect(summary(await isolate.read())).toBe('7 from kv')
  })
})

describe('the limits of a datafile, by count', () => {
  const experiments = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `e${index}`,
      key: `k${index}`,
      layerId: 'l',
      status: 'Running',
      audienceIds: [],
      forcedVariations: {},
      trafficAllocation: [],
      variations: [],
    }))
  const datafile = (fields: object) => JSON.stringify({ version: '4', revision: '8', ...fields })
  it.each([
    ['a rule over the limit', datafile({ experiments: experiments(engine.LIMITS.rules + 1) }), 'too_many'],
    [
      'the doubled file, each rule twice (F13)',
      datafile({ experiments: [...experiments(10), ...experiments(10)] }),
      'duplicate_id',
    ],
  ])('%s leaves the old one in force', async (_, text, code) => {
    const isolate = createIsolate({ maxDatafileBytes: 25_000_000 })
    await storeCopy(isolate.kv, 'first', '7', 7)
    await refresh(isolate)
    isolate.kv.set(FIRST, await stamped(text, 8, '8'))
    await refresh(isolate)
    expect(isolate.store.health()).toMatchObject([{ revision: '7', lastError: expect.stringContaining(code) }])
  })
})
