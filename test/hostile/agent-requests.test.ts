/** What anybody can send to the routes of the Agent, in a Worker that has everything switched on. */
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Ask, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const EVERYTHING = {
  BATCH_LIMIT: '1000',
  NOTIFICATIONS: 'on',
  OVERRIDES: 'on',
  USER_PROFILES: 'durable-object',
}
const HEADERS = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }

let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile({ events: [{ id: 'ev1', key: 'bought', experimentIds: [] }] }), EVERYTHING)
})

let lines: string[] = []
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
  expect(lines.filter((line) => line.includes('internal_error'))).toEqual([])
  expect(Object.keys(Object.prototype)).toEqual([])
})

async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return await ask(path, { method: 'POST', headers: { ...HEADERS, ...headers }, body })
}

/** Each with the fields that it reads. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '/v1/decide': ['userAttributes', 'decideOptions', 'forcedDecisions', 'fetchSegments', 'fetchSegmentsOptions'],
  '/v1/activate': ['userAttributes'],
  '/v1/track': ['userAttributes', 'eventTags'],
  '/v1/override': ['experimentKey', 'variationKey'],
  '/v1/lookup': [],
  '/v1/save': ['experimentBucketMap'],
  '/v1/send-odp-event': ['action', 'type', 'identifiers', 'data'],
  '/v1/batch': ['operations'],
}
const ROUTES = Object.keys(FIELDS)
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON']
const WORDS = [
  ...NAMES,
  ...['tested', 'off', 'broken', 'targeted', 'ab', 'pros', 'bold', 'on', 'bought', 'shop', 'u1', '*', ''],
  ...['INCLUDE_REASONS', 'ENABLED_FLAGS_ONLY', 'RESET_CMAB_CACHE', '$opt_bucketing_id', '$opt_experiment_bucket_map'],
  ...['GET', 'POST', '/v1/decide?keys=tested', '/v1/batch', 'X-Optimizely-SDK-Key', 'variation_id', 'flagKey'],
  ...['variationKey', 'ruleKey', 'method', 'url', 'body', 'params', 'headers', 'operationID', 'e1', 'v2', '\r\nA: b'],
  ...['\u0000', '\ud800', '用户', '</script>', "'; DROP TABLE kept; --", '../../x', '%', 'x'.repeat(2_000)],
]
const word = fc.constantFrom(...WORDS)

/** Any JSON that is made of what routes look for, and of what JavaScript has under such names. */
const { json } = fc.letrec<{ json: unknown; array: unknown; object: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    word,
    fc.constantFrom(null, true, false, 0, -1, 1e308, 0.1),
    tie('array'),
    tie('object'),
  ),
  array: fc.array(tie('json'), { maxLength: 4 }),
  object: fc.array(fc.tuple(word, tie('json')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
}))

const FIELD_NAMES = [...new Set(['userId', ...Object.values(FIELDS).flat(), ...NAMES])]
const bodyOf = (path: string) =>
  fc
    .array(fc.tuple(fc.constantFrom('userId', ...(FIELDS[path] ?? []), ...FIELD_NAMES), json), { maxLength: 6 })
    .map((entries) => Object.fromEntries(entries))

const PARAMETERS = ['keys', 'experimentKey', 'featureKey', 'type', 'enabled', 'disableTracking', 'eventKey', ...NAMES]
const query = fc
  .array(fc.tuple(fc.constantFrom(...PARAMETERS), word), { maxLength: 6 })
  .map((entries) => new URLSearchParams(entries).toString())

/** What these routes may say of a request, whatever it is. */
const STATUSES = [200, 400, 413, 422, 500]

describe('S10: a body of anything', () => {
  test.each(ROUTES)('is answered by %s with what it promises, or refused in the Agent’s words', async (path) => {
    const answered = fc.asyncProperty(query, fc.oneof(bodyOf(path), json), async (search, body) => {
      const response = await post(`${path}?${search}`, JSON.stringify(body))
      const text = await response.text()
      expect(STATUSES).toContain(response.status)
      if (response.status === 200) return
      const { error } = JSON.parse(text)
      expect([typeof error, text.endsWith('\n')]).toEqual(['string', true])
      // The only failures that are not the caller's are told of by name.
      if (response.status === 500) expect(error).toMatch(/^(?:ODP |failed to fetch qualified segments$)/)
    })
    await fc.assert(answered, { seed: 20_261_201, numRuns: 150 })
  })

  test.each(ROUTES)('that is nested 33 deep is refused by %s, and one that is 32 deep is read', async (path) => {
    const nested = (depth: number) => `{"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)},"userId":"u1"}`
    expect((await post(path, nested(33))).status).toBe(400)
    expect(await (await post(path, nested(33))).text()).toMatch(/error parsing request body|cannot decode/)
    expect(await (await post(path, nested(32))).text()).not.toMatch(/error parsing request body|cannot decode/)
  })

  test.each(ROUTES)('that is too long is refused by %s, whatever it says of its length', async (path) => {
    const limit = path === '/v1/batch' ? 1_048_576 : 65_536
    const bytes = new TextEncoder().encode(`{"userId":"u1"}${' '.repeat(limit)}`)
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 8_192) controller.enqueue(bytes.slice(at, at + 8_192))
        controller.close()
      },
    })
    const declared = await post(path, `{"userId":"u1"}${' '.repeat(limit)}`)
    const undeclared = await ask(path, { method: 'POST', headers: HEADERS, body: stream })
    expect([declared.status, undeclared.status]).toEqual([413, 413])
  })

  test.each(ROUTES)('that is not UTF-8 is refused by %s', async (path) => {
    const body = new Uint8Array([...new TextEncoder().encode('{"userId":"'), 0xff, 0xfe, 0x22, 0x7d])
    expect((await ask(path, { method: 'POST', headers: HEADERS, body })).status).toBe(400)
  })
})

/** Our own, with the fields that they read. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  '/': ['feature', 'key', 'userId', 'attributes', 'reasons', 'disableTracking'],
  '/ofrep/v1/evaluate/flags': ['context', 'targetingKey'],
  '/ofrep/v1/evaluate/flags/tested': ['context', 'targetingKey'],
  '/v1/events': ['key', 'userId', 'attributes', 'events', 'type', 'eventKey', 'tags', 'uuid', 'ageMs'],
}

describe('S10: a body of anything, on our own routes', () => {
  test.each(Object.entries(OWN))('is answered by %s with what it promises, or refused', async (path, names) => {
    const fields = fc.array(fc.tuple(fc.constantFrom(...names, ...NAMES), json), { maxLength: 6 }).map((entries) => ({
      key: 'shop',
      userId: 'u1',
      context: { targetingKey: 'u1' },
      ...Object.fromEntries(entries),
    }))
    const answered = fc.asyncProperty(fc.oneof(fields, json), async (body) => {
      const response = await post(path, JSON.stringify(body), { 'X-API-Key': 'shop' })
      expect([200, 202, 400, 404, 413, 422]).toContain(response.status)
      await response.json()
    })
    await fc.assert(answered, { seed: 20_261_201, numRuns: 200 })
  })

  test.each(WORDS.filter((key) => key.length < 1_000))('a flag called %j is one, or none', async (key) => {
    const path = `/ofrep/v1/evaluate/flags/${encodeURIComponent(key.toWellFormed())}`
    const response = await post(path, '{"context":{"targetingKey":"u1"}}', { 'X-API-Key': 'shop' })
    expect(response.status).toBe(key === 'broken' ? 500 : FLAGS.has(key) || key === '' ? 200 : 404)
  })
})

/** Without a key in the path all flags are asked for. */
const FLAGS = new Set(['tested', 'off', 'targeted', 'constructor', '__proto__'])

describe('S12: what is given twice', () => {
  test('in the query counts once or first, and in the body last, as JSON has it', async () => {
    const twice = '{"userId":"first","userId":"second","userAttributes":{"plan":"free","plan":"pro"}}'
    const decided = await post('/v1/decide?keys=targeted&keys=targeted&userId=third', twice)
    expect(await decided.json()).toMatchObject([
      { ruleKey: 'pros', userContext: { userId: 'second', attributes: { plan: 'pro' } } },
    ])
    const tracked = await post('/v1/track?eventKey=bought&eventKey=nope', '{"userId":"u1"}')
    expect(await tracked.json()).toEqual({ userId: 'u1', eventKey: 'bought' })
    const activated = await post('/v1/activate?featureKey=off&featureKey=off&enabled=false&enabled=true', twice)
    expect(await activated.json()).toMatchObject([{ featureKey: 'off' }])
  })

  test.each([
    'shop:',
    ':shop',
    'shop:a:b',
    'shop:é',
    '__proto__',
    'constructor',
    '../shop',
    'shop%00',
    'x'.repeat(65),
    'SHOP',
  ])('an SDK key like %j is unknown', async (key) => {
    const response = await post('/v1/decide', '{"userId":"u1"}', { 'X-Optimizely-SDK-Key': key })
    expect(response.status).toBe(403)
  })

  test('two SDK keys in two headers are none', async () => {
    const headers = new Headers(HEADERS)
    headers.append('X-Optimizely-SDK-Key', 'shop')
    expect((await ask('/v1/decide', { method: 'POST', headers, body: '{"userId":"u1"}' })).status).toBe(403)
  })
})

async function batched(operations: readonly unknown[]): Promise<readonly { status: number; body: unknown }[]> {
  const response = await post('/v1/batch', JSON.stringify({ operations }))
  expect(response.status).toBe(200)
  const { response: answers, errorCount } = await response.json<{
    response: { status: number; body: unknown }[]
    errorCount: number
  }>()
  expect(errorCount).toBe(answers.filter(({ status }) => status !== 200).length)
  return answers
}

const DECIDE = { method: 'POST', url: '/v1/decide?keys=tested', headers: HEADERS, body: { userId: 'u1' } }

describe('a batch', () => {
  test('of 1,000 operations is answered where that many may be, and one of 1,001 is not', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({ ...DECIDE, operationID: String(index) }))
    const answers = await batched(many)
    expect(answers.length).toBe(1_000)
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const more = await post('/v1/batch', JSON.stringify({ operations: [...many, DECIDE] }))
    expect([more.status, await more.text()]).toEqual([
      422,
      '{"error": "too many operations, exceeding 1000 operations"}\n',
    ])
  })

  test.each([
    '/v1/batch',
    '/v1/BATCH',
    '/x/y/batch?z=1#w',
    'https://elsewhere.example/v1/batch',
    '//elsewhere.example/v1/batch',
    '\\\\elsewhere.example\\v1\\batch',
    '/v1/./batch',
    '/v1/x/../batch',
    'batch',
  ])('holds no batch, not at %j either', async (url) => {
    const inner = { ...DECIDE, url, body: { operations: [DECIDE] } }
    expect(await batched([inner])).toMatchObject([{ status: 400, body: { error: 'a batch cannot hold a batch' } }])
  })

  test.each(['/v1/%62atch', '/v1/batch/', '/v1/batch%2f', '/v1/batch;x'])(
    '%j is no batch, and no route',
    async (url) => {
      expect(await batched([{ ...DECIDE, url, body: { operations: [DECIDE] } }])).toMatchObject([{ status: 404 }])
    },
  )

  test.each(['CONNECT', 'TRACK', 'PRI', '__proto__', 'GET /', 'POST\r\nX: y', 'ＰＯＳＴ', ' POST', 'P O', '\u0000'])(
    'has no method %j',
    async (method) => {
      expect(await batched([{ ...DECIDE, method }, DECIDE])).toMatchObject([
        { status: 400, body: { error: 'the operation is not a request' } },
        { status: 200 },
      ])
    },
  )

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET', 'HEAD', 'TRACE', 'MKCOL', ''])(
    'does not decide with the method %j',
    async (method) => {
      expect(await batched([{ ...DECIDE, method }])).toMatchObject([
        { status: 405, body: { error: 'method not allowed' } },
      ])
    },
  )

  test('takes line feeds in parameters for what they are, and refuses them in headers', async () => {
    const value = 'tested\r\nSet-Cookie: a=1\r\n\r\n<script>'
    const answers = await batched([
      { ...DECIDE, url: '/v1/decide', params: { keys: value } },
      { ...DECIDE, headers: { ...HEADERS, 'X-Other': value } },
      { ...DECIDE, headers: { ...HEADERS, [value]: 'x' } },
      { ...DECIDE, headers: { ...HEADERS, 'X-Request-Id': 'r1\u00e9' } },
    ])
    expect(answers).toMatchObject([
      { status: 200, body: { flagKey: value } },
      { status: 400, body: { error: 'the operation is not a request' } },
      { status: 400, body: { error: 'the operation is not a request' } },
      { status: 200, requestID: expect.stringMatching(/^[\da-f-]{36}$/) },
    ])
  })

  test.each(NAMES)('has parameters, headers and fields called %s', async (name) => {
    const own = (value: unknown) => Object.fromEntries([[name, value]])
    const answers = await batched([
      { ...DECIDE, url: '/v1/decide', params: { keys: name, ...own('x') }, headers: { ...HEADERS, ...own('x') } },
      { ...DECIDE, ...own({ method: 'DELETE' }), body: { userId: 'u1', ...own({ userId: 'u2' }) } },
      own('x'),
    ])
    expect(answers).toMatchObject([
      { status: 200, body: { flagKey: name } },
      { status: 200, body: { userContext: { userId: 'u1' } } },
      { status: expect.any(Number) },
    ])
  })

  test('reaches nothing but the Agent’s routes, with whatever headers', async () => {
    const headers = { ...HEADERS, Authorization: 'Bearer token-of-the-tests', Host: 'shop.example', Cookie: 'a=1' }
    const urls = ['/v1/datafiles/shop', '/health', '/', '/oauth/token', '/v1/notifications/event-stream', '/v1/page']
    const operations = urls.flatMap((url) =>
      ['GET', 'PUT', 'DELETE', 'POST'].map((method) => ({ method, url, headers })),
    )
    const answers = await batched(operations)
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([404])
  })
})

describe('the event stream', () => {
  const anywhere = { headers: HEADERS }
  test.each([
    ['empty', 'filter='],
    ['no type', 'filter=nope'],
    ['NUL', 'filter=%00'],
    ['inherited', 'filter=__proto__,constructor'],
    ['no UTF-8', 'filter=%F0%28%8C%28'],
    ['more than a line', 'filter=decision%0d%0aX:y'],
    ['markup', 'filter=project_config_update&raw=<script>'],
    ['long', `filter=${'decision,'.repeat(1_500)}`],
    ['given a thousand times', `${'filter=track&'.repeat(1_000)}raw`],
  ])('opens for a filter that is %s, and passes nothing of it on', async (_, search) => {
    const response = await ask(`/v1/notifications/event-stream?${search}`, anywhere)
    expect([response.status, response.headers.get('X-Y'), response.headers.get('X')]).toEqual([200, null, null])
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe(search.includes('raw') ? '\n' : ':\n\n')
    await reader?.cancel()
  })

  test('is told of a user who looks like an event in one line of JSON', async () => {
    const response = await ask('/v1/notifications/event-stream?filter=decision', anywhere)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const userId = 'u1\n\ndata: {"Type":"forged"}\n\n\r\u2028\u2029'
    await post('/v1/decide?keys=off', JSON.stringify({ userId }))
    let text = ''
    while (!text.includes('"ID"')) text += (await reader?.read())?.value ?? ''
    await reader?.cancel()
    const told = text.split('\n').filter((line) => line.startsWith('data: '))
    expect(told.map((line) => JSON.parse(line.slice(6)).UserContext.ID)).toEqual([userId])
  })
})
