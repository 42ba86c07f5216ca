import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { evaluate, FLAGS } from '../support/ofrep.ts'
import { type Ask, startService, startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const BODY = '{"context":{"targetingKey":"u1"}}'
const PATHS = [FLAGS, `${FLAGS}/off`]

let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile())
})

async function post(path: string, headers: Readonly<Record<string, string>>, from: Ask = ask): Promise<Response> {
  return await from(path, { method: 'POST', headers, body: BODY })
}

describe.each(PATHS)('%s', (path) => {
  test.each([
    ['a bearer token', { Authorization: 'Bearer shop' }],
    ['written small', { Authorization: 'bearer shop' }],
    ['an API key', { 'X-API-Key': 'shop' }],
    ['an API key beside credentials of another kind', { Authorization: 'Basic c3RhZ2luZzp4', 'X-API-Key': 'shop' }],
    ['a bearer token rather than an API key', { Authorization: 'Bearer shop', 'X-API-Key': 'nope' }],
  ])('takes the SDK key as %s', async (_, headers) => {
    expect((await post(path, headers)).status).toBe(200)
  })

  test.each([
    ['nothing', {}],
    ['an empty one', { 'X-API-Key': '' }],
    ['other credentials', { Authorization: 'Basic c2hvcDo=' }],
    ['a bearer token without a token', { Authorization: 'Bearer ' }],
    ['what the Agent has', { 'X-Optimizely-SDK-Key': 'shop' }],
  ])('is 401 without an SDK key: %s', async (_, headers) => {
    const response = await post(path, headers)
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer')
    const errorDetails = 'Expected the SDK key in the header Authorization: Bearer, or X-API-Key.'
    expect(await told(response)).toEqual({ status: 401, body: { errorDetails } })
  })

  test.each(['unknown', 'a.b', 'shop:token', '../shop', 'constructor', '__proto__', 'x'.repeat(65)])(
    'is 403 for an SDK key that is none: %s',
    async (sdkKey) => {
      const response = await post(path, { 'X-API-Key': sdkKey })
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      const errorDetails = 'There is no datafile for this SDK key.'
      expect(await told(response)).toEqual({ status: 403, body: { errorDetails } })
    },
  )

  test('is 429 with seconds to wait, counted with all that the SDK key asks', async () => {
    const keys: string[] = []
    const limit = async ({ key }: { key: string }) => ({ success: keys.push(key) > 2 })
    const limited = startService({ RATE_LIMITER: { limit } })
    const response = await post(path, { Authorization: 'Bearer shop', 'CF-Connecting-IP': '192.0.2.1' }, limited)
    expect(response.headers.get('Retry-After')).toMatch(/^\d+$/)
    expect(await told(response)).toEqual({ status: 429, body: { errorDetails: 'Too many requests.' } })
    expect(keys).toEqual(['shop:192.0.2'])
  })

  test('goes on while the rate limiter is down', async () => {
    const broken = startService({ RATE_LIMITER: { limit: () => Promise.reject(new Error('no limiter')) } })
    expect((await post(path, { 'X-API-Key': 'shop' }, broken)).status).toBe(200)
  })

  test('is 503 with seconds to wait while KV is down and nothing is at hand', async () => {
    const down = startService({ DATAFILES: { getWithMetadata: unreadable, put: unreadable } })
    const response = await post(path, { 'X-API-Key': 'shop' }, down)
    expect(response.headers.get('Retry-After')).toMatch(/^\d+$/)
    const errorDetails = 'The datafile cannot be read right now, and no earlier copy is at hand.'
    expect(await told(response)).toEqual({ status: 503, body: { errorDetails } })
  })

  test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('answers to no %s', async (method) => {
    const response = await ask(path, { method, headers: { 'X-API-Key': 'shop' } })
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe('POST, OPTIONS')
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test('lets pages of other origins ask first, and with every header that a provider sends', async () => {
    const headers = {
      Origin: 'https://shop.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type,if-none-match,x-api-key',
    }
    const response = await ask(path, { method: 'OPTIONS', headers })
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Allow-Methods')).toContain('POST')
    const allowed = (response.headers.get('Access-Control-Allow-Headers') ?? '').toLowerCase().split(', ')
    expect(allowed).toEqual(expect.arrayContaining(['content-type', 'if-none-match', 'authorization', 'x-api-key']))
  })

  test.each([
    ['an evaluation', { 'X-API-Key': 'shop' }],
    ['a refusal', {}],
  ])('lets them read the headers of %s', async (_, headers) => {
    const response = await post(path, headers)
    const exposed = (response.headers.get('Access-Control-Expose-Headers') ?? '').split(', ')
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(exposed).toEqual(expect.arrayContaining(['ETag', 'Retry-After']))
  })

  test('tells origins apart where they are listed', async () => {
    const listed = startService({ ALLOWED_ORIGINS: 'https://shop.example' })
    const from = async (origin: string) =>
      (await post(path, { 'X-API-Key': 'shop', Origin: origin }, listed)).headers.get('Access-Control-Allow-Origin')
    expect(await from('https://shop.example')).toBe('https://shop.example')
    expect(await from('https://evil.example')).toBeNull()
  })

  test('is under /_turnout where a site is proxied', async () => {
    const proxying = startService({ ORIGIN: 'https://origin.example', SDK_KEY: 'shop' })
    expect((await post(`/_turnout${path}`, { 'X-API-Key': 'shop' }, proxying)).status).toBe(200)
  })
})

test('the protocol has no configuration any more, and neither have we', async () => {
  expect((await ask('/ofrep/v1/configuration', { headers: { 'X-API-Key': 'shop' } })).status).toBe(404)
})

describe('an impression', () => {
  let lines: string[]
  beforeEach(() => {
    lines = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  test.each<[string, { flagKey?: string; context?: object }, number]>([
    ['is recorded for one flag that is evaluated', { flagKey: 'tested' }, 1],
    ['not for all of them, which nobody has seen yet', {}, 0],
    ['not where the caller says so', { flagKey: 'tested', context: { disableTracking: true } }, 0],
    ['where it says that tracking is not disabled', { flagKey: 'tested', context: { disableTracking: false } }, 1],
    ['not for a delivery', { flagKey: 'delivered' }, 0],
    ['not for a flag that there is not', { flagKey: 'nope' }, 0],
    ['not for one that fails', { flagKey: 'broken' }, 0],
  ])('%s', async (_, { flagKey, context }, expected) => {
    const shop = await startWith(shopDatafile())
    const asked = flagKey === undefined ? {} : { flagKey }
    await (await evaluate(shop, { ...asked, context: { targetingKey: 'known-by-name', ...context } })).text()
    const events = lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'events')
    expect(events?.impressions ?? 0).toBe(expected)
    expect(lines.join()).not.toContain('known-by-name')
  })
})

function unreadable(): Promise<never> {
  return Promise.reject(new Error('KV is down'))
}
