import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Lookup } from '../../src/store/datafile-store.ts'
import { createIsolate, SDK_KEY, storeCopy, summary, type TestIsolate, textOf } from './isolate.ts'
import { DOWN, deleted, keyOf, NOTHING, stamped, unstamped } from './scripted-kv.ts'

const FIRST = keyOf('first', SDK_KEY)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What is served once the isolate has read what KV shows now. */
async function refreshed(isolate: TestIsolate): Promise<Lookup> {
  vi.advanceTimersByTime(60_000)
  await isolate.read()
  await isolate.settle()
  return await isolate.read()
}

function generationOf(lookup: Lookup): number | null {
  return lookup.kind === 'found' ? lookup.datafile.stamp.generation : null
}

describe('what an isolate goes over to', () => {
  it('stays at 8 when KV shows 7, 8, 7, 8 (F14)', async () => {
    const isolate = createIsolate()
    const generations: (number | null)[] = []
    for (const shown of [7, 8, 7, 8, 7]) {
      await storeCopy(isolate.kv, 'first', String(shown), shown)
      generations.push(generationOf(await refreshed(isolate)))
    }
    expect(generations).toEqual([7, 8, 8, 8, 8])
  })

  it('counts an older write that KV shows as a confirmation: there is nothing to repair', async () => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '8', 8)
    await refreshed(isolate)
    await storeCopy(isolate.kv, 'first', '7', 7)
    expect(await refreshed(isolate)).toMatchObject({ source: 'memory', ageMs: 0 })
    expect(isolate.store.health()).toMatchObject([{ revision: '8', lastError: null }])
  })

  it('goes back to older content under a higher generation: a rollback', async () => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '42', 8)
    await refreshed(isolate)
    await storeCopy(isolate.kv, 'first', '41', 9)
    const lookup = await refreshed(isolate)
    expect([summary(lookup), generationOf(lookup)]).toEqual(['41 from memory', 9])
  })

  it('reports a value without a stamp over a stamped one, which isolates to come would serve', async () => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '8', 8)
    await refreshed(isolate)
    isolate.kv.set(FIRST, unstamped('{'))
    await refreshed(isolate)
    expect(isolate.store.health()).toMatchObject([{ revision: '8', lastError: 'has no stamp, unlike what is served' }])
  })

  const writes = [
    {
      name: 'the higher revision of two with one generation',
      held: stamped(textOf('7'), 5, '7'),
      shown: stamped(textOf('8'), 5, '8'),
      served: '8 from memory',
    },
    {
      name: 'not the lower one',
      held: stamped(textOf('8'), 5, '8'),
      shown: stamped(textOf('7'), 5, '7'),
      served: '8 from memory',
    },
    {
      name: 'compared as numbers',
      held: stamped(textOf('9'), 5, '9'),
      shown: stamped(textOf('10'), 5, '10'),
      served: '10 from memory',
    },
    {
      name: 'what KV shows last, where revisions are no numbers',
      held: stamped(textOf('b'), 5, 'b'),
      shown: stamped(textOf('a'), 5, 'a'),
      served: 'a from memory',
    },
    {
      name: 'a higher revision without a stamp, where nothing stamped was seen',
      held: Promise.resolve(unstamped(textOf('7'))),
      shown: Promise.resolve(unstamped(textOf('8'))),
      served: '8 from memory',
    },
    {
      name: 'not a lower one without a stamp',
      held: Promise.resolve(unstamped(textOf('8'))),
      shown: Promise.resolve(unstamped(textOf('7'))),
      served: '8 from memory',
    },
    {
      name: 'the stamped one over one without a stamp, however high that revision is',
      held: Promise.resolve(unstamped(textOf('99'))),
      shown: stamped(textOf('8'), 1, '8'),
      served: '8 from memory',
    },
    {
      name: 'not one without a stamp over a stamped one',
      held: stamped(textOf('8'), 1, '8'),
      shown: Promise.resolve(unstamped(textOf('99'))),
      served: '8 from stale',
    },
  ]
  it.each(writes)('$name', async ({ held, shown, served }) => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, await held)
    await refreshed(isolate)
    isolate.kv.set(FIRST, await shown)
    expect(summary(await refreshed(isolate))).toBe(served)
  })

  it('tells two contents of one revision apart by their hash, where neither has a stamp', async () => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, unstamped(textOf('8', 'one')))
    const before = await refreshed(isolate)
    isolate.kv.set(FIRST, unstamped(textOf('8', 'other')))
    const after = await refreshed(isolate)
    expect(after).toMatchObject({ kind: 'found', datafile: { stamp: { generation: 0, revision: '8' } } })
    expect(after).not.toMatchObject({ datafile: { stamp: before.kind === 'found' ? before.datafile.stamp : null } })
  })

  it.each([
    ['a text', 'stamped'],
    ['an array', [1]],
    ['a generation of 0', { generation: 0, revision: '9', sha256: 'a'.repeat(64) }],
    ['a fraction', { generation: 1.5, revision: '9', sha256: 'a'.repeat(64) }],
    ['more than a safe integer', { generation: 2 ** 60, revision: '9', sha256: 'a'.repeat(64) }],
    ['a hash that is none', { generation: 9, revision: '9', sha256: 'a' }],
    ['a revision that is a number', { generation: 9, revision: 9, sha256: 'a'.repeat(64) }],
    ['deleted, but no generation', { deleted: true }],
  ])('takes metadata that is %s for none', async (_, metadata) => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, { value: textOf('8'), metadata })
    expect(generationOf(await isolate.read())).toBe(0)
  })
})

describe('a revoked SDK key', () => {
  it('is unknown as soon as the isolate sees the tombstone, although it has a good copy', async () => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '7', 7)
    await refreshed(isolate)
    isolate.kv.set(FIRST, deleted(8))
    expect(await refreshed(isolate)).toEqual({ kind: 'unknown' })
  })

  it.each([
    ['KV shows an older write again', 'first'],
    ['the second copy was not deleted', 'second'],
  ] as const)('stays unknown when %s', async (_, copy) => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, deleted(8))
    await refreshed(isolate)
    isolate.kv.set(FIRST, NOTHING)
    await storeCopy(isolate.kv, copy, '7', 7)
    expect(await refreshed(isolate)).toEqual({ kind: 'unknown' })
  })

  it('is not read from the second copy by an isolate that has nothing else', async () => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, deleted(8))
    await storeCopy(isolate.kv, 'second', '7', 7)
    expect(await isolate.read()).toEqual({ kind: 'unknown' })
    expect(isolate.kv.reads).toEqual([FIRST])
  })

  it('stays unknown while KV is down', async () => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, deleted(8))
    await refreshed(isolate)
    isolate.kv.read(DOWN)
    expect(await refreshed(isolate)).toEqual({ kind: 'unknown' })
  })

  it('is known again after a later upload', async () => {
    const isolate = createIsolate()
    isolate.kv.set(FIRST, deleted(8))
    await refreshed(isolate)
    await storeCopy(isolate.kv, 'first', '7', 9)
    expect(summary(await refreshed(isolate))).toMatch(/^7 from /)
  })

  it('stays known when the tombstone is older than the datafile', async () => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '7', 9)
    await refreshed(isolate)
    isolate.kv.set(FIRST, deleted(8))
    expect(summary(await refreshed(isolate))).toBe('7 from memory')
  })

  it('is revoked by a tombstone of the same generation, when that is what KV shows last', async () => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '7', 8)
    await refreshed(isolate)
    isolate.kv.set(FIRST, deleted(8))
    expect(await refreshed(isolate)).toEqual({ kind: 'unknown' })
  })
})

describe('a missing value', () => {
  it('revokes nothing while there is a good copy, and is reported', async () => {
    const isolate = createIsolate()
    await storeCopy(isolate.kv, 'first', '7', 7)
    await refreshed(isolate)
    isolate.kv.set(FIRST, NOTHING)
    expect(summary(await refreshed(isolate))).toMatch(/^7 from /)
    expect(isolate.store.health()).toMatchObject([
      { revision: '7', lastError: 'KV has no datafile under this key any more' },
    ])
    expect(isolate.logged).toEqual([{ level: 'warn', code: 'datafile_missing', sdkKey: SDK_KEY }])
  })
})
