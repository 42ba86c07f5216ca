import fc from 'fast-check'
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

test('whatever the events are, each is in one batch, in order, and no batch is too full or mixed', () => {
  const some = fc.array(
    fc.record({
      region: fc.constantFrom('US', 'EU'),
      revision: fc.constantFrom('1', '2'),
      tags: fc.constantFrom({}, { note: 'é'.repeat(200) }, { note: '好'.repeat(2_000) }),
    }),
    { maxLength: 60 },
  )
  const limits = fc.record({
    maxEvents: fc.integer({ min: 1, max: 20 }),
    maxBytes: fc.integer({ min: 1_000, max: 20_000 }),
  })
  fc.assert(
    fc.property(some, limits, (fields, { maxEvents, maxBytes }) => {
      const events = fields.map((each, index) => conversion(`e${index}`, each))
      const batches = batchEvents(events, { maxEvents, maxBytes })
      const among = (all: readonly string[]) => all.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
      expect(among(batches.flatMap((batch) => uuidsOf(batch.events)))).toEqual(uuidsOf(events))
      for (const { region, envelope, events: together } of batches) {
        expect(together.length).toBeLessThanOrEqual(maxEvents)
        expect(uuidsOf(together)).toEqual(among(uuidsOf(together)))
        expect(
          together.every((event) => event.region === region && event.envelope.revision === envelope.revision),
        ).toBe(true)
        const body = JSON.stringify({ ...envelope, visitors: together.map(({ visitor }) => visitor) })
        expect(together.length === 1 || new TextEncoder().encode(body).length <= maxBytes).toBe(true)
      }
    }),
  )
})
