/** What the Queue's consumer answers for each message, in the runtime itself. */
import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, test, vi } from 'vitest'
import { conversion } from '../events/pure/queued.ts'
import { bundleOf } from '../faults/bundle.ts'
import { eventsIn, uuidsIn } from './collector.ts'
import { type DeliveringWorker, startDelivering, sumsOf } from './delivering-worker.ts'

const GOLDEN = new URL('../events/pure/golden/', import.meta.url)
const SOON = { timeout: 30_000, interval: 50 }

describe.concurrent('the consumer', () => {
  test('F41 decides of each message by itself: only those that failed come again', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, { variables: { EVENT_BATCH_SIZE: '1' } })
    const { collector } = worker
    collector.answering = (index) => (index === 1 ? { status: 503 } : 'ok')
    const bodies = [conversion('a'), { v: 1, visitor: 'nobody' }, conversion('b'), conversion('c'), 'text', null]
    const result = await consumed(worker, bodies)
    const failed = eventsIn(collector.requests)[1]?.uuid
    expect(uuidsIn(collector.accepted)).toEqual(new Set(['a', 'b', 'c'].filter((uuid) => uuid !== failed)))
    expect(result.outcome).toBe('ok')
    expect(result.retryBatch).toEqual({ retry: false })
    expect(result.explicitAcks).toHaveLength(2)
    const retried = result.retryMessages.map(({ msgId }) => msgId)
    expect(new Set([...retried, ...result.explicitAcks])).toEqual(new Set(bodies.map((_, index) => `m${index}`)))
    expect(new Set(retried)).toEqual(new Set(['m1', 'm4', 'm5', `m${['a', '', 'b', 'c'].indexOf(failed ?? '')}`]))
    expect(result.retryMessages.every(({ delaySeconds = 0 }) => delaySeconds >= 1)).toBe(true)
  })

  test('waits as long as it is asked to', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished)
    worker.collector.answering = () => ({ status: 429, headers: { 'Retry-After': '77' } })
    const { retryMessages } = await consumed(worker, [conversion('a')])
    expect(retryMessages).toEqual([{ msgId: 'm0', delaySeconds: 77 }])
  })

  test('parks what is refused, with the reason, and is done with it', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished)
    worker.collector.answering = () => ({ status: 400 })
    const { explicitAcks } = await consumed(worker, [conversion('a'), conversion('b')])
    expect(explicitAcks).toEqual(['m0', 'm1'])
    const kv = await worker.miniflare.getKVNamespace('DATAFILES', 'turnout')
    const { keys } = await kv.list({ prefix: 'parked-events:' })
    expect(keys).toHaveLength(1)
    expect(await kv.get(keys[0]?.name ?? '', 'json')).toEqual(
      ['a', 'b'].map((uuid) => ({ event: conversion(uuid), refused: [{ sink: 'collector', reason: 'status 400' }] })),
    )
  })

  test('of a Worker that is misconfigured gives everything back, and longer each time', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, { variables: { FRESH_SECONDS: 'soon' }, isBroken: true })
    const result = await consumed(worker, [conversion('a'), conversion('b')])
    expect(result.explicitAcks).toEqual([])
    expect(result.retryMessages).toEqual([
      { msgId: 'm0', delaySeconds: 60 },
      { msgId: 'm1', delaySeconds: 60 },
    ])
    expect(worker.collector.requests).toEqual([])
  })

  test('F48 reads messages as earlier versions of the Worker put them into the Queue', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished)
    const files = await readdir(GOLDEN)
    const messages = await Promise.all(
      files.map(async (file) => JSON.parse(await readFile(new URL(file, GOLDEN), 'utf8'))),
    )
    const result = await consumed(worker, messages)
    expect(result.explicitAcks).toHaveLength(messages.length)
    const sent = worker.collector.accepted.flatMap(({ body }) => JSON.parse(body).visitors)
    expect(new Set(sent.map((visitor) => JSON.stringify(visitor)))).toEqual(
      new Set(messages.map(({ visitor }) => JSON.stringify(visitor))),
    )
  })
})

test.concurrent('a Queue and a database that hang, having done as they were told, lead to repeats under the same uuid, which count once', async ({
  onTestFinished,
}) => {
  const worker = await startDelivering(onTestFinished, {
    queue: {},
    database: true,
    code: await bundleOf('test/support/hanging-worker.ts'),
  })
  const uuid = '01234567-89ab-4cde-8f01-23456789abcd'
  const exposure = { type: 'exposure', flagKey: 'tested', ruleKey: 'ab', variationKey: 'bold', uuid }
  expect(await worker.report('u1', [exposure])).toBe(202)
  const codes = ['events_not_queued', 'events_sent', 'events_delivered']
  await vi.waitFor(() => expect(worker.logged.map(({ code }) => code)).toEqual(expect.arrayContaining(codes)), SOON)
  expect(eventsIn(worker.collector.accepted).map((event) => event.uuid)).toEqual([uuid, uuid])
  expect(await sumsOf(worker)).toMatchObject([
    { metric: 'exposures', n: 1 },
    { metric: 'visitors', n: 1 },
  ])
})

describe.concurrent('a Queue', () => {
  test('F48 puts what this version cannot read into the dead-letter queue, whole', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, { queue: { maxRetries: 1, maxBatchSize: 10 } })
    const newer = { ...conversion('newer'), v: 2, more: { of: ['it'] } }
    const queue = await worker.miniflare.getQueueProducer('EVENTS', 'turnout')
    await queue.send(newer, { contentType: 'json' })
    await queue.send(conversion('a'), { contentType: 'json' })
    await vi.waitFor(() => expect(worker.deadLetters()).toEqual([newer]), SOON)
    expect(uuidsIn(worker.collector.accepted)).toEqual(new Set(['a']))
  })

  test('F49 keeps what a newer version has left for a sink that is not known here', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, { queue: { maxRetries: 1 } })
    const queue = await worker.miniflare.getQueueProducer('EVENTS', 'turnout')
    await queue.send(conversion('a', { to: ['collector', 'warehouse'] }), { contentType: 'json' })
    await vi.waitFor(() => expect(worker.deadLetters()).toEqual([conversion('a', { to: ['warehouse'] })]), SOON)
    expect(eventsIn(worker.collector.accepted)).toMatchObject([{ uuid: 'a' }])
  })

  test('F39 gives up on an event after its retries, and keeps it for later', async ({ onTestFinished }) => {
    const worker = await startDelivering(onTestFinished, { queue: { maxRetries: 1 } })
    worker.collector.answering = () => 'reset'
    const uuid = '01234567-89ab-4cde-8f01-23456789abcd'
    expect(await worker.report('u1', [{ type: 'conversion', eventKey: 'purchase', uuid }])).toBe(202)
    await vi.waitFor(() => expect(worker.deadLetters()).toHaveLength(1), SOON)
    worker.collector.answering = () => 'ok'
    const queue = await worker.miniflare.getQueueProducer('EVENTS', 'turnout')
    await queue.send(worker.deadLetters()[0], { contentType: 'json' })
    await vi.waitFor(() => expect(uuidsIn(worker.collector.accepted)).toEqual(new Set([uuid])), SOON)
  })

  test('F41 F50 whose consumer dies in the middle brings everything again, and sums are not doubled', async ({
    onTestFinished,
  }) => {
    const worker = await startDelivering(onTestFinished, {
      queue: {},
      database: true,
      code: await bundleOf('test/support/dying-worker.ts'),
    })
    const events = Array.from({ length: 30 }, (_, index) => ({
      type: 'conversion',
      eventKey: 'purchase',
      ageMs: index,
    }))
    const exposure = { type: 'exposure', flagKey: 'tested', ruleKey: 'ab', variationKey: 'bold', ageMs: 1_000 }
    expect(await worker.report('u1', [...events, exposure])).toBe(202)
    await vi.waitFor(() => expect(eventsIn(worker.collector.accepted).length).toBeGreaterThan(31), SOON)
    await vi.waitFor(async () => expect(await sumsOf(worker)).toMatchObject([{ n: 30 }, { n: 1 }, { n: 1 }]), SOON)
    expect(uuidsIn(worker.collector.accepted).size).toBe(31)
  })
})

interface Consumed {
  readonly outcome: string
  readonly retryBatch: { readonly retry: boolean }
  readonly explicitAcks: readonly string[]
  readonly retryMessages: readonly { readonly msgId: string; readonly delaySeconds?: number }[]
}

/** Hands messages to the consumer as the runtime does. */
async function consumed({ miniflare }: DeliveringWorker, bodies: readonly unknown[]): Promise<Consumed> {
  const worker = await miniflare.getWorker('turnout')
  const messages = bodies.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), body, attempts: 1 }))
  return await worker.queue('events', messages)
}
