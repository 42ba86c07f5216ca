import { describe, expect, test } from 'vitest'
import { deliver } from '../../../src/events/delivery/deliver.ts'
import { DELIVERED, type Delivery, type Sink, type SinkName } from '../../../src/events/delivery/sink.ts'
import { conversion, uuidsOf } from './queued.ts'

const LIMITS = { maxEvents: 2, maxBytes: 1_000_000 }

interface FakeSink extends Sink {
  readonly taken: string[][]
}

function sinkThat(name: SinkName, delivery: (uuids: readonly string[]) => Delivery = () => DELIVERED): FakeSink {
  const taken: string[][] = []
  return {
    name,
    taken,
    deliver: async ({ events }) => {
      const uuids = [...uuidsOf(events)]
      taken.push(uuids)
      return delivery(uuids)
    },
  }
}

describe('events are delivered', () => {
  test('to every sink, in batches', async () => {
    const sinks = [sinkThat('collector'), sinkThat('sums')]
    const outcomes = await deliver(
      ['a', 'b', 'c'].map((uuid) => conversion(uuid)),
      { sinks, limits: LIMITS },
    )
    expect(sinks.map(({ taken }) => taken)).toEqual([
      [['a', 'b'], ['c']],
      [['a', 'b'], ['c']],
    ])
    expect(outcomes.map(({ rest, refused }) => [rest, refused])).toEqual([
      [[], []],
      [[], []],
      [[], []],
    ])
  })

  test('to what is left of a message that was delivered in part', async () => {
    const sinks = [sinkThat('collector'), sinkThat('sums')]
    await deliver([conversion('a', { to: ['sums'] }), conversion('b')], { sinks, limits: LIMITS })
    expect(sinks.map(({ taken }) => taken)).toEqual([[['b']], [['a', 'b']]])
  })

  test('each with its own outcome, and the longest wait that was asked for', async () => {
    const failing = sinkThat('collector', ([first]) =>
      first === 'a' ? { kind: 'retry', reason: 'status 503', afterSeconds: 7 } : DELIVERED,
    )
    const refusing = sinkThat('webhook', () => ({ kind: 'refused', reason: 'status 404' }))
    const [a, , c] = await deliver(
      ['a', 'b', 'c'].map((uuid) => conversion(uuid)),
      { sinks: [failing, refusing], limits: LIMITS },
    )
    expect(a).toMatchObject({
      rest: ['collector'],
      isInPart: true,
      afterSeconds: 7,
      refused: [{ sink: 'webhook', reason: 'status 404' }],
      reason: 'collector: status 503',
    })
    expect(c).toMatchObject({ rest: [], refused: [{ sink: 'webhook', reason: 'status 404' }] })
  })

  test('but for the one that a sink refuses for what is in it, which every other sink has', async () => {
    const refusing = sinkThat('webhook', (uuids) =>
      uuids.includes('b') ? { kind: 'content-refused', reason: 'status 422' } : DELIVERED,
    )
    const outcomes = await deliver(
      ['a', 'b', 'c'].map((uuid) => conversion(uuid)),
      { sinks: [sinkThat('collector'), refusing], limits: { maxEvents: 10, maxBytes: 1_000_000 } },
    )
    expect(refusing.taken).toEqual([['a', 'b', 'c'], ['a', 'b'], ['a'], ['b'], ['c']])
    expect(outcomes.map(({ rest, refused }) => [rest, refused])).toEqual([
      [[], []],
      [[], [{ sink: 'webhook', reason: 'status 422' }]],
      [[], []],
    ])
  })

  test('in halves only as long as there is time, and what is left comes again', async () => {
    const refusing = sinkThat('collector', () => ({ kind: 'content-refused', reason: 'status 400' }))
    const [a, b] = await deliver(
      ['a', 'b'].map((uuid) => conversion(uuid)),
      { sinks: [refusing], limits: LIMITS, isInTime: () => refusing.taken.length < 2 },
    )
    expect(a).toMatchObject({ rest: [], refused: [{ sink: 'collector' }] })
    expect(b).toMatchObject({ rest: ['collector'], refused: [], reason: 'collector: out of time' })
  })

  test('six batches at a time', async () => {
    let underWay = 0
    let most = 0
    const slow: Sink = {
      name: 'collector',
      deliver: async () => {
        underWay++
        most = Math.max(most, underWay)
        await new Promise((resolve) => setTimeout(resolve, 1))
        underWay--
        return DELIVERED
      },
    }
    await deliver(
      Array.from({ length: 40 }, (_, index) => conversion(`e${index}`)),
      { sinks: [slow], limits: LIMITS },
    )
    expect(most).toBe(6)
  })

  test('all but those of a sink that throws, which come again', async () => {
    const broken: Sink = { name: 'webhook', deliver: () => Promise.reject(new Error('no key')) }
    const [a] = await deliver([conversion('a')], { sinks: [broken, sinkThat('sums')], limits: LIMITS })
    expect(a).toMatchObject({ rest: ['webhook'], isInPart: true, reason: 'webhook: no key' })
  })

  test('only as long as there is time', async () => {
    const sink = sinkThat('collector')
    const left = [true, false]
    const outcomes = await deliver(
      ['a', 'b', 'c'].map((uuid) => conversion(uuid)),
      { sinks: [sink], limits: LIMITS, isInTime: () => left.shift() ?? false },
    )
    expect(sink.taken).toEqual([['a', 'b']])
    expect(outcomes.map(({ rest, reason }) => [rest, reason])).toEqual([
      [[], ''],
      [[], ''],
      [['collector'], 'collector: out of time'],
    ])
  })

  test.each([
    ['there is no sink', {}, { configured: [], name: 'any sink' }],
    ['it is for one that is not there', { to: ['newer'] }, { configured: [sinkThat('collector')], name: 'newer' }],
  ])('nowhere where %s, and is not done with', async (_, fields, { configured, name }) => {
    const sinks: readonly Sink[] = configured
    const [outcome] = await deliver([conversion('a', fields)], { sinks, limits: LIMITS })
    expect(outcome).toMatchObject({ rest: [name], isInPart: false, refused: [], reason: `${name}: not configured` })
  })
})
