/** Daily sums in a real D1 database: what counts, what a conversion counts for, and what is forgotten. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createSumsSink, forgetOldEvents, type SumsDatabase } from '../../src/events/delivery/sums-sink.ts'
import type { QueuedEvent } from '../../src/events/queued-event.ts'
import { conversion, exposure } from '../events/pure/queued.ts'
import { type DeliveringWorker, type Sum, startDelivering, sumsOf } from './delivering-worker.ts'

const DAY_MS = 86_400_000
const NOW_MS = 1_790_000_000_000

const ends: (() => Promise<void>)[] = []
let worker: DeliveringWorker

beforeAll(async () => {
  worker = await startDelivering((end) => void ends.unshift(end), { database: true, isBroken: true })
})

afterAll(async () => {
  for (const end of ends) await end()
})

describe('an exposure', () => {
  test('counts, and its visitor once', async () => {
    const { deliver, sums } = await startSums()
    await deliver([exposure('a'), exposure('b')])
    await deliver([exposure('c', { visitor: 'u2' })])
    expect(await sums()).toEqual([ones('exposures', 3), ones('visitors', 2)])
  })

  test('that comes twice counts once, within a batch and beyond it', async () => {
    const { deliver, sums } = await startSums()
    await deliver([exposure('a'), exposure('a'), conversion('b'), conversion('b')])
    await deliver([conversion('b'), exposure('a')])
    expect(await sums()).toEqual([ones('event:bought', 1), ones('exposures', 1), ones('visitors', 1)])
  })

  test('of nothing counts for nothing', async () => {
    const { deliver, sums } = await startSums()
    await deliver([exposure('a', { variation: null }), conversion('b')])
    expect(await sums()).toEqual([])
  })
})

describe('a conversion', () => {
  const shown = at(exposure('shown'), 1_000)
  const before = at(conversion('before'), 0)
  const after = at(conversion('after'), 2_000)
  const ORDERS: readonly (readonly QueuedEvent[])[] = [
    [shown, before, after],
    [before, shown, after],
    [before, after, shown],
    [after, shown, before],
    [after, before, shown],
    [shown, after, before],
  ]

  test.each(ORDERS.map((order) => [uuids(order), order] as const))(
    'F42 counts for what its visitor had been shown by then, in the order %s',
    async (_, order) => {
      const together = await startSums()
      await together.deliver(order)
      const expected = [ones('event:bought', 1), ones('exposures', 1), ones('visitors', 1)]
      expect(await together.sums()).toEqual(expected)
      const apart = await startSums()
      for (const event of [...order, ...order]) await apart.deliver([event])
      expect(await apart.sums()).toEqual(expected)
    },
  )

  test('counts once where two exposures arrive, the later first', async () => {
    const { deliver, sums } = await startSums()
    await deliver([at(exposure('later'), 3_000)])
    await deliver([at(conversion('between'), 2_000)])
    await deliver([at(conversion('last'), 4_000)])
    await deliver([shown])
    expect(await sums()).toEqual([ones('event:bought', 2), ones('exposures', 2), ones('visitors', 1)])
  })

  test('stays with the first variation of whoever is shown another later on', async () => {
    const { deliver, sums } = await startSums()
    await deliver([shown, at(exposure('other', { variation: '8' }), 2_000), at(conversion('c'), 3_000)])
    expect(await sums()).toEqual([
      ones('event:bought', 1),
      ones('exposures', 1),
      ones('visitors', 1),
      { ...ones('exposures', 1), variation_id: '8' },
    ])
  })

  test('counts for no one else, and under no other SDK key', async () => {
    const { deliver, sums } = await startSums()
    await deliver([exposure('a'), conversion('b', { visitor: 'u2' }), { ...conversion('c'), sdkKey: 'other' }])
    expect(await sums()).toEqual([ones('exposures', 1), ones('visitors', 1)])
  })

  test('has what it was worth, squared for the variance', async () => {
    const { deliver, sums } = await startSums()
    await deliver([exposure('a'), worth('b', { revenue: 250, value: -1.5 }), worth('c', { revenue: 0, value: 2 })])
    expect((await sums()).slice(0, 1)).toEqual([ones('event:bought', 2)])
    expect((await sums()).slice(2)).toEqual([
      { ...ones('revenue:bought', 2), sum: 250, sum_of_squares: 62_500 },
      { ...ones('value:bought', 2), sum: 0.5, sum_of_squares: 6.25 },
      ones('visitors', 1),
    ])
  })

  test('counts without what no sum of squares could hold', async () => {
    const { deliver, sums } = await startSums()
    await deliver([exposure('a'), worth('b', { revenue: 1e300, value: -1e200 })])
    expect(await sums()).toEqual([ones('event:bought', 1), ones('exposures', 1), ones('visitors', 1)])
  })

  test('of an event that is called like a sum of ours is another one', async () => {
    const { deliver, sums } = await startSums()
    await deliver([exposure('a'), named('b', 'exposures'), named('c', "visitors'; DROP TABLE shown; --")])
    expect((await sums()).map(({ metric, n }) => [metric, n])).toEqual([
      ['event:exposures', 1],
      ["event:visitors'; DROP TABLE shown; --", 1],
      ['exposures', 1],
      ['visitors', 1],
    ])
  })
})

test('what is kept of visitors is a hash, and is forgotten after 14 days, uuids with it', async () => {
  const { deliver, database, worker } = await startSums()
  await deliver([
    exposure('a', { visitor: 'somebody@shop.example' }),
    conversion('b', { visitor: 'somebody@shop.example' }),
  ])
  expect(JSON.stringify(await kept(worker))).not.toContain('somebody')
  await forgetOldEvents(database, NOW_MS + 14 * DAY_MS)
  expect(await kept(worker)).toMatchObject({ seen_events: [{}, {}], shown: [{}], conversions: [{}] })
  await forgetOldEvents(database, NOW_MS + 15 * DAY_MS)
  expect(await kept(worker)).toEqual({ seen_events: [], shown: [], conversions: [] })
  expect(await sumsOf(worker)).toHaveLength(3)
})

test('an event that is old when it arrives is kept as long as any other', async () => {
  const { deliver, database, sums } = await startSums()
  const old = at(exposure('old'), -20 * DAY_MS)
  await deliver([old])
  await forgetOldEvents(database, NOW_MS)
  await deliver([old])
  expect(await sums()).toEqual([ones('exposures', 1), ones('visitors', 1)])
})

test('a database that lacks its tables is asked again later', async () => {
  const worker = await startDelivering(onTestFinished, { database: true, isBroken: true, isMigrated: false })
  const sink = createSumsSink(await databaseOf(worker), () => NOW_MS)
  const delivery = await sink.deliver(batchOf([exposure('a')]))
  expect(delivery).toMatchObject({ kind: 'retry', reason: expect.stringContaining('no such table') })
})

test('what a database has committed and not said counts once when it comes again, also while it is still at it', async () => {
  const { database, deliver, sums } = await startSums()
  const silent: SumsDatabase = {
    prepare: (sql) => database.prepare(sql),
    batch: async (statements) => {
      await database.batch(statements)
      throw new Error('There was no answer within 10000 ms.')
    },
  }
  const events = [exposure('a'), conversion('b')]
  expect(await createSumsSink(silent, () => NOW_MS).deliver(batchOf(events))).toMatchObject({ kind: 'retry' })
  const counted = [ones('event:bought', 1), ones('exposures', 1), ones('visitors', 1)]
  expect(await sums()).toEqual(counted)
  await Promise.all([deliver(events), deliver(events)])
  expect(await sums()).toEqual(counted)
})

test('the cron trigger forgets, and a database that fails takes nothing else with it', async () => {
  const worker = await startDelivering(onTestFinished, { database: true, isMigrated: false })
  const { outcome } = await (await worker.miniflare.getWorker('turnout')).scheduled({ cron: '* * * * *' })
  expect(outcome).toBe('ok')
  expect(worker.logged.map(({ code }) => code)).toEqual(['datafile_uploaded', 'events_not_forgotten'])
})

interface Sums {
  readonly worker: DeliveringWorker
  readonly database: SumsDatabase
  readonly deliver: (events: readonly QueuedEvent[]) => Promise<void>
  readonly sums: () => Promise<readonly Sum[]>
}

/** Sums of nothing, in the same database each time. */
async function startSums(): Promise<Sums> {
  const database = await databaseOf(worker)
  const tables = ['daily_sums', 'seen_events', 'shown', 'conversions']
  await database.batch(tables.map((table) => database.prepare(`DELETE FROM ${table}`)))
  const sink = createSumsSink(database, () => NOW_MS)
  return {
    worker,
    database,
    deliver: async (events) => expect(await sink.deliver(batchOf(events))).toEqual({ kind: 'delivered' }),
    sums: () => sumsOf(worker),
  }
}

async function databaseOf({ miniflare }: DeliveringWorker): Promise<SumsDatabase> {
  return await miniflare.getD1Database('EVENTS_DB', 'turnout')
}

function batchOf(events: readonly QueuedEvent[]) {
  return { region: 'US', envelope: conversion('any').envelope, events }
}

/** A sum of as many ones. */
function ones(metric: string, n: number): Sum {
  return { experiment_id: '6', variation_id: '7', metric, n, sum: n, sum_of_squares: n }
}

/** The event, so much later. */
function at(event: QueuedEvent, laterMs: number): QueuedEvent {
  return withEvent(event, (each) => ({ ...each, timestamp: each.timestamp + laterMs }))
}

function worth(uuid: string, of: { readonly revenue: number; readonly value: number }): QueuedEvent {
  return withEvent(conversion(uuid), (each) => ({ ...each, ...of }))
}

function named(uuid: string, key: string): QueuedEvent {
  return withEvent(conversion(uuid), (each) => ({ ...each, key }))
}

type Inner = QueuedEvent['visitor']['snapshots'][number]['events'][number]

function withEvent(event: QueuedEvent, change: (inner: Inner) => Inner): QueuedEvent {
  const snapshots = event.visitor.snapshots.map(({ events, ...rest }) => ({ ...rest, events: events.map(change) }))
  return { ...event, visitor: { ...event.visitor, snapshots } }
}

function uuids(events: readonly QueuedEvent[]): string {
  return events.map(({ visitor }) => visitor.snapshots[0]?.events[0]?.uuid).join(', ')
}

async function kept({ miniflare }: DeliveringWorker) {
  const database = await miniflare.getD1Database('EVENTS_DB', 'turnout')
  const rows = async (table: string) => (await database.prepare(`SELECT * FROM ${table}`).all()).results
  return { seen_events: await rows('seen_events'), shown: await rows('shown'), conversions: await rows('conversions') }
}
