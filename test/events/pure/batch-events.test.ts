import { describe, expect, test } from 'vitest'
import { batchEvents } from '../../../src/events/batch-events.ts'
import { conversion, uuidsOf } from './queued.ts'

const LIMITS = { maxEvents: 10, maxBytes: 3_500_000 }

describe('events go out together', () => {
  test('ten at a time, in their order', () => {
    const events = Array.from({ length: 25 }, (_, index) => conversion(`e${index}`))
    const batches = batchEvents(events, LIMITS)
    expect(batches.map((batch) => batch.events.length)).toEqual([10, 10, 5])
    expect(batches.flatMap((batch) => uuidsOf(batch.events))).toEqual(uuidsOf(events))
  })

  test.each([
    ['region', { region: 'EU' }],
    ['revision', { revision: '2' }],
    ['account', { account: '13' }],
  ])('only of one %s', (_, fields) => {
    const batches = batchEvents([conversion('a'), conversion('b', fields), conversion('c')], LIMITS)
    expect(batches.map((batch) => uuidsOf(batch.events))).toEqual([['a', 'c'], ['b']])
  })

  test('as long as they are not too large for one request (F42)', () => {
    const tags = { note: 'é'.repeat(300_000) }
    const batches = batchEvents(
      ['a', 'b', 'c', 'd', 'e'].map((uuid) => conversion(uuid, { tags })),
      LIMITS,
    )
    expect(batches.map((batch) => batch.events.length)).toEqual([3, 2])
    const sizes = batches.map((batch) => new TextEncoder().encode(JSON.stringify(batch.events)).length)
    expect(Math.max(...sizes)).toBeLessThan(LIMITS.maxBytes)
  })

  test('and alone, where one is', () => {
    const large = conversion('large', { tags: { note: 'x'.repeat(4_000_000) } })
    const batches = batchEvents([conversion('a'), large, conversion('b')], LIMITS)
    expect(batches.map((batch) => uuidsOf(batch.events))).toEqual([['a'], ['large'], ['b']])
  })

  test('not at all where there are none', () => {
    expect(batchEvents([], LIMITS)).toEqual([])
  })
})
