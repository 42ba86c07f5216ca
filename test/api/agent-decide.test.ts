import { beforeAll, describe, expect, test } from 'vitest'
import { type Ask, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const KEY = { 'X-Optimizely-SDK-Key': 'shop' }
let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile())
})

async function decide(query: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return await ask(`/v1/decide${query}`, {
    method: 'POST',
    headers: { ...KEY, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

describe('POST /v1/decide', () => {
  test('answers an object for one key', async () => {
    const response = await decide('?keys=tested', { userId: 'u1', userAttributes: { plan: 'pro' } })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      variationKey: 'bold',
      enabled: true,
      ruleKey: 'ab',
      flagKey: 'tested',
      userContext: { userId: 'u1', attributes: { plan: 'pro' } },
      reasons: [],
      variables: { title: 'Hello <b>', limit: 3 },
      isEveryoneElseVariation: false,
    })
  })

  test('escapes what HTML could take for markup, as Go does', async () => {
    expect(await (await decide('?keys=tested', { userId: 'u1' })).text()).toContain('"Hello \\u003cb\\u003e"')
  })

  test('answers an array for several keys, and for none all flags', async () => {
    expect(await (await decide('?keys=off&keys=delivered', { userId: 'u1' })).json()).toMatchObject([
      { flagKey: 'off', enabled: false, variationKey: '', ruleKey: '' },
      { flagKey: 'delivered', enabled: true },
    ])
    expect(await (await decide('', { userId: 'u1' })).json()).toHaveLength(7)
  })

  test('answers a key that is given twice once', async () => {
    const answers = await (await decide('?keys=tested&keys=off&keys=tested', { userId: 'u1' })).json()
    expect(answers).toMatchObject([{ flagKey: 'tested' }, { flagKey: 'off' }])
  })

  test('answers an array where only on flags are asked for, also an empty one', async () => {
    const decideOptions = ['ENABLED_FLAGS_ONLY']
    expect(await (await decide('?keys=off&keys=targeted', { userId: 'u1', decideOptions })).json()).toEqual([])
    expect(await (await decide('?keys=off', { userId: 'u1', decideOptions })).json()).toMatchObject({ flagKey: 'off' })
  })

  test('knows the rule of everyone else, which is named after its id', async () => {
    const rollout = shopDatafile() as { rollouts: [{ experiments: [object] }] }
    const [rule] = rollout.rollouts[0].experiments
    const everyone = { ...rule, id: 'default-1', key: 'default-1' }
    const named = await startWith(shopDatafile({ rollouts: [{ id: 'r1', experiments: [everyone] }] }))
    const init = { method: 'POST', headers: { ...KEY, 'Content-Type': 'application/json' }, body: '{"userId":"u1"}' }
    expect(await (await named('/v1/decide?keys=delivered', init)).json()).toMatchObject({
      ruleKey: 'default-1',
      isEveryoneElseVariation: true,
    })
  })

  test('ends what it says with a line feed, as Go does', async () => {
    expect(await (await decide('?keys=off', { userId: 'u1' })).text()).toMatch(/}\n$/)
  })

  test('escapes the separators that were line ends in JavaScript', async () => {
    const text = await (await decide('?keys=off', { userId: 'a\u2028b\u2029c & d' })).text()
    expect(text).toContain('"userId":"a\\u2028b\\u2029c \\u0026 d"')
  })

  test('leaves variables out where there are none', async () => {
    expect(await (await decide('?keys=off', { userId: 'u1' })).json()).not.toHaveProperty('variables')
  })

  test('answers a flag that is not there with its reason', async () => {
    expect(await (await decide('?keys=nope', { userId: 'u1' })).json()).toMatchObject({
      flagKey: 'nope',
      enabled: false,
      variationKey: '',
      reasons: ['No flag was found for key "nope".'],
    })
  })

  test('knows the decide options', async () => {
    const decideOptions = ['INCLUDE_REASONS', 'EXCLUDE_VARIABLES', 'ENABLED_FLAGS_ONLY', 'IGNORE_CMAB_CACHE']
    const body = await (await decide('', { userId: 'u1', decideOptions })).json()
    expect(body).toMatchObject([
      {
        flagKey: 'delivered',
        reasons: expect.arrayContaining(['User "u1" meets conditions for targeting rule "Everyone Else".']),
      },
      { flagKey: 'tested' },
      { flagKey: 'broken', enabled: false, reasons: ['Group ID nowhere is not in datafile.'] },
      { flagKey: 'constructor' },
      { flagKey: '__proto__' },
    ])
    expect(JSON.stringify(body)).not.toContain('title')
  })

  test('forces decisions on flags and rules', async () => {
    const onFlag = [{ flagKey: 'tested', variationKey: 'bold' }]
    expect(await (await decide('?keys=tested', { userId: 'u1', forcedDecisions: onFlag })).json()).toMatchObject({
      variationKey: 'bold',
      ruleKey: '',
    })
    const onRule = [{ flagKey: 'targeted', ruleKey: 'pros', variationKey: 'on' }]
    expect(await (await decide('?keys=targeted', { userId: 'u1', forcedDecisions: onRule })).json()).toMatchObject({
      variationKey: 'on',
      ruleKey: 'pros',
    })
  })

  test('gives the request id back, or a new one', async () => {
    const own = await decide('?keys=off', { userId: 'u1' }, { 'X-Request-Id': 'abc-1' })
    expect(own.headers.get('X-Request-Id')).toBe('abc-1')
    expect((await decide('?keys=off', { userId: 'u1' })).headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
    const odd = await decide('?keys=off', { userId: 'u1' }, { 'X-Request-Id': 'a b' })
    expect(odd.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('may be read by pages of other origins, also where it fails', async () => {
    expect((await decide('?keys=off', { userId: 'u1' })).headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect((await decide('?keys=off', {})).headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test.each([
    ['no user', { userAttributes: {} }, 400, 'missing "userId" in request payload'],
    ['null for a user', { userId: null }, 400, 'missing "userId" in request payload'],
    ['a user over 1 KiB', { userId: 'é'.repeat(513) }, 400, '"userId" is longer than 1024 bytes'],
    [
      'more than 100 forced decisions',
      { userId: 'u', forcedDecisions: Array.from({ length: 101 }, () => ({ flagKey: 'off', variationKey: 'on' })) },
      400,
      'too many forced decisions, exceeding 100',
    ],
    ['an empty user', { userId: '' }, 400, 'missing "userId" in request payload'],
    ['a user of another type', { userId: 5 }, 400, 'error parsing request body'],
    ['attributes of another type', { userId: 'u', userAttributes: [] }, 400, 'error parsing request body'],
    ['options of another type', { userId: 'u', decideOptions: 'X' }, 400, 'error parsing request body'],
    ['forced decisions of another type', { userId: 'u', forcedDecisions: [5] }, 400, 'error parsing request body'],
    ['an option that is none', { userId: 'u', decideOptions: ['X<Y'] }, 400, 'invalid option: X\\u003cY'],
    [
      'segments, which are not fetched',
      { userId: 'u', fetchSegments: true },
      500,
      'failed to fetch qualified segments',
    ],
  ])('refuses %s in the words of the Agent', async (_, body, status, text) => {
    const response = await decide('?keys=off', body)
    expect(response.status).toBe(status)
    expect(await response.text()).toBe(`{"error":"${text.replaceAll('"', '\\"').replace('\\\\u', '\\u')}"}\n`)
  })

  test.each([
    ['attributes', { userAttributes: null }],
    ['options', { decideOptions: null }],
    ['forced decisions', { forcedDecisions: null }],
    ['fields of a forced decision', { forcedDecisions: [{ flagKey: 'off', ruleKey: null, variationKey: null }] }],
    ['segments', { fetchSegments: null }],
  ])('takes null for no %s', async (_, fields) => {
    const response = await decide('?keys=off', { userId: 'u1', ...fields })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ userContext: { userId: 'u1', attributes: {} } })
  })

  test.each([
    ['null', 'null', 'missing \\"userId\\" in request payload'],
    ['an array', '[]', 'error parsing request body'],
    ['white space', ' ', 'error parsing request body'],
    ['bytes that are not UTF-8', new Uint8Array([0xff]), 'error parsing request body'],
    [
      'what nests too deep',
      `{"userId":"u","userAttributes":{"a":${'['.repeat(40)}${']'.repeat(40)}}}`,
      'error parsing request body',
    ],
  ])('refuses a body of %s', async (_, body, text) => {
    const headers = { ...KEY, 'Content-Type': 'application/json' }
    const response = await ask('/v1/decide', { method: 'POST', headers, body })
    expect(response.status).toBe(400)
    expect(await response.text()).toBe(`{"error":"${text}"}\n`)
  })

  test('refuses a body that is not JSON, and takes no body for an empty one', async () => {
    const init = { method: 'POST', headers: { ...KEY, 'Content-Type': 'application/json' } }
    const broken = await ask('/v1/decide', { ...init, body: '{' })
    expect(await broken.text()).toBe('{"error":"error parsing request body"}\n')
    expect(broken.status).toBe(400)
    const none = await ask('/v1/decide', { method: 'POST', headers: KEY })
    expect(await none.text()).toBe('{"error":"missing \\"userId\\" in request payload"}\n')
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', ''])('refuses the content type %j', async (type) => {
    expect((await decide('', { userId: 'u1' }, { 'Content-Type': type })).status).toBe(415)
  })

  test('takes JSON with a charset', async () => {
    const type = 'Application/JSON; charset=utf-8'
    expect((await decide('', { userId: 'u1' }, { 'Content-Type': type })).status).toBe(200)
  })

  test('refuses a body that is too large', async () => {
    expect((await decide('', { userId: 'u1', userAttributes: { a: 'x'.repeat(70_000) } })).status).toBe(413)
  })
})
