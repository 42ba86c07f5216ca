import { beforeAll, describe, expect, test } from 'vitest'
import { type Ask, startService, startWith, upload } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const PATH = '/?feature=delivered&userId=u1&key=shop'
let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile())
})

describe('a decision may be kept', () => {
  test('by the browser that asked, which has to ask again', async () => {
    const { headers } = await ask(PATH)
    expect(headers.get('Cache-Control')).toBe('private, no-cache')
    expect(headers.get('ETag')).toMatch(/^W\/"\d+--?\d+\.-?\d+"$/)
  })

  test.each([
    ['the same tag', (etag: string) => etag],
    ['the tag without its mark of weakness', (etag: string) => etag.slice(2)],
    ['a list with the tag in it', (etag: string) => `"x", ${etag} , "y"`],
    ['whatever there is', () => '*'],
  ])('and is 304 for %s', async (_, ifNoneMatch) => {
    const etag = (await ask(PATH)).headers.get('ETag') ?? ''
    const response = await ask(PATH, { headers: { 'If-None-Match': ifNoneMatch(etag) } })
    expect(response.status).toBe(304)
    expect(await response.text()).toBe('')
    expect(response.headers.get('ETag')).toBe(etag)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Cache-Control')).toBe('private, no-cache')
  })

  test('and is sent whole for another tag', async () => {
    expect((await ask(PATH, { headers: { 'If-None-Match': 'W/"other"' } })).status).toBe(200)
  })

  test('under one tag for one decision, and another for another user, flag or revision', async () => {
    const tag = async (path: string) => (await ask(path)).headers.get('ETag')
    const first = await tag(PATH)
    expect(await tag(PATH)).toBe(first)
    expect(await tag(PATH.replace('u1', 'u2'))).not.toBe(first)
    expect(await tag(PATH.replace('delivered', 'tested'))).not.toBe(first)
    await upload(ask, 'shop', shopDatafile({ revision: '8' }))
    expect(await tag(PATH)).not.toBe(first)
  })

  test('and an error is not', async () => {
    expect((await ask('/?feature=nope&userId=u1&key=shop')).headers.get('Cache-Control')).toBe('no-store')
  })
})

describe('HEAD', () => {
  test('has the headers of GET and no body', async () => {
    const head = await ask(PATH, { method: 'HEAD' })
    const get = await ask(PATH)
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect(head.headers.get('ETag')).toBe(get.headers.get('ETag'))
    expect(head.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
  })

  test.each([
    ['/?feature=nope&userId=u1&key=shop', 404],
    ['/', 400],
    ['/health', 200],
    ['/nowhere', 404],
    ['/v1/config', 400],
  ])('%s is %i without a body', async (path, status) => {
    const response = await ask(path, { method: 'HEAD' })
    expect(response.status).toBe(status)
    expect(await response.text()).toBe('')
  })
})

describe('Server-Timing', () => {
  test('says that the datafile came from KV, and then from memory', async () => {
    const isolate = startService()
    expect((await isolate(PATH)).headers.get('Server-Timing')).toMatch(/^datafile;desc="kv";dur=\d+, age;dur=\d+$/)
    expect((await isolate(PATH)).headers.get('Server-Timing')).toMatch(/^datafile;desc="memory";dur=0, age;dur=\d+$/)
  })
})

describe('other origins', () => {
  test('may read decisions and errors by default, and the headers that a client needs', async () => {
    const decided = (await ask(PATH, { headers: { Origin: 'https://anywhere.example' } })).headers
    expect(decided.get('Access-Control-Allow-Origin')).toBe('*')
    expect(decided.get('Access-Control-Expose-Headers')).toBe('ETag, Retry-After, Server-Timing, X-Request-Id')
    expect(decided.get('Access-Control-Allow-Credentials')).toBeNull()
    expect((await ask('/')).headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test.each([
    ['one that is listed', 'https://shop.example', 'https://shop.example'],
    ['another that is listed', 'http://localhost:3000', 'http://localhost:3000'],
    ['one that is not', 'https://evil.example', null],
    ['one that only begins like it', 'https://shop.example.evil.example', null],
    ['another port', 'https://shop.example:444', null],
    ['no origin, as a file has', 'null', null],
  ])('are told apart where they are listed: %s', async (_, origin, allowed) => {
    const listed = startService({ ALLOWED_ORIGINS: 'https://shop.example, http://localhost:3000' })
    const { headers } = await listed(PATH, { headers: { Origin: origin } })
    expect(headers.get('Access-Control-Allow-Origin')).toBe(allowed)
    expect(headers.get('Vary')).toBe('Origin')
  })

  test('are told apart in errors and in 304 too', async () => {
    const listed = startService({ ALLOWED_ORIGINS: 'https://shop.example' })
    const etag = (await listed(PATH)).headers.get('ETag') ?? ''
    const unchanged = await listed(PATH, { headers: { Origin: 'https://shop.example', 'If-None-Match': etag } })
    expect(unchanged.status).toBe(304)
    expect(unchanged.headers.get('Access-Control-Allow-Origin')).toBe('https://shop.example')
    expect(unchanged.headers.get('Vary')).toBe('Origin')
    expect((await listed('/', { headers: { Origin: 'https://evil.example' } })).headers.get('Vary')).toBe('Origin')
  })

  test('may ask first, and need not ask again for a day', async () => {
    const response = await ask('/', { method: 'OPTIONS', headers: preflightOf('https://anywhere.example') })
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Allow-Methods')).toBe('GET, HEAD, POST, OPTIONS')
    expect(response.headers.get('Access-Control-Allow-Headers')).toContain('Content-Type')
    expect(response.headers.get('Access-Control-Max-Age')).toBe('86400')
  })

  test('get no permission where they are not listed', async () => {
    const listed = startService({ ALLOWED_ORIGINS: 'https://shop.example' })
    const response = await listed('/', { method: 'OPTIONS', headers: preflightOf('https://evil.example') })
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(response.headers.get('Access-Control-Allow-Methods')).toBeNull()
  })

  test.each(['/v1/config', '/v1/datafile', '/v1/datafiles/shop', '/health'])('have no business at %s', async (path) => {
    const response = await ask(path, { method: 'OPTIONS', headers: preflightOf('https://anywhere.example') })
    expect(response.status).toBe(405)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
  })
})

function preflightOf(origin: string): Record<string, string> {
  return { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' }
}

test.each(['/nowhere', '/v1', '/v1/datafiles', '/v1/datafiles/a/b', '//', '/..%2f', '/index.html'])(
  'there is nothing at %s',
  async (path) => {
    const response = await ask(path)
    expect(response.status).toBe(404)
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toEqual({
      error: {
        code: 'not_found',
        message:
          'There is nothing at this path. A decision is at GET /?feature=checkout&userId=user-1&key=YOUR_SDK_KEY',
      },
    })
  },
)

test.each([
  '/?feature=off&userId=u1&key=shop',
  '/',
  '/?feature=nope&userId=u1&key=shop',
  '/health',
  '/nowhere',
  '/v1/config',
  '/v1/datafiles/shop',
])('every answer says what it is, and may not be taken for anything else: %s', async (path) => {
  const { headers } = await ask(path)
  expect(headers.get('Content-Type')).toBe('application/json; charset=utf-8')
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(headers.get('Location')).toBeNull()
})
