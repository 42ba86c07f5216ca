/** Bindings that never answer: how long each is waited for, and what then becomes of events. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEventDelivery, type EventWorld } from '../../../src/compose/event-delivery.ts'
import type { EventSettings } from '../../../src/events/delivery/event-settings.ts'
import type { QueueMessage } from '../../../src/events/delivery/queue-sends.ts'
import type { SumsStatement } from '../../../src/events/delivery/sums-sink.ts'
import type { CollectorBatch } from '../../../src/events/queued-event.ts'
import { conversion, uuidsOf } from './queued.ts'
import { purchase } from './user-event.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a Queue that hangs', () => {
  test('is waited for 4 s; then events go straight on, under the uuids that it may have taken them by', async () => {
    const { sent, posted, log, record, pass } = delivering({ queue: 'hangs' })
    record()
    await pass(4_000)
    expect(posted).toEqual([])
    await pass(20)
    expect(posted).toEqual([uuidsOf(sent.map(({ body }) => JSON.parse(body)))])
    expect(log).toMatchObject([
      { code: 'events' },
      { code: 'events_not_queued', count: 1, reason: 'There was no answer within 4000 ms.' },
      { code: 'events_sent', count: 1 },
    ])
  })

  test.each([[[10_000, 10_000, 10_000]], [[7_700, 7_700, 10_000]], [[6_200, 6_200, 10_000]]])(
    'before a collector that takes %j ms to fail is done with 30 s after the response',
    async (attemptsMs) => {
      const { log, record, pass } = delivering({ queue: 'hangs', attemptsMs })
      record()
      await pass(30_000)
      expect(log).toMatchObject([
        { code: 'events' },
        { code: 'events_not_queued', count: 1 },
        { code: 'events_lost', count: 1 },
      ])
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  test('does not take back what is left of a message: it comes again as a whole', async () => {
    const { consume, settled, pass, databaseAsked } = delivering({
      queue: 'hangs',
      collector: 'fails',
      database: 'answers',
    })
    consume('a')
    await databaseAsked
    await pass(3_900)
    expect(settled).toEqual([])
    await pass(200)
    expect(settled).toEqual(['a again'])
  })
})

describe('a database that hangs', () => {
  test('is waited for 10 s; then the message comes again for it, and the others are done', async () => {
    const { consume, settled, sent, posted, log, pass, ...delivered } = delivering({
      queue: 'answers',
      database: 'hangs',
    })
    consume('a')
    await delivered.databaseAsked
    await pass(9_900)
    expect([settled, posted]).toEqual([[], [['a']]])
    await pass(200)
    expect(settled).toEqual(['a done'])
    expect(sent.map(({ body }) => JSON.parse(body))).toEqual([{ ...conversion('a'), to: ['sums'] }])
    expect(log).toMatchObject([{ code: 'events_put_back', reason: 'sums: There was no answer within 10000 ms.' }])
  })

  test('is not waited for any longer by what forgets old rows', async () => {
    const { forget, log, pass } = delivering({ database: 'hangs' })
    const forgetting = forget()
    await pass(10_100)
    await forgetting
    expect(log).toMatchObject([{ code: 'events_not_forgotten', message: 'There was no answer within 10000 ms.' }])
  })
})

test('KV that hangs is waited for 10 s; what it was to keep comes again', async () => {
  const { consume, settled, log, pass } = delivering({ kv: 'hangs', collector: 'refuses' })
  consume('a')
  await pass(9_900)
  expect(settled).toEqual([])
  await pass(200)
  expect(settled).toEqual(['a again'])
  expect(log).toMatchObject([{ code: 'events_not_parked', count: 1 }, { code: 'events_retried' }])
})

test('Analytics Engine is not waited for', async () => {
  const { consume, settled, pass } = delivering({ dataset: 'hangs' })
  consume('a')
  await pass(0)
  expect(settled).toEqual(['a done'])
})

type Answering = 'answers' | 'hangs'

interface Script {
  readonly queue?: Answering
  readonly database?: Answering
  readonly dataset?: Answering
  readonly kv?: Answering
  readonly collector?: keyof typeof STATUS
  /** How long requests take to fail, before those that are answered. */
  readonly attemptsMs?: readonly number[]
}

const STATUS = { answers: 204, fails: 503, refuses: 404 } as const

/** What is configured, and how each of it answers. */
function delivering({ queue, database, dataset, kv = 'answers', collector = 'answers', attemptsMs = [] }: Script) {
  const attempts = [...attemptsMs]
  const sent: QueueMessage[] = []
  const posted: (readonly string[])[] = []
  const log: unknown[] = []
  const settled: string[] = []
  const answer = (how: Answering) => (how === 'hangs' ? new Promise<never>(() => {}) : Promise.resolve())
  const sendBatch = (messages: Iterable<QueueMessage>, how: Answering) => {
    sent.push(...messages)
    return answer(how)
  }
  const asked = Promise.withResolvers<void>()
  const batch = (how: Answering) => {
    asked.resolve()
    return answer(how)
  }
  const statement: SumsStatement = { bind: () => statement }
  const settings: EventSettings = {
    queue: queue === undefined ? null : { sendBatch: (all) => sendBatch(all, queue) },
    collector: { url: null },
    webhook: null,
    database: database === undefined ? null : { prepare: () => statement, batch: () => batch(database) },
    dataset: dataset === undefined ? null : { writeDataPoint: () => answer(dataset) },
    batchSize: 10,
    retrySeconds: 10,
  }
  const world: EventWorld = {
    fetch: async (_, { body }) => {
      const batch: CollectorBatch = JSON.parse(String(body))
      posted.push(
        batch.visitors.flatMap(({ snapshots }) => snapshots.flatMap((each) => each.events.map((e) => e.uuid))),
      )
      const failingMs = attempts.shift()
      if (failingMs !== undefined) await failAfter(failingMs)
      return new Response(null, { status: STATUS[collector] })
    },
    kv: { put: () => answer(kv) },
    clock: Date.now,
    random: () => 1,
    newId: () => 'a',
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    background: (task) => void task,
    log: (event) => void log.push(event),
    client: { name: 'turnout', version: '1' },
  }
  const { recorder, consume, forget } = createEventDelivery(settings, world)
  return {
    sent,
    posted,
    log,
    settled,
    /** Visitors are hashed before it is, which no fake clock moves. */
    databaseAsked: asked.promise,
    record: () => recorder.record([purchase()]),
    consume: (uuid: string) => {
      const settle = (how: string) => () => void settled.push(`${uuid} ${how}`)
      const message = { id: uuid, body: conversion(uuid), attempts: 1, ack: settle('done'), retry: settle('again') }
      void consume({ messages: [message] })
    },
    forget,
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  }
}

async function failAfter(ms: number): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, ms))
  throw new Error('no answer')
}
