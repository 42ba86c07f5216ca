import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { operator, startService, startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const DECISION = '/?feature=off&userId=u1&key=shop'
const FROM = { headers: { 'CF-Connecting-IP': '192.0.2.17' } }

/** Admits so many requests per key, and remembers the keys. */
function limiterOf(most: number) {
  const keys: string[] = []
  return {
    keys,
    limit: async ({ key }: { key: string }) => {
      keys.push(key)
      return { success: keys.filter((each) => each === key).length <= most }
    },
  }
}

const broken = {
  limit: async () => {
    throw new Error('no limiter')
  },
}

beforeAll(async () => {
  await startWith(shopDatafile())
})

describe('with a rate limiter', () => {
  test('decisions are counted per SDK key and network', async () => {
    const limiter = limiterOf(2)
    const ask = startService({ RATE_LIMITER: limiter })
    expect((await ask(DECISION, FROM)).status).toBe(200)
    expect((await ask(DECISION, FROM)).status).toBe(200)
    const response = await ask(DECISION, FROM)
    expect(response.headers.get('Retry-After')).toBe('10')
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(await told(response)).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } })
    expect((await ask(DECISION, { headers: { 'CF-Connecting-IP': '192.0.3.17' } })).status).toBe(200)
    expect(limiter.keys).toEqual(['shop:192.0.2', 'shop:192.0.2', 'shop:192.0.2', 'shop:192.0.3'])
  })

  test('clients of the Agent are told in their words', async () => {
    const ask = startService({ RATE_LIMITER: limiterOf(0) })
    const response = await ask('/v1/config', { headers: { 'X-Optimizely-SDK-Key': 'shop' } })
    expect(response.status).toBe(429)
    expect(await response.text()).toBe('{"error":"too many requests"}\n')
  })

  test('operators are counted before their token is looked at', async () => {
    const ask = startService({ RATE_LIMITER: limiterOf(0) })
    expect((await ask('/v1/datafiles/shop', operator())).status).toBe(429)
    expect((await ask('/v1/datafiles/shop')).status).toBe(429)
  })

  test('that is down decisions are made all the same, and the routes of operators are closed', async () => {
    const ask = startService({ RATE_LIMITER: broken })
    expect((await ask(DECISION)).status).toBe(200)
    expect(await told(await ask('/v1/datafiles/shop', operator()))).toMatchObject({
      status: 503,
      body: { error: { code: 'rate_limiter_unavailable' } },
    })
  })

  test('that is down clients of the Agent are served too, and /health names no SDK key', async () => {
    const ask = startService({ RATE_LIMITER: broken })
    expect((await ask('/v1/config', { headers: { 'X-Optimizely-SDK-Key': 'shop' } })).status).toBe(200)
    const { status, body } = await told(await ask('/health', operator()))
    expect(status).toBe(200)
    expect(JSON.stringify(body)).not.toContain('shop')
  })

  test('HEAD and POST are counted with GET', async () => {
    const limiter = limiterOf(0)
    const ask = startService({ RATE_LIMITER: limiter })
    expect((await ask(DECISION, { method: 'HEAD' })).status).toBe(429)
    const body = JSON.stringify({ feature: 'off', userId: 'u1', key: 'shop' })
    expect((await ask('/', { method: 'POST', body })).status).toBe(429)
    expect(limiter.keys).toEqual(['shop:unknown', 'shop:unknown'])
  })

  test('the admin token cannot be guessed at /health either, which goes on for everybody else', async () => {
    const limiter = limiterOf(0)
    const ask = startService({ RATE_LIMITER: limiter })
    await ask('/v1/config', { headers: { 'X-Optimizely-SDK-Key': 'shop' } })
    const { status, body } = await told(await ask('/health', operator()))
    expect(status).toBe(200)
    expect(JSON.stringify(body)).not.toContain('sdkKey')
    expect(limiter.keys).toEqual(['shop:unknown', '.operators:unknown'])
    await ask('/health')
    expect(limiter.keys).toHaveLength(2)
  })

  test('a malformed SDK key is not worth counting', async () => {
    const limiter = limiterOf(0)
    expect((await startService({ RATE_LIMITER: limiter })('/?feature=off&userId=u1&key=a.b')).status).toBe(404)
    expect(limiter.keys).toEqual([])
  })
})

test('the rate limiting binding of Workers is one', async () => {
  const ask = startService({ RATE_LIMITER: env.THREE_PER_MINUTE })
  const from = { headers: { 'CF-Connecting-IP': '2001:db8::1' } }
  const statuses = [await ask(DECISION, from), await ask(DECISION, from), await ask(DECISION, from)].map(
    ({ status }) => status,
  )
  expect(statuses).toEqual([200, 200, 200])
  expect((await ask(DECISION, { headers: { 'CF-Connecting-IP': '2001:db8:0:0:ffff::2' } })).status).toBe(429)
  expect((await ask(DECISION, { headers: { 'CF-Connecting-IP': '2001:db8:0:1::1' } })).status).toBe(200)
})
