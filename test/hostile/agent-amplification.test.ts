/** Small requests to the Agent's routes that would be told in large answers. */
import { describe, expect, test } from 'vitest'
import { startAgent } from '../support/agent-service.ts'
import type { Ask } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const HEADERS = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
const NOT_ASKED = { status: 400, body: { error: 'the operation is not a request' } }

function post(ask: Ask, path: string, body: object): Promise<Response> {
  return ask(path, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) })
}

function query(name: string, count: number): string {
  return Array.from({ length: count }, (_, index) => `${name}=${index.toString(36)}`).join('&')
}

/** Of 16,000 bytes and less, as JSON. */
function attributes(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, 1]))
}

describe('P7: what the Agent is asked', () => {
  test.each(['/v1/decide?keys=tested', '/v1/activate?featureKey=tested', '/v1/track?eventKey=purchase'])(
    '%s takes attributes of 16,384 bytes at most',
    async (path) => {
      const { ask, events } = startAgent(shopDatafile())
      const response = await post(ask, path, { userId: 'u1', userAttributes: { text: 'x'.repeat(16_384) } })
      expect(response.status).toBe(400)
      expect(await response.json()).toEqual({ error: '"userAttributes" are longer than 16384 bytes' })
      expect(events).toEqual([])
      expect((await post(ask, path, { userId: 'u1', userAttributes: { text: 'x'.repeat(16_000) } })).status).toBe(200)
    },
  )

  test('is not answered with attributes that are repeated for thousands of keys', async () => {
    const { ask, events } = startAgent(shopDatafile())
    const path = `/v1/decide?keys=tested&${query('keys', 1_500)}`
    const response = await post(ask, path, { userId: 'u1', userAttributes: attributes(1_000) })
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({
      error: 'the answer would be too large: ask for fewer keys, or with fewer attributes',
    })
    expect(events).toEqual([])
  })

  test('is not answered with a user id that reasons repeat for each of thousands of rules', async () => {
    const rule = { layerId: 'l', status: 'Running', forcedVariations: {}, audienceIds: ['a1'], variations: [] }
    const rules = Array.from({ length: 40 }, (_, index) => ({
      ...rule,
      id: `d${index}`,
      key: `d${index}`,
      trafficAllocation: [],
    }))
    const featureFlags = Array.from({ length: 75 }, (_, index) => ({
      id: `${index}`,
      key: `flag-${index}`,
      rolloutId: 'r',
      experimentIds: [],
      variables: [],
    }))
    const { ask } = startAgent(shopDatafile({ featureFlags, rollouts: [{ id: 'r', experiments: rules }] }))
    const decideOptions = ['INCLUDE_REASONS']
    const long = 'x'.repeat(1_024)
    const own = (userId: string, feature = '*') =>
      ask(`/?${new URLSearchParams({ feature, userId, key: 'shop', reasons: 'true' })}`)
    const statuses = await Promise.all([
      post(ask, '/v1/decide', { userId: long, decideOptions }),
      post(ask, '/v1/decide', { userId: long }),
      post(ask, '/v1/decide', { userId: 'x'.repeat(900), decideOptions }),
      post(ask, '/v1/decide?keys=flag-1&keys=flag-2', { userId: long, decideOptions }),
      own(long),
      own('x'.repeat(900)),
      own(long, 'flag-1'),
    ])
    expect(statuses.map(({ status }) => status)).toEqual([413, 200, 200, 200, 413, 200, 200])
  })

  test('may be many keys, or many attributes', async () => {
    const { ask } = startAgent(shopDatafile())
    expect((await post(ask, `/v1/decide?${query('keys', 1_500)}`, { userId: 'u1' })).status).toBe(200)
    const few = await post(ask, `/v1/decide?${query('keys', 100)}`, { userId: 'u1', userAttributes: attributes(1_000) })
    expect(few.status).toBe(200)
  })

  test('is one key, however often it is repeated', async () => {
    const { ask, events } = startAgent(shopDatafile())
    const keys = Array.from({ length: 1_500 }, () => 'keys=tested').join('&')
    const response = await post(ask, `/v1/decide?${keys}`, { userId: 'u1', userAttributes: attributes(1_000) })
    expect(await response.json()).toHaveLength(1)
    expect(events).toHaveLength(1)
  })

  test('is every experiment once, however often the type is repeated', async () => {
    const { ask, events } = startAgent(shopDatafile())
    const types = Array.from({ length: 1_000 }, () => 'type=experiment').join('&')
    const [once, often] = await Promise.all([
      post(ask, '/v1/activate?type=experiment&disableTracking=true', { userId: 'u1' }),
      post(ask, `/v1/activate?${types}`, { userId: 'u1' }),
    ])
    expect(await often.json()).toEqual(await once.json())
    expect(new Set(events.map((event) => event.kind === 'impression' && event.rule?.key)).size).toBe(events.length)
  })

  test('is in a batch no longer an address than anywhere else', async () => {
    const { ask } = startAgent(shopDatafile())
    const long = `/v1/activate?${query('featureKey', 60_000)}`
    const params = { featureKey: 'x'.repeat(20_000) }
    const operations = [
      { method: 'POST', url: long, headers: HEADERS, body: { userId: 'u1' } },
      { method: 'POST', url: '/v1/activate', params, headers: HEADERS, body: { userId: 'u1' } },
      { method: 'POST', url: '/v1/activate?featureKey=tested', headers: HEADERS, body: { userId: 'u1' } },
    ]
    const response = await post(ask, '/v1/batch', { operations })
    expect(await response.json()).toMatchObject({ errorCount: 2, response: [NOT_ASKED, NOT_ASKED, { status: 200 }] })
  })
})

describe('P7: what listeners are told', () => {
  test.each([
    ['/ofrep/v1/evaluate/flags', { context: { targetingKey: 'u1', text: 'x'.repeat(7_000) } }],
    ['/', { feature: '*', userId: 'u1', key: 'shop', attributes: { text: 'x'.repeat(6_000) } }],
  ])('of %s does not repeat attributes for each of thousands of flags', async (path, body) => {
    const featureFlags = Array.from({ length: 1_200 }, (_, index) => ({
      id: `${index}`,
      key: `flag-${index}`,
      rolloutId: '',
      experimentIds: [],
      variables: [],
    }))
    let units = 0
    let count = 0
    const { ask, logged } = startAgent(shopDatafile({ featureFlags }), {
      notifications: {
        open: async () => 'full',
        publish: (_, told) => {
          count += told.length
          for (const { json } of told) units += json.length
        },
      },
    })
    const headers = { 'X-API-Key': 'shop' }
    expect((await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(200)
    expect(units).toBeGreaterThan(900_000)
    expect(units).toBeLessThanOrEqual(1_000_000)
    expect(logged).toEqual([{ level: 'warn', code: 'notifications_dropped', count: 1_200 - count }])
  })
})
