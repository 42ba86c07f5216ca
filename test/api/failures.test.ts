import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { operator, startService, startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

let lines: string[]
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
})

const DECISION = '/?feature=delivered&userId=u1&key=shop'

describe('a Worker whose KV is down', () => {
  const down = {
    DATAFILES: {
      getWithMetadata: async () => {
        throw new Error('KV GET failed: 500 Internal Server Error')
      },
      put: async () => {
        throw new Error('KV PUT failed: 429 Too Many Requests')
      },
    },
  }

  test('and that has no datafile at all asks to come back', async () => {
    const response = await startService(down)(DECISION)
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(await told(response)).toMatchObject({ status: 503, body: { error: { code: 'datafile_unavailable' } } })
  })

  test('says so to clients of the Agent in their words', async () => {
    const response = await startService(down)('/v1/config', { headers: { 'X-Optimizely-SDK-Key': 'shop' } })
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1)
  })

  test.each(['GET', 'DELETE'])('answers operators 503: %s', async (method) => {
    const response = await startService(down)('/v1/datafiles/shop', { ...operator(), method })
    expect(await told(response)).toMatchObject({ status: 503, body: { error: { code: 'store_unavailable' } } })
  })

  test('tells of it in /health, and goes on', async () => {
    const ask = startService(down)
    await ask(DECISION)
    expect(await told(await ask('/health', operator()))).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        datafiles: [{ sdkKey: 'shop', revision: null, lastError: 'KV GET failed: 500 Internal Server Error' }],
      },
    })
  })
})

describe('/health', () => {
  test('names revisions to everybody, and SDK keys to the admin token alone', async () => {
    const ask = await startWith(shopDatafile())
    const everybody = await told(await ask('/health'))
    expect(everybody).toMatchObject({
      status: 200,
      body: { status: 'ok', version: '0.1.0', datafiles: [{ revision: '7', lastError: null, origin: 'kv' }] },
    })
    expect(JSON.stringify(everybody.body)).not.toContain('shop')
    expect(await told(await ask('/health', operator()))).toMatchObject({ body: { datafiles: [{ sdkKey: 'shop' }] } })
  })

  test('asks nothing of KV', async () => {
    const getWithMetadata = vi.fn()
    await startService({ DATAFILES: { getWithMetadata, put: vi.fn() } })('/health', operator())
    expect(getWithMetadata).not.toHaveBeenCalled()
  })
})

describe('what nobody thought of', () => {
  const CAUSE = 'a secret in a stack'

  test('is a 500 with a number that the log has, and nothing else', async () => {
    const ask = await startWith(shopDatafile())
    vi.spyOn(JSON, 'stringify').mockImplementationOnce(() => {
      throw new Error(CAUSE)
    })
    const response = await ask(DECISION)
    const text = await response.text()
    expect(response.status).toBe(500)
    const { error } = JSON.parse(text)
    expect(error).toMatchObject({ code: 'internal_error', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(text).not.toContain(CAUSE)
    const logged = lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'internal_error')
    expect(logged).toMatchObject({ requestId: error.requestId, message: expect.stringContaining(CAUSE) })
  })
})

describe('a Worker that is configured wrongly', () => {
  test('says which variables are meant, and no secret', async () => {
    const ask = startService({ DATAFILE_ROUTES: 'maybe', FRESH_SECONDS: '0', ADMIN_TOKEN: 'two words' })
    const { status, body } = await told(await ask(DECISION))
    expect({ status, body }).toMatchObject({
      status: 500,
      body: {
        error: {
          code: 'misconfigured',
          issues: [
            { name: 'ADMIN_TOKEN', expected: 'letters, digits and signs of ASCII, without white space' },
            { name: 'DATAFILE_ROUTES', expected: '"on" or "off"', found: '"maybe"' },
            { name: 'FRESH_SECONDS', expected: 'a whole number from 1 to 300', found: '"0"' },
          ],
        },
      },
    })
    expect(JSON.stringify(body)).not.toContain('two words')
    expect(lines).toHaveLength(1)
  })
})

describe('no answer without a right to it holds', () => {
  test.each(['/', DECISION, '/?feature=*&userId=u1&key=shop', '/health', '/v1/datafiles/shop', '/nowhere'])(
    "audiences, or another user's variation: %s",
    async (path) => {
      const ask = await startWith(shopDatafile())
      expect(await (await ask(path)).text()).not.toMatch(/someone-secret|Pros|custom_attribute|forcedVariations/)
    },
  )
})

describe('hostile values', () => {
  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON'])(
    'are ordinary ones wherever a name may stand: %s',
    async (name) => {
      const ask = await startWith(shopDatafile())
      const known = ['__proto__', 'constructor'].includes(name)
      expect((await ask(`/?feature=${name}&userId=u1&key=shop`)).status).toBe(known ? 200 : 404)
      expect((await ask(`/?feature=off&userId=u1&key=${name}`)).status).toBe(404)
      const attributes = encodeURIComponent(`{"${name}":{"polluted":1}}`)
      const response = await ask(`/?feature=off&userId=${name}&key=shop&attributes=${attributes}`)
      expect(await response.text()).toContain(`"attributes":{"${name}":{"polluted":1}}`)
      expect(({} as { polluted?: number }).polluted).toBeUndefined()
    },
  )

  test.each([
    ['a line break', 'a%0d%0aSet-Cookie:x=1', 'a\r\nSet-Cookie:x=1'],
    ['NUL', 'a%00b', 'a\u0000b'],
    ['a plus, which is a space', 'a+b', 'a b'],
    ['bytes that are no UTF-8', '%ED%A0%80', '\ufffd\ufffd\ufffd'],
    ['an astral character', '%F0%9F%98%80', '😀'],
    ['markup', '%3Cscript%3E', '<script>'],
  ])('come back in the body as they are, and in no header: %s', async (_, written, read) => {
    const ask = await startWith(shopDatafile())
    const response = await ask(`/?feature=off&userId=${written}&key=shop`)
    expect(response.headers.get('Set-Cookie')).toBeNull()
    expect(await response.json()).toMatchObject({ userContext: { userId: read } })
  })
})

test('SDK keys that were made up are asked for once', async () => {
  const getWithMetadata = vi.spyOn(env.DATAFILES, 'getWithMetadata')
  const ask = startService({ DATAFILES: env.DATAFILES })
  const askAll = async () => {
    for (let index = 0; index < 100; index++) await ask(`/?feature=off&userId=u1&key=made-up-${index}`)
  }
  await askAll()
  const reads = getWithMetadata.mock.calls.length
  expect(reads).toBe(200)
  await askAll()
  expect(getWithMetadata).toHaveBeenCalledTimes(reads)
})
