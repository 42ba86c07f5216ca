import { describe, expect, test } from 'vitest'
import { createEventCount } from '../../../src/events/delivery/count-events.ts'
import { createDirectDispatcher } from '../../../src/events/delivery/direct-dispatcher.ts'
import { createQueueDispatcher } from '../../../src/events/delivery/queue-dispatcher.ts'
import type { EventQueue, QueueMessage } from '../../../src/events/delivery/queue-sends.ts'
import { DELIVERED, type Delivery, type Sink, type SinkName } from '../../../src/events/delivery/sink.ts'
import type { QueuedEvent } from '../../../src/events/queued-event.ts'
import { conversion, uuidsOf } from './queued.ts'

const LATER: Delivery = { kind: 'retry', reason: 'status 503', afterSeconds: 0 }
const NEVER: Delivery = { kind: 'refused', reason: 'status 404' }
const CONTENT: Delivery = { kind: 'content-refused', reason: 'status 400' }

describe('straight delivery', () => {
  test('takes one attempt where all is well', async () => {
    const { dispatch, taken, waits, counted } = direct([scripted('collector', [])])
    await dispatch(events('a', 'b'))
    expect(taken).toEqual([['collector', ['a', 'b']]])
    expect(waits).toEqual([])
    expect(counted()).toEqual({ events_sent: 2 })
  })

  test('tries twice more, each time only where it failed', async () => {
    const { dispatch, taken, waits, counted } = direct([scripted('collector', [LATER, LATER]), scripted('sums', [])])
    await dispatch(events('a'))
    expect(taken.map(([name]) => name)).toEqual(['collector', 'sums', 'collector', 'collector'])
    expect(waits).toEqual([500, 2_000])
    expect(counted()).toEqual({ events_sent: 1 })
  })

  test('loses what is left then, and says why', async () => {
    const { dispatch, taken, counted, log } = direct([scripted('collector', [LATER, LATER, LATER])])
    await dispatch(events('a', 'b'))
    expect(taken).toHaveLength(3)
    expect(counted()).toEqual({ events_lost: 2 })
    expect(log).toEqual([{ level: 'error', code: 'events_lost', count: 2, total: 2, reason: 'collector: status 503' }])
  })

  test('does not ask again who refuses', async () => {
    const { dispatch, taken, counted, log } = direct([scripted('collector', [NEVER]), scripted('sums', [])])
    await dispatch(events('a'))
    expect(taken).toHaveLength(2)
    expect(counted()).toEqual({ events_refused: 1 })
    expect(log).toMatchObject([{ reason: 'collector: status 404' }])
  })

  test('counts each of many that are refused one by one as refused or lost', async () => {
    const { dispatch, taken, counted } = direct([
      scripted(
        'collector',
        Array.from({ length: 300 }, () => CONTENT),
      ),
    ])
    await dispatch(events(...Array.from({ length: 100 }, (_, index) => `e${index}`)))
    const { events_refused = 0, events_lost = 0, ...others } = counted()
    expect(others).toEqual({})
    expect(events_refused).toBeGreaterThan(30)
    expect(events_refused + events_lost).toBe(100)
    expect(taken.length).toBeLessThanOrEqual(3 * 41)
  })

  test.each([
    ['delivered elsewhere in the end is counted as refused', [LATER], { events_refused: 1 }],
    ['lost elsewhere is counted as lost', [LATER, LATER, LATER], { events_lost: 1 }],
  ])('that is refused by one and %s, once', async (_, others, expected) => {
    const { dispatch, counted } = direct([scripted('collector', [NEVER]), scripted('sums', others)])
    await dispatch(events('a'))
    expect(counted()).toEqual(expected)
  })

  test('begins nothing that could not end in time', async () => {
    const { dispatch, taken, counted, log } = direct([scripted('collector', [LATER, LATER, LATER])], {
      attemptMs: 10_000,
    })
    await dispatch(events('a'))
    expect(taken).toHaveLength(2)
    expect(counted()).toEqual({ events_lost: 1 })
    expect(log).toMatchObject([{ reason: 'collector: out of time' }])
  })

  test('is lost, and said to be, where there is no sink', async () => {
    const { dispatch, counted } = direct([])
    await dispatch(events('a'))
    expect(counted()).toEqual({ events_lost: 1 })
  })
})

describe('a Queue', () => {
  test('takes events as the text of their JSON, 100 at a time (F40)', async () => {
    const { dispatch, sends, counted } = queued()
    const all = Array.from({ length: 250 }, (_, index) => conversion(`e${index}`))
    await dispatch(all)
    expect(sends.map((messages) => messages.length)).toEqual([100, 100, 50])
    expect(sends.flat()).toEqual(all.map((event) => ({ body: JSON.stringify(event), contentType: 'text' })))
    expect(counted()).toEqual({ events_queued: 250 })
  })

  test.each([
    ['ASCII', 'x', 60_000],
    ['three bytes a character', '好', 30_000],
    ['escapes', '\u0000', 10_000],
  ])('takes no more than 256 kB at a time, of %s (F40)', async (_, character, length) => {
    const { dispatch, sends } = queued()
    await dispatch(
      Array.from({ length: 9 }, (__, index) => conversion(`e${index}`, { tags: { note: character.repeat(length) } })),
    )
    expect(sends.length).toBeGreaterThan(1)
    expect(sends.flat()).toHaveLength(9)
    expect(Math.max(...sends.map(bytesOf))).toBeLessThan(256_000)
  })

  test('leaves a message of more than 128 kB to straight delivery, and takes the others (F40)', async () => {
    const { dispatch, sends, taken, counted, log } = queued()
    const large = conversion('large', { tags: { note: 'x'.repeat(128_000) } })
    await dispatch([conversion('a'), large, conversion('b')])
    expect(sends.map((messages) => uuidsOf(messages.map(({ body }) => JSON.parse(body))))).toEqual([['a', 'b']])
    expect(taken).toEqual([['collector', ['large']]])
    expect(counted()).toEqual({ events_queued: 2, events_not_queued: 1, events_sent: 1 })
    expect(log).toContainEqual(expect.objectContaining({ code: 'events_not_queued', reason: 'too large' }))
  })

  test('that throws leaves events to straight delivery, each send by itself (F40)', async () => {
    const { dispatch, taken, counted } = queued({ failing: (index) => index === 1 })
    await dispatch(Array.from({ length: 250 }, (_, index) => conversion(`e${index}`)))
    expect(taken.flatMap(([, uuids]) => uuids)).toEqual(Array.from({ length: 100 }, (_, index) => `e${100 + index}`))
    expect(counted()).toEqual({ events_queued: 150, events_not_queued: 100, events_sent: 100 })
  })

  test('counts so that what was produced is queued, delivered, refused or lost (F40)', async () => {
    const { dispatch, counted } = queued({
      failing: (index) => index % 2 === 1,
      deliveries: [NEVER, LATER, DELIVERED, LATER, LATER, LATER],
    })
    const produced = 700
    await dispatch(Array.from({ length: produced }, (_, index) => conversion(`e${index}`)))
    const { events_queued = 0, events_sent = 0, events_refused = 0, events_lost = 0, events_not_queued } = counted()
    expect(events_queued + events_sent + events_refused + events_lost).toBe(produced)
    expect(events_not_queued).toBe(produced - events_queued)
    expect([events_sent, events_refused].every((count) => count > 0)).toBe(true)
  })
})

function events(...uuids: readonly string[]): readonly QueuedEvent[] {
  return uuids.map((uuid) => conversion(uuid))
}

interface Scripted {
  readonly name: SinkName
  readonly deliveries: Delivery[]
}

/** A sink that does as the list says, and then takes everything. */
function scripted(name: SinkName, deliveries: readonly Delivery[]): Scripted {
  return { name, deliveries: [...deliveries] }
}

function direct(scripts: readonly Scripted[], { attemptMs = 0 }: { readonly attemptMs?: number } = {}) {
  const taken: [name: SinkName, uuids: readonly string[]][] = []
  const waits: number[] = []
  const { log, count, counted } = counting()
  let nowMs = 0
  const sinks: readonly Sink[] = scripts.map(({ name, deliveries }) => ({
    name,
    deliver: async (batch) => {
      taken.push([name, uuidsOf(batch.events)])
      nowMs += attemptMs
      return deliveries.shift() ?? DELIVERED
    },
  }))
  const dispatcher = createDirectDispatcher({
    sinks,
    limits: { maxEvents: 100, maxBytes: 10_000_000 },
    wait: async (ms) => {
      waits.push(ms)
      nowMs += ms
    },
    clock: () => nowMs,
    random: () => 1,
    count,
  })
  return { dispatcher, dispatch: dispatcher.dispatch, taken, waits, log, count, counted }
}

interface QueueScript {
  /** Whether a send fails, by how many there were before. */
  readonly failing?: (index: number) => boolean
  readonly deliveries?: readonly Delivery[]
}

function queued({ failing = () => false, deliveries = [] }: QueueScript = {}) {
  const straight = direct([scripted('collector', deliveries)])
  const sends: QueueMessage[][] = []
  let asked = 0
  const queue: EventQueue = {
    sendBatch: async (messages) => {
      if (failing(asked++)) throw new Error('Too many requests')
      sends.push([...messages])
    },
  }
  return { ...straight, sends, dispatch: createQueueDispatcher(queue, straight.dispatcher, straight.count).dispatch }
}

function counting() {
  const log: { readonly code: string; readonly [fact: string]: unknown }[] = []
  const count = createEventCount((event) => void log.push(event))
  const counted = () => Object.fromEntries(log.map(({ code, total }) => [code, Number(total)]))
  return { log, count, counted }
}

function bytesOf(messages: readonly QueueMessage[]): number {
  return messages.reduce((bytes, { body }) => bytes + new TextEncoder().encode(body).length, 0)
}
