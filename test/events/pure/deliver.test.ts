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
      sinks,
      LIMITS,
    )
    expect(sinks.map(({ taken }) => taken)).toEqual([
      [['a', 'b'], ['c']],
      [['a', 'b'], ['c']],
    ])
    expect(outcomes.map(({ retry, refused }) => [retry, refused])).toEqual([
      [[], []],
      [[], []],
      [[], []],
    ])
  })

  test('to what is left of a message that was delivered in part', async () => {
    const sinks = [sinkThat('collector'), sinkThat('sums')]
    await deliver([conversion('a', { to: ['sums'] }), conversion('b')], sinks, LIMITS)
    expect(sinks.map(({ taken }) => taken)).toEqual([[['b']], [['a', 'b']]])
  })

  test('each with its own outcome, and the longest wait that was asked for', async () => {
    const failing = sinkThat('collector', ([first]) =>
      first === 'a' ? { kind: 'retry', reason: 'status 503', afterSeconds: 7 } : DELIVERED,
    )
    const refusing = sinkThat('webhook', () => ({ kind: 'refused', reason: 'status 404' }))
    const [a, , c] = await deliver(
      ['a', 'b', 'c'].map((uuid) => conversion(uuid)),
      [failing, refusing],
      LIMITS,
    )
    expect(a).toMatchObject({
      retry: ['collector'],
      afterSeconds: 7,
      refused: [{ sink: 'webhook', reason: 'status 404' }],
      reason: 'collector: status 503',
    })
    expect(c).toMatchObject({ retry: [], refused: [{ sink: 'webhook', reason: 'status 404' }] })
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
      [slow],
      LIMITS,
    )
    expect(most).toBe(6)
  })

  test('nowhere where there is no sink', async () => {
    expect(await deliver([conversion('a')], [], LIMITS)).toMatchObject([{ retry: [], refused: [] }])
  })
})
