/** What reaches the origin, by a Worker that is nothing but a proxy. */
import { afterAll, describe, expect, it } from 'vitest'
import { bundleOf } from '../faults/bundle.ts'
import { type Sending, VISITED_HOST } from './client.ts'
import { startSite } from './worker.ts'

const { ask, origin } = await startSite(afterAll, { code: await bundleOf('test/support/origin-worker.ts') })

interface Echo {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

async function echo(sending?: Sending, path = '/echo'): Promise<Echo> {
  return JSON.parse((await ask(path, sending)).text)
}

describe('the origin gets', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'PURGE'])(
    'the method %s',
    async (method) => {
      expect(await echo({ method })).toMatchObject({ method })
    },
  )

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET'])('the body of a %s, with its length', async (method) => {
    const { body, headers } = await echo({ method, body: 'a=1&b=\xff', headers: { 'content-length': '8' } })
    expect(body).toBe(Buffer.from('a=1&b=\xff').toString('latin1'))
    expect(headers['content-length']).toBe('8')
  })

  it('a body of no stated length in chunks', async () => {
    const { body, headers } = await echo({ method: 'POST', body: 'hello', headers: { 'transfer-encoding': 'chunked' } })
    expect(body).toBe('hello')
    expect(headers).toMatchObject({ 'transfer-encoding': 'chunked' })
  })

  it('a large body, whole', async () => {
    const body = 'x'.repeat(5_000_000)
    await ask('/echo', { method: 'POST', body })
    expect(origin.requests.at(-1)?.body.length).toBe(body.length)
  })

  it('every header of the request as it was', async () => {
    const headers = {
      accept: 'text/html, */*;q=0.8',
      'accept-encoding': 'zstd, deflate',
      'accept-language': 'de-CH, de;q=0.9',
      authorization: 'Bearer x',
      'cache-control': 'no-cache',
      'content-type': 'application/x-www-form-urlencoded',
      cookie: 'a=1; b="2"; a=3',
      'if-modified-since': 'Tue, 03 Nov 2026 10:00:00 GMT',
      'if-none-match': 'W/"a", "b"',
      origin: 'https://shop.example',
      range: 'bytes=0-9',
      referer: 'https://shop.example/from',
      'sec-fetch-mode': 'navigate',
      'user-agent': 'Mozilla/5.0',
      'x-custom': 'c',
      'x-latin': 'gr\xfcn',
      'x-utf-8': 'gr\xc3\xbcn',
      'x-forwarded-for': '203.0.113.7',
    }
    expect((await echo({ headers })).headers).toMatchObject(headers)
  })

  it('its own name as the host, and the one that was visited beside it', async () => {
    expect((await echo({ headers: { 'x-test-proto': 'https' } })).headers).toMatchObject({
      host: origin.host,
      'x-forwarded-host': VISITED_HOST,
      'x-forwarded-proto': 'https',
    })
  })

  it.each(['forwarded', 'x-forwarded-port', 'x-forwarded-prefix', 'x-forwarded-server'])(
    'nothing of what the visitor says in %s',
    async (name) => {
      expect((await echo({ headers: { [name]: 'evil' } })).headers).not.toHaveProperty(name)
    },
  )

  it('the visited host and scheme, whatever the visitor says that they are', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' }
    expect((await echo({ headers })).headers).toMatchObject({
      'x-forwarded-host': VISITED_HOST,
      'x-forwarded-proto': 'http',
    })
  })

  it.each([
    '/',
    '/?',
    '/a?b=c&b=d&e',
    '/a%20b/%C3%BC?q=%zz&u=https://evil.example/',
    '/a//b',
    '//evil.example/x',
    '///evil.example',
    '/@evil.example/',
    '/..%2f..%2fetc',
    '/index.html;v=1',
    '/a:8080/b',
  ])('the path and query %s, at no other host', async (path) => {
    await ask(path)
    expect(origin.requests.at(-1)?.target).toBe(path)
  })

  it('one request for each', async () => {
    await ask('/only-once')
    expect(origin.requestsTo('/only-once')).toHaveLength(1)
  })
})

describe('of an answer that may be edited, the encodings asked for', () => {
  const options = { 'x-test-options': JSON.stringify({ encodings: 'readable' }) }

  it.each([
    ['gzip, deflate, br, zstd', 'gzip, br'],
    ['gzip', 'gzip'],
    ['br;q=1.0, gzip;q=0.8, *;q=0.1', 'br;q=1.0, gzip;q=0.8'],
    ['zstd, GZIP', 'GZIP'],
    ['gzip;q=0', 'gzip;q=0'],
    ['deflate, zstd', 'identity'],
    ['identity', 'identity'],
    ['x-gzip, brotli', 'identity'],
    ['*', 'identity'],
    ['', 'identity'],
  ])('for %j are %j', async (accepted, asked) => {
    const { headers } = await echo({ headers: { ...options, 'accept-encoding': accepted } })
    expect(headers['accept-encoding']).toBe(asked)
  })

  it('are none where the visitor names none', async () => {
    expect((await echo({ headers: options })).headers['accept-encoding']).toBe('identity')
  })
})

describe('conditions given in place of the visitor’s', () => {
  const sent = { 'if-none-match': '"kept"', 'if-modified-since': 'Tue, 03 Nov 2026 10:00:00 GMT' }

  async function conditions(given: object): Promise<object> {
    const { headers } = await echo({ headers: { ...sent, 'x-test-options': JSON.stringify({ conditions: given }) } })
    return { match: headers['if-none-match'], since: headers['if-modified-since'] }
  }

  it('are none where none are given', async () => {
    expect(await conditions({ ifNoneMatch: null, ifModifiedSince: null })).toEqual({})
  })

  it('are the tags that are given', async () => {
    expect(await conditions({ ifNoneMatch: '"a", W/"b"', ifModifiedSince: null })).toEqual({ match: '"a", W/"b"' })
  })

  it('are the date that is given', async () => {
    const ifModifiedSince = 'Wed, 04 Nov 2026 10:00:00 GMT'
    expect(await conditions({ ifNoneMatch: null, ifModifiedSince })).toEqual({ since: ifModifiedSince })
  })
})
