import { describe, expect, test } from 'vitest'
import { type AnalyticsPoint, createAnalyticsSink } from '../../../src/events/delivery/analytics-sink.ts'
import { createCollectorSink } from '../../../src/events/delivery/collector-sink.ts'
import { parkInKv } from '../../../src/events/delivery/parked-events.ts'
import type { EventBatch } from '../../../src/events/delivery/sink.ts'
import { createWebhookSink } from '../../../src/events/delivery/webhook-sink.ts'
import type { QueuedEvent } from '../../../src/events/queued-event.ts'
import { conversion, exposure } from './queued.ts'

const NOW_MS = 1_790_000_000_999
const SECRET = 'a-secret-of-the-webhook'

describe('the collector', () => {
  test.each([
    ['US', 'https://logx.optimizely.com/v1/events'],
    ['EU', 'https://eu.logx.optimizely.com/v1/events'],
    ['__proto__', 'https://logx.optimizely.com/v1/events'],
  ])('of the region %s is %s', async (region, url) => {
    const { sent, fetch } = sending()
    await createCollectorSink({ fetch, clock: () => NOW_MS, url: null }).deliver(batchOf([conversion('a')], region))
    expect(sent.map((each) => each.url)).toEqual([url])
  })

  test('is sent what the events share, and each with its visitor, under the name that it is known by', async () => {
    const { sent, fetch } = sending()
    const events = [exposure('a'), conversion('b', { visitor: 'u2' })]
    await createCollectorSink({ fetch, clock: () => NOW_MS, url: 'https://own.example/' }).deliver(batchOf(events))
    expect(sent.map(({ url }) => url)).toEqual(['https://own.example/'])
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      ...conversion('a').envelope,
      visitors: events.map(({ visitor }) => visitor),
    })
  })
})

describe('a webhook', () => {
  test('is sent events in our own words', async () => {
    const { sent } = await toWebhook([exposure('a'), conversion('b', { tags: { colour: 'é' } })])
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      events: [
        {
          uuid: 'a',
          type: 'exposure',
          timestampMs: 1_790_000_000_000,
          sdkKey: 'shop',
          revision: '1',
          userId: 'u1',
          attributes: {},
          flagKey: 'checkout',
          ruleKey: 'test',
          ruleType: 'feature-test',
          experimentId: '6',
          variationId: '7',
          variationKey: 'on',
          enabled: true,
          eventKey: '',
          revenue: null,
          value: null,
          tags: {},
        },
        expect.objectContaining({ uuid: 'b', type: 'conversion', eventKey: 'bought', tags: { colour: 'é' } }),
      ],
    })
  })

  test('has attributes and tags of any name', async () => {
    const tags: Record<string, unknown> = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}')
    const event = conversion('a', { tags })
    const attributes = [{ entity_id: '1', key: '__proto__', type: 'custom', value: 'x' }] as const
    const { sent } = await toWebhook([{ ...event, visitor: { ...event.visitor, attributes } }])
    expect(sent[0]?.body).toContain('"attributes":{"__proto__":"x"}')
    expect(sent[0]?.body).toContain('"tags":{"__proto__":{"polluted":true},"constructor":1}')
  })

  test('has a value that is no number as none', async () => {
    const { sent } = await toWebhook([
      {
        ...conversion('a'),
        visitor: {
          visitor_id: 'u1',
          attributes: [],
          snapshots: [
            { events: [{ entity_id: null, key: 'bought', timestamp: 1, uuid: 'a', value: true, revenue: 5 }] },
          ],
        },
      },
    ])
    expect(JSON.parse(sent[0]?.body ?? '').events).toMatchObject([{ value: null, revenue: 5 }])
  })

  test('has every event of a message that holds more than one', async () => {
    const [first, second] = [exposure('a').visitor.snapshots, conversion('b').visitor.snapshots]
    const both = { ...conversion('b').visitor, snapshots: [...first, ...second] }
    const { sent } = await toWebhook([{ ...conversion('b'), visitor: both }])
    expect(JSON.parse(sent[0]?.body ?? '').events).toMatchObject([
      { uuid: 'a', type: 'exposure', eventKey: '' },
      { uuid: 'b', type: 'conversion', flagKey: '', experimentId: '' },
    ])
  })
})

describe('Analytics Engine', () => {
  test('has a point for each event, without who it was', async () => {
    const { points, deliver } = analytics()
    const worth = conversion('b', { visitor: 'somebody', tags: { note: 'private' } })
    expect(await deliver([exposure('a', { visitor: 'somebody' }), worth])).toEqual({ kind: 'delivered' })
    expect(points).toEqual([
      { indexes: ['6'], blobs: ['shop', 'exposure', 'checkout', 'test', 'on', '', '1'], doubles: [1, 0, 0] },
      { indexes: ['bought'], blobs: ['shop', 'conversion', '', '', '', 'bought', '1'], doubles: [1, 0, 0] },
    ])
    expect(JSON.stringify(points)).not.toMatch(/somebody|private/)
  })

  test('is given no more of a key than it takes', async () => {
    const { points, deliver } = analytics()
    await deliver([conversion('a', { revision: '好'.repeat(10_000) })])
    const [{ indexes = [], blobs = [] } = {}] = points
    const bytes = (texts: readonly string[]) => new TextEncoder().encode(texts.join('')).length
    expect(bytes(indexes)).toBeLessThanOrEqual(96)
    expect(bytes(blobs)).toBeLessThanOrEqual(16_000)
  })

  test('that throws is ignored but for a line in the log (F52)', async () => {
    const { log, deliver } = analytics({ isBroken: true })
    expect(await deliver([exposure('a'), conversion('b')])).toEqual({ kind: 'delivered' })
    expect(log).toEqual([{ level: 'warn', code: 'analytics_failed', message: 'no dataset' }])
  })
})

describe('what is parked', () => {
  const parked = [{ event: conversion('a'), refused: [{ sink: 'collector', reason: 'status 400' }] }] as const

  test('is kept for 30 days, under a key of its own each time', async () => {
    const puts: unknown[][] = []
    let ids = 0
    const kv = { put: async (...put: readonly unknown[]) => void puts.push([...put]) }
    const { park } = parkInKv({ kv, clock: () => NOW_MS, newId: () => `id-${++ids}` })
    await park(parked)
    await park(parked)
    expect(puts).toEqual([
      ['parked-events:2026-09-21T14:13:20.999Z:id-1', JSON.stringify(parked), { expirationTtl: 2_592_000 }],
      ['parked-events:2026-09-21T14:13:20.999Z:id-2', JSON.stringify(parked), { expirationTtl: 2_592_000 }],
    ])
  })

  test('is not where KV does not take it', async () => {
    const kv = { put: () => Promise.reject(new Error('KV is down')) }
    await expect(parkInKv({ kv, clock: () => NOW_MS, newId: () => 'id' }).park(parked)).rejects.toThrow('KV is down')
  })
})

async function toWebhook(events: readonly QueuedEvent[]) {
  const { sent, fetch } = sending()
  const sink = createWebhookSink({ fetch, clock: () => NOW_MS, url: 'https://hooks.example/', secret: SECRET })
  expect(await sink.deliver(batchOf(events))).toEqual({ kind: 'delivered' })
  return { sent }
}

interface Sent {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

function sending() {
  const sent: Sent[] = []
  const fetch = async (url: string, { body, headers }: RequestInit) => {
    sent.push({ url, body: String(body), headers: Object.fromEntries(new Headers(headers)) })
    return new Response(null, { status: 204 })
  }
  return { sent, fetch }
}

function analytics({ isBroken = false }: { readonly isBroken?: boolean } = {}) {
  const points: AnalyticsPoint[] = []
  const log: unknown[] = []
  const writeDataPoint = (point: AnalyticsPoint) => {
    if (isBroken) throw new Error('no dataset')
    points.push(point)
  }
  const { deliver } = createAnalyticsSink({ writeDataPoint }, (event) => void log.push(event))
  return { points, log, deliver: (events: readonly QueuedEvent[]) => deliver(batchOf(events)) }
}

function batchOf(events: readonly QueuedEvent[], region = 'US'): EventBatch {
  return { region, envelope: conversion('any').envelope, events }
}
