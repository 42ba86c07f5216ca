/** What holds for every route that takes something from outside, however it is asked. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Ask, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const SECRET = 'x'.repeat(32)
const VARIABLES = {
  AGENT_AUTH: JSON.stringify({ app: { secretSha256: '0'.repeat(64), sdkKeys: ['shop'] } }),
  AGENT_JWT_SECRET: SECRET,
  DATAFILE_URL: 'https://cdn.example/%s.json',
  WEBHOOK_PROJECTS: JSON.stringify({ 42: { secret: 'hunter2', sdkKeys: ['shop'] } }),
  OVERRIDES: 'on',
  NOTIFICATIONS: 'on',
}
const ANYWHERE = { Origin: 'https://anywhere.example' }

let guarded: Ask
let open: Ask
beforeAll(async () => {
  open = await startWith(shopDatafile(), { OVERRIDES: 'on', USER_PROFILES: 'kv' })
  guarded = await startWith(shopDatafile(), VARIABLES)
})

let lines: string[] = []
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => vi.restoreAllMocks())

/** Those of the Agent, and others that are nobody's business in a browser. */
const CLOSED_TO_PAGES = [
  '/v1/activate',
  '/v1/track',
  '/v1/override',
  '/v1/lookup',
  '/v1/save',
  '/v1/reset',
  '/v1/send-odp-event',
  '/oauth/token',
  '/webhooks/optimizely',
] as const
const POSTED = [...CLOSED_TO_PAGES, '/v1/decide', '/v1/events', '/ofrep/v1/evaluate/flags'] as const

describe('S13: a route that is posted to', () => {
  test.each(POSTED.flatMap((path) => ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'].map((method) => ({ path, method }))))(
    '$path does not answer to $method',
    async ({ path, method }) => {
      const response = await guarded(path, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('Allow')).toMatch(/^POST(?:, OPTIONS)?$/)
    },
  )
})

describe('S14: a page of another origin', () => {
  test.each(CLOSED_TO_PAGES)('may not ask %s, and reads nothing of its answer', async (path) => {
    const asked = { ...ANYWHERE, 'Access-Control-Request-Method': 'POST' }
    const preflight = await guarded(path, { method: 'OPTIONS', headers: asked })
    const answer = await guarded(path, {
      method: 'POST',
      headers: { ...ANYWHERE, 'Content-Type': 'text/plain' },
      body: '{}',
    })
    expect(preflight.status).toBe(405)
    expect(
      [...preflight.headers.keys(), ...answer.headers.keys()].filter((name) => name.startsWith('access-')),
    ).toEqual([])
    expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin')
  })

  test('has no way to a batch either', async () => {
    const preflight = await guarded('/v1/batch', { method: 'OPTIONS', headers: ANYWHERE })
    const simple = await guarded('/v1/batch', {
      method: 'POST',
      headers: { ...ANYWHERE, 'Content-Type': 'text/plain' },
      body: '{}',
    })
    expect([preflight.status, simple.status]).toEqual([404, 415])
    expect(simple.headers.get('Access-Control-Allow-Origin')).toBeNull()
  })
})

const HEADERS = {
  'X-Optimizely-SDK-Key': 'shop',
  'X-API-Key': 'shop',
  'Content-Type': 'application/json',
}

const JSON_ROUTES = [
  '/',
  '/v1/activate?featureKey=tested',
  '/v1/decide',
  '/v1/track?eventKey=x',
  '/v1/override',
  '/v1/save',
  '/v1/lookup',
  '/v1/batch',
  '/v1/events',
  '/ofrep/v1/evaluate/flags',
  '/ofrep/v1/evaluate/flags/tested',
] as const

/** Of which no JSON can be made. */
const UNREADABLE: readonly (readonly [name: string, body: () => Promise<Uint8Array> | Uint8Array])[] = [
  ['gzip that says so', () => gzip('{"userId":"u1"}')],
  ['half a character', () => new Uint8Array([0x7b, 0x22, 0xe2, 0x82, 0x22, 0x3a, 0x31, 0x7d])],
  ['UTF-16', () => Uint8Array.from([...'{}'].flatMap((unit) => [unit.charCodeAt(0), 0]))],
  ['a thousand arrays in each other', () => new TextEncoder().encode('['.repeat(1_000) + ']'.repeat(1_000))],
  ['a number behind the end', () => new TextEncoder().encode('{}1')],
]

describe('S10: a body that cannot be read', () => {
  const matrix = JSON_ROUTES.flatMap((path) => UNREADABLE.map(([name, body]) => ({ path, name, body })))

  test.each(matrix)('$path refuses $name, and nothing is logged', async ({ path, name, body }) => {
    const headers = { ...HEADERS, 'Content-Encoding': name.startsWith('gzip') ? 'gzip' : 'identity' }
    const response = await open(path, { method: 'POST', headers, body: await body() })
    expect(response.status).toBe(400)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(lines).toEqual([])
  })
})

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON']

describe('S9: inherited names', () => {
  test.each(NAMES)('%s is an attribute, a tag, an event, a key and an id like any other', async (name) => {
    const userAttributes = own(name, own(name, 1))
    const post = (path: string, body: object) =>
      open(path, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) })
    const answers = await Promise.all([
      post(`/v1/activate?experimentKey=${name}&type=feature`, { userId: name, userAttributes }),
      post(`/v1/track?eventKey=${name}`, { userId: name, eventTags: userAttributes }),
      post('/v1/override', { userId: name, experimentKey: name, variationKey: name }),
      post('/v1/save', { userId: name, experimentBucketMap: own(name, { variation_id: name }) }),
      post('/v1/events', {
        key: 'shop',
        userId: name,
        events: [{ type: 'conversion', eventKey: name, tags: userAttributes }],
      }),
      post('/ofrep/v1/evaluate/flags', { context: { targetingKey: name, ...userAttributes } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 422, 200])
    const decided = await post('/v1/decide?keys=tested', { userId: name, userAttributes })
    expect(await decided.json()).toMatchObject({ flagKey: 'tested', userContext: { userId: name } })
    const lookup = await post('/v1/lookup', { userId: name })
    expect(Object.keys((await lookup.json<{ experimentBucketMap: object }>()).experimentBucketMap)).toContain(name)
    expect(Object.hasOwn(Object.prototype, 'variation_id')).toBe(false)
    expect(lines.filter((line) => line.includes('internal_error'))).toEqual([])
  })
})

/** Also where it would be set: `{ __proto__: … }` means another thing. */
function own(name: string, value: unknown): object {
  return Object.fromEntries([[name, value]])
}

describe('S4: a request id', () => {
  test.each(['a\tb', 'é', 'x'.repeat(129), 'a b', ''])('%j does not come back in a header', async (given) => {
    const headers = { ...HEADERS, 'X-Request-Id': given }
    const response = await open('/v1/decide?keys=off', { method: 'POST', headers, body: '{"userId":"u1"}' })
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\da-f-]{36}$/)
  })

  test('of an operation of a batch, its own id and its address come back as JSON and nothing else', async () => {
    const text = '\r\nSet-Cookie: a=1</script>"\u2028'
    const operation = { operationID: text, method: 'GET', url: `/v1/config?${text}`, headers: HEADERS }
    const body = JSON.stringify({ operations: [operation] })
    const response = await open('/v1/batch', { method: 'POST', headers: HEADERS, body })
    const answer = await response.clone().text()
    expect(response.headers.get('Set-Cookie')).toBeNull()
    expect(answer).not.toContain('<')
    expect(JSON.parse(answer)).toMatchObject({ response: [{ status: 200, operationID: text }] })
  })
})

describe('S23: the log', () => {
  test('has no user, attribute, tag, key or token of a request in it', async () => {
    const kept = { userId: 'secret-user', userAttributes: { plan: 'secret-plan' }, eventTags: { x: 'secret-tag' } }
    const body = JSON.stringify(kept)
    const headers = {
      ...HEADERS,
      Authorization: 'Bearer secret-token',
      'X-Request-Id': 'secret-id',
      Cookie: 'secret=1',
    }
    const paths = [
      '/v1/decide',
      '/v1/activate?type=feature&type=experiment',
      '/v1/track?eventKey=secret-event',
      '/v1/lookup',
    ]
    for (const path of paths) await open(path, { method: 'POST', headers, body })
    await guarded('/v1/decide', { method: 'POST', headers, body })
    await guarded('/oauth/token', { method: 'POST', body: new URLSearchParams({ client_secret: 'secret' }) })
    await guarded('/webhooks/optimizely', { method: 'POST', body: '{"project_id":42,"x":"secret"}' })
    const events = [{ type: 'exposure', flagKey: 'broken', ruleKey: null, variationKey: null }]
    await open('/v1/events', {
      method: 'POST',
      headers,
      body: JSON.stringify({ key: 'shop', userId: 'secret-user', events }),
    })
    await open('/?feature=*&userId=secret-user&key=shop&attributes=%7B%22plan%22%3A%22secret-plan%22%7D')
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join('\n')).not.toContain('secret')
  })
})

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Response(text).body?.pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
