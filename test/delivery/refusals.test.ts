/** Events that a collector or webhook will not take, among others that it does: what is parked, what arrives, and whether the books balance. */
import { describe, expect, test, vi } from 'vitest'
import type { ParkedEvent } from '../../src/events/delivery/parked-events.ts'
import { conversion } from '../events/pure/queued.ts'
import { bundleOf } from '../faults/bundle.ts'
import { shopDatafile } from '../support/shop-datafile.ts'
import { type Collector, eventsIn, type Received, startCollector, uuidsIn } from './collector.ts'
import {
  type DeliveringOptions,
  type DeliveringWorker,
  type OnTestFinished,
  startDelivering,
} from './delivering-worker.ts'

const SOON = { timeout: 30_000, interval: 50 }
const POISON = 'e3'
const TEN = Array.from({ length: 10 }, (_, index) => `e${index}`)
const MANY = 500
const FLAGS = Array.from({ length: MANY }, (_, index) => ({
  id: `${index}`,
  key: `flag-${index}`,
  rolloutId: 'r1',
  experimentIds: [],
  variables: [],
}))
const STRAIGHT: DeliveringOptions = {
  code: await bundleOf('test/support/hasty-worker.ts'),
  variables: { EVENT_BATCH_SIZE: `${MANY}` },
  datafile: shopDatafile({ sendFlagDecisions: true, featureFlags: FLAGS }),
}

describe.concurrent('of ten events that come out of the Queue together', () => {
  test.for([400, 413, 422])(
    'the one that is refused with %i is parked, and all others arrive',
    async (status, { onTestFinished }) => {
      const { collector, parked, books } = await consumed(onTestFinished, (body) =>
        body.includes(`"${POISON}"`) ? status : 204,
      )
      expect(uuidsIn(collector.accepted)).toEqual(new Set(TEN.filter((uuid) => uuid !== POISON)))
      expect(parked).toEqual([
        { event: conversion(POISON), refused: [{ sink: 'collector', reason: `status ${status}` }] },
      ])
      expect(collector.requests.length).toBeLessThanOrEqual(9)
      expect(books).toEqual({ events_delivered: 9, events_parked: 1 })
    },
  )

  test('all are parked where each is refused', async ({ onTestFinished }) => {
    const { collector, parked, books } = await consumed(onTestFinished, () => 400)
    expect(parked.map(({ event }) => event)).toEqual(TEN.map((uuid) => conversion(uuid)))
    expect(collector.requests).toHaveLength(19)
    expect(books).toEqual({ events_parked: 10 })
  })

  test('none is parked where only their number is refused', async ({ onTestFinished }) => {
    const { collector, parked, books } = await consumed(onTestFinished, (body) =>
      JSON.parse(body).visitors.length > 3 ? 413 : 204,
    )
    expect(uuidsIn(collector.accepted)).toEqual(new Set(TEN))
    expect(eventsIn(collector.accepted)).toHaveLength(10)
    expect(parked).toEqual([])
    expect(books).toEqual({ events_delivered: 10 })
  })

  test.for([401, 403, 404, 405, 301])(
    'all are parked after one request where %i is about us',
    async (status, { onTestFinished }) => {
      const { collector, parked, books } = await consumed(onTestFinished, () => status)
      expect(parked).toHaveLength(10)
      expect(collector.requests).toHaveLength(1)
      expect(books).toEqual({ events_parked: 10 })
    },
  )

  test('those that a collector which fails halfway has yet to take come again', async ({ onTestFinished }) => {
    const { collector, parked, again } = await consumed(onTestFinished, (body) => {
      if (body.includes(`"${POISON}"`)) return 400
      return body.includes('"e9"') ? 503 : 204
    })
    expect(uuidsIn(collector.accepted)).toEqual(new Set(['e0', 'e1', 'e2', 'e4']))
    expect(parked.map(({ event }) => event)).toEqual([conversion(POISON)])
    expect(again).toEqual(['e5', 'e6', 'e7', 'e8', 'e9'])
  })

  test('the one that a webhook refuses is parked for it alone, and the collector has all', async ({
    onTestFinished,
  }) => {
    const receiver = await startCollector()
    onTestFinished(receiver.stop)
    answerBy(receiver, (body) => (body.includes(`"${POISON}"`) ? 422 : 204))
    const variables = { EVENT_WEBHOOK_URL: receiver.url, EVENT_WEBHOOK_SECRET: 'a-secret-of-the-webhook' }
    const { collector, parked, books } = await consumed(onTestFinished, () => 204, { variables })
    expect(collector.requests).toHaveLength(1)
    expect(parked).toEqual([{ event: conversion(POISON), refused: [{ sink: 'webhook', reason: 'status 422' }] }])
    const received = receiver.accepted.flatMap(({ body }) => JSON.parse(body).events)
    expect(new Set(received.map(({ uuid }) => uuid))).toEqual(new Set(TEN.filter((uuid) => uuid !== POISON)))
    expect(books).toEqual({ events_delivered: 9, events_parked: 1 })
  })
})

describe.concurrent(`of ${MANY} events that go straight to the collector in one request`, () => {
  test('the one that is refused is told, and all others arrive', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, STRAIGHT)
    answerBy(worker.collector, (body) => (body.includes('"flag-333"') ? 400 : 204))
    await decideAll(worker)
    await vi.waitFor(() => expect(booksOf(worker)).toEqual({ events_sent: MANY - 1, events_refused: 1 }), SOON)
    expect(uuidsIn(worker.collector.accepted).size).toBe(MANY - 1)
    expect(worker.collector.requests.length).toBeLessThanOrEqual(19)
  })

  test('a collector that refuses each is asked 41 times in an attempt', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, STRAIGHT)
    answerBy(worker.collector, () => 400)
    await decideAll(worker)
    await vi.waitFor(() => expect(Object.keys(booksOf(worker))).toContain('events_lost'), SOON)
    expect(worker.collector.requests).toHaveLength(3 * 41)
  })
})

type StatusOf = (body: string) => number

/** What the consumer makes of ten messages, with a collector that answers by what it is sent. */
async function consumed(onTestFinished: OnTestFinished, statusOf: StatusOf, options: DeliveringOptions = {}) {
  const worker = await startDelivering(onTestFinished, { ...options, isBroken: true })
  answerBy(worker.collector, statusOf)
  const messages = TEN.map((uuid) => ({ id: uuid, timestamp: new Date(), body: conversion(uuid), attempts: 1 }))
  const { retryMessages } = await (await worker.miniflare.getWorker('turnout')).queue('events', messages)
  return {
    collector: worker.collector,
    parked: await parkedOf(worker),
    again: retryMessages.map(({ msgId }) => msgId),
    books: booksOf(worker),
  }
}

function answerBy(collector: Collector, statusOf: StatusOf): void {
  collector.answering = (_, { body }: Received) => {
    const status = statusOf(body)
    return status === 204 ? 'ok' : { status }
  }
}

async function parkedOf({ miniflare }: DeliveringWorker): Promise<readonly ParkedEvent[]> {
  const kv = await miniflare.getKVNamespace('DATAFILES', 'turnout')
  const { keys } = await kv.list({ prefix: 'parked-events:' })
  const values = await Promise.all(keys.map(({ name }) => kv.get(name)))
  return values.flatMap((parked): readonly ParkedEvent[] => JSON.parse(parked ?? '[]'))
}

/** What became of events, by the log: the total of each code that says so. A line in the log may stand for several. */
function booksOf({ logged }: DeliveringWorker): Readonly<Record<string, number>> {
  const totals = logged.filter(({ code, total }) => code.startsWith('events_') && typeof total === 'number')
  return Object.fromEntries(totals.map(({ code, total }) => [code, Number(total)]))
}

async function decideAll({ url }: DeliveringWorker): Promise<void> {
  const response = await fetch(`${url}/?feature=*&userId=u1&key=shop`)
  expect(await response.json()).toHaveLength(MANY)
}
