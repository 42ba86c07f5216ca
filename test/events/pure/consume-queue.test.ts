import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConsumerOptions, consumeQueue, type Message } from '../../../src/events/delivery/consume-queue.ts'
import { createEventCount } from '../../../src/events/delivery/count-events.ts'
import type { ParkedEvent } from '../../../src/events/delivery/parked-events.ts'
import type { QueueMessage } from '../../../src/events/delivery/queue-sends.ts'
import { DELIVERED, type Delivery, type Sink, type SinkName } from '../../../src/events/delivery/sink.ts'
import type { QueuedEvent } from '../../../src/events/queued-event.ts'
import { conversion, uuidsOf } from './queued.ts'

const LATER: Delivery = { kind: 'retry', reason: 'status 503', afterSeconds: 0 }
const NEVER: Delivery = { kind: 'refused', reason: 'status 404' }

describe('a message is done with', () => {
  test('when every sink has it', async () => {
    const { log, ...consumed } = await consume(['a', 'b'].map(messageOf), { sinks: [sink('collector'), sink('sums')] })
    expect(consumed).toEqual({ a: ['ack'], b: ['ack'] })
    expect(log).toEqual([{ level: 'info', code: 'events_delivered', count: 2, total: 2 }])
  })

  test('when what is refused has been parked with the reason', async () => {
    const parked: ParkedEvent[] = []
    const { log, ...consumed } = await consume(['a', 'b'].map(messageOf), {
      sinks: [sink('collector', { b: NEVER })],
      parked: { park: async (events) => void parked.push(...events) },
    })
    expect(consumed).toEqual({ a: ['ack'], b: ['ack'] })
    expect(parked).toEqual([{ event: conversion('b'), refused: [{ sink: 'collector', reason: 'status 404' }] }])
    expect(log.map(({ code, count, reason }) => [code, count, reason])).toEqual([
      ['events_parked', 1, 'collector: status 404'],
      ['events_delivered', 1, undefined],
    ])
  })

  test('when what is left of it is in the Queue again, by itself', async () => {
    const sends: QueueMessage[][] = []
    const { log, ...consumed } = await consume(['a', 'b'].map(messageOf), {
      sinks: [sink('collector', { a: LATER }), sink('sums')],
      queue: { sendBatch: async (messages) => void sends.push([...messages]) },
    })
    expect(consumed).toEqual({ a: ['ack'], b: ['ack'] })
    expect(sends).toEqual([
      [
        {
          body: JSON.stringify(conversion('a', { to: ['collector'] })),
          contentType: 'text',
          delaySeconds: expect.any(Number),
        },
      ],
    ])
    expect(log.map(({ code, count }) => [code, count])).toEqual([
      ['events_delivered', 1],
      ['events_put_back', 1],
    ])
  })

  test('when one sink refuses, which is parked, and another is to be asked again', async () => {
    const sends: QueueMessage[][] = []
    const { log, ...consumed } = await consume([messageOf('a')], {
      sinks: [sink('collector', { a: NEVER }), sink('sums', { a: LATER })],
      queue: { sendBatch: async (messages) => void sends.push([...messages]) },
    })
    expect(consumed).toEqual({ a: ['ack'] })
    expect(sends.flat().map(({ body }) => JSON.parse(body).to)).toEqual([['sums']])
    expect(log.map(({ code }) => code)).toEqual(['events_parked', 'events_put_back'])
  })
})

describe('a message comes again', () => {
  test('by itself, when it alone has failed (F41)', async () => {
    const sinks = [sink('collector', { b: LATER })]
    const { log, ...consumed } = await consume(['a', 'b', 'c'].map(messageOf), { sinks })
    expect(consumed).toEqual({ a: ['ack'], b: [10], c: ['ack'] })
    expect(log).toMatchObject([
      { code: 'events_delivered', count: 2 },
      { code: 'events_retried', count: 1, attempts: 1 },
    ])
  })

  test.each([
    ['a text', 'text'],
    ['nothing', null],
    ['another version', { ...conversion('b'), v: 2 }],
    ['no visitor', { ...conversion('b'), visitor: undefined }],
    ['an event without a uuid', JSON.parse(JSON.stringify(conversion('b')).replace('"uuid":"b"', '"uuid":5'))],
  ])('when nobody can read it: %s', async (_, body) => {
    const { log, ...consumed } = await consume([messageOf('a'), { ...messageOf('b'), body }], { sinks: [sink('sums')] })
    expect(consumed).toEqual({ a: ['ack'], b: [10] })
    expect(log[0]).toMatchObject({ code: 'events_retried', reason: 'Not an event of version 1' })
  })

  test('when what is refused cannot be parked', async () => {
    const { log, ...consumed } = await consume(['a', 'b'].map(messageOf), {
      sinks: [sink('collector', { b: NEVER })],
      parked: { park: () => Promise.reject(new Error('KV is down')) },
    })
    expect(consumed).toEqual({ a: ['ack'], b: [10] })
    expect(log.map(({ code }) => code)).toEqual(['events_not_parked', 'events_retried', 'events_delivered'])
    expect(log[0]).toMatchObject({ reason: 'KV is down; collector: status 404' })
  })

  test.each([
    ['there is no Queue here', null],
    ['the Queue is out of order', { sendBatch: () => Promise.reject(new Error('429')) }],
  ])('as a whole, when %s to take what is left of it', async (_, queue) => {
    const sinks = [sink('collector', { a: LATER }), sink('sums')]
    const { log, ...consumed } = await consume(['a', 'b'].map(messageOf), { sinks, queue })
    expect(consumed).toEqual({ a: [10], b: ['ack'] })
    expect(log.map(({ code }) => code)).toEqual(['events_delivered', 'events_retried'])
  })

  test('when no sink is there to take it', async () => {
    const { log, ...consumed } = await consume([messageOf('a')], { sinks: [] })
    expect(consumed).toEqual({ a: [10] })
    expect(log).toMatchObject([{ code: 'events_retried', reason: 'any sink: not configured' }])
  })
})

describe('the pause before it comes again', () => {
  test('is doubled with each attempt, up to 15 minutes', async () => {
    const attempts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 1_000]
    const pauses = attempts.map((attempt) => pauseOf(attempt, { random: () => 1 }))
    expect(await Promise.all(pauses)).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900])
  })

  test('is spread between half of it and all of it', async () => {
    const pauses = [0, 0.25, 0.5, 0.999].map((random) => pauseOf(4, { random: () => random }))
    expect(await Promise.all(pauses)).toEqual([40, 50, 60, 80])
  })

  test.each([
    ['longer', 100, 100],
    ['not as long', 1, 10],
  ])('is what is asked for where that is longer: %s', async (_, afterSeconds, expected) => {
    const asking = sink('collector', { a: { kind: 'retry', reason: 'status 429', afterSeconds } })
    expect(await pauseOf(1, { sinks: [asking] })).toBe(expected)
  })

  test('begins with what is configured', async () => {
    expect(await pauseOf(3, { retrySeconds: 1 })).toBe(4)
  })

  async function pauseOf(attempts: number, options: Partial<ConsumerOptions>): Promise<unknown> {
    const { a } = await consume([{ ...messageOf('a'), attempts }], {
      sinks: [sink('collector', { a: LATER })],
      ...options,
    })
    return Array.isArray(a) ? a[0] : a
  }
})

test('whatever happens, each message is acknowledged or comes again, once, and nothing of it is lost', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ outcomes, canPark, canQueue, hasQueue }) => {
      const parked: ParkedEvent[] = []
      const sent: QueueMessage[] = []
      const names: readonly SinkName[] = ['collector', 'webhook', 'sums']
      const sinks = names.map((name, index) =>
        sink(name, Object.fromEntries(outcomes.map((of, message) => [`m${message}`, of[index] ?? DELIVERED]))),
      )
      const { log, ...consumed } = await consume(
        outcomes.map((_, index) => messageOf(`m${index}`)),
        {
          sinks,
          parked: { park: async (events) => void (canPark ? parked.push(...events) : await failing()) },
          queue: hasQueue ? { sendBatch: async (all) => void (canQueue ? sent.push(...all) : await failing()) } : null,
        },
      )
      for (const [index, of] of outcomes.entries()) {
        const settled = consumed[`m${index}`]
        expect(settled).toHaveLength(1)
        const isIt = (event: ParkedEvent['event']) => uuidsOf([event])[0] === `m${index}`
        const back = sent.map(({ body }): QueuedEvent => JSON.parse(body)).filter(isIt)
        if (settled?.[0] !== 'ack') {
          expect(back).toEqual([])
          continue
        }
        const left = names.filter((_, sinkIndex) => of[sinkIndex]?.kind === 'retry')
        const refusals = names.filter((_, sinkIndex) => of[sinkIndex]?.kind === 'refused')
        expect(back.map(({ to }) => to)).toEqual(left.length > 0 ? [left] : [])
        expect(
          parked.filter(({ event }) => isIt(event)).flatMap(({ refused }) => refused.map((each) => each.sink)),
        ).toEqual(refusals)
      }
      expect(log.every(({ count }) => count !== 0)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

const scenario = fc.record({
  outcomes: fc.array(fc.array(fc.constantFrom(DELIVERED, LATER, NEVER), { minLength: 3, maxLength: 3 }), {
    maxLength: 12,
  }),
  canPark: fc.boolean(),
  canQueue: fc.boolean(),
  hasQueue: fc.boolean(),
})

function failing(): Promise<never> {
  return Promise.reject(new Error('out of order'))
}

/** Takes events one by one, and does with each as is said. */
function sink(name: SinkName, deliveries: Readonly<Record<string, Delivery>> = {}): Sink {
  return { name, deliver: async ({ events }) => deliveries[uuidsOf(events)[0] ?? ''] ?? DELIVERED }
}

type Given = Omit<Message, 'ack' | 'retry'>

function messageOf(uuid: string): Given {
  return { id: uuid, body: conversion(uuid), attempts: 1 }
}

interface LoggedCount {
  readonly code: string
  readonly [fact: string]: unknown
}

/** What became of each message, by its id: `ack`, or the pause after which it comes again. */
async function consume(
  given: readonly Given[],
  options: Partial<ConsumerOptions>,
): Promise<{ readonly log: readonly LoggedCount[] } & { readonly [id: string]: readonly unknown[] }> {
  const log: LoggedCount[] = []
  const settled: Record<string, unknown[]> = Object.fromEntries(given.map(({ id }) => [id, []]))
  const messages = given.map((message) => ({
    ...message,
    ack: () => settled[message.id]?.push('ack'),
    retry: ({ delaySeconds }: { readonly delaySeconds?: number } = {}) => settled[message.id]?.push(delaySeconds),
  }))
  await consumeQueue(
    { messages },
    {
      sinks: [],
      limits: { maxEvents: 1, maxBytes: 1_000_000 },
      parked: { park: async () => {} },
      queue: null,
      count: createEventCount((event) => void log.push(event)),
      random: () => 1,
      retrySeconds: 10,
      ...options,
    },
  )
  return { ...settled, log }
}
