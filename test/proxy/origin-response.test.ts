/** What comes back from the origin, by a Worker that is nothing but a proxy. */
import { afterAll, describe, expect, it } from 'vitest'
import { bundleOf } from '../faults/bundle.ts'
import { told, VISITED_HOST } from './client.ts'
import { COOKIES } from './scenarios.ts'
import { startSite } from './worker.ts'

const { ask, askOrigin, origin } = await startSite(afterAll, { code: await bundleOf('test/support/origin-worker.ts') })

/** All that can come at the end of a request: the others are informational, or no status of HTTP. */
const STATUSES = Array.from({ length: 400 }, (_, index) => 200 + index)

describe('an answer comes back as the origin gave it', () => {
  it.each(STATUSES)('under the status %i', async (status) => {
    expect(told(await ask(`/status/${status}`))).toEqual(told(await askOrigin(`/status/${status}`)))
  })

  it.each([
    '/page.html',
    '/cookies',
    '/maintenance',
    '/etag',
    '/last-modified',
    '/big-headers',
    '/early-hints',
    '/encoded/gzip',
    '/encoded/br',
    '/encoded/deflate',
    '/encoded/zstd',
    '/encoded/gzip,br',
    '/encoded/identity',
    '/truncated/gzip',
    '/mislabelled/gzip',
    '/http10',
    '/charset/windows-1252',
    '/charset/shift_jis',
    '/charset/utf-16',
    '/charset/bogus',
    '/type/application/json',
    '/type/TEXT/HTML',
    '/type/',
  ])('from %s', async (path) => {
    expect(told(await ask(path))).toEqual(told(await askOrigin(path)))
  })

  it.each([
    ['HEAD', '/page.html', {}],
    ['HEAD', '/encoded/gzip', {}],
    ['GET', '/etag', { 'if-none-match': '"v1"' }],
    ['GET', '/etag', { 'if-none-match': '"v0"' }],
    ['GET', '/last-modified', { 'if-modified-since': 'Tue, 03 Nov 2026 10:00:00 GMT' }],
    ['GET', '/page.html', { range: 'bytes=100-199' }],
    ['GET', '/negotiated', { 'accept-encoding': 'zstd' }],
    ['GET', '/negotiated', { 'accept-encoding': 'br, gzip' }],
    ['GET', '/negotiated', {}],
    ['OPTIONS', '/page.html', { origin: 'https://shop.example', 'access-control-request-method': 'PUT' }],
  ])('to a %s of %s with %j', async (method, path, headers) => {
    expect(told(await ask(path, { method, headers }))).toEqual(told(await askOrigin(path, { method, headers })))
  })

  it('to whoever follows redirects, and is the redirect', async () => {
    const answer = await ask('/redirect/302?to=https://evil.example/', { headers: { 'x-test-follow': '1' } })
    expect([answer.status, answer.header('location')]).toEqual([302, 'https://evil.example/'])
  })

  it('with every cookie of it, in order', async () => {
    expect((await ask('/cookies')).all('set-cookie')).toEqual(COOKIES)
  })
})

describe('places that name the origin’s host are those of the visited one', () => {
  const host = origin.host
  origin.on('/places', (request, response) => {
    const asked = new URL(request.url ?? '', 'http://origin').searchParams
    response.writeHead(302, { [asked.get('name') ?? '']: asked.get('value') ?? '' }).end()
  })

  async function place(name: string, value: string, proto = 'https'): Promise<string | null> {
    const path = `/places?${new URLSearchParams({ name, value })}`
    return (await ask(path, { headers: { 'x-test-proto': proto } })).header(name)
  }

  it.each([
    [`http://${host}/cart?a=1#b`, `https://${VISITED_HOST}/cart?a=1#b`],
    [`http://${host}`, `https://${VISITED_HOST}`],
    [`https://${host}/`, `https://${VISITED_HOST}/`],
    [`HTTP://${host}/`, `https://${VISITED_HOST}/`],
    [`//${host}/cart`, `//${VISITED_HOST}/cart`],
    [`http://${host}?next=http://${host}/`, `https://${VISITED_HOST}?next=http://${host}/`],
    ['/cart', '/cart'],
    ['cart?x=%C3%BC', 'cart?x=%C3%BC'],
    [`/login?next=http://${host}/`, `/login?next=http://${host}/`],
    ['https://other.example/', 'https://other.example/'],
    [`http://${host}.evil.example/`, `http://${host}.evil.example/`],
    [`http://${host}0/`, `http://${host}0/`],
    [`http://user@${host}/`, `http://user@${host}/`],
    ['http://127.0.0.1/', 'http://127.0.0.1/'],
    ['http://127x0y0z1/', 'http://127x0y0z1/'],
  ])('Location: %s', async (value, mapped) => {
    expect(await place('location', value)).toBe(mapped)
  })

  it('Location, under the scheme of the visit', async () => {
    expect(await place('location', `http://${host}/`, 'http')).toBe(`http://${VISITED_HOST}/`)
  })

  it('Content-Location', async () => {
    expect(await place('content-location', `http://${host}/a`)).toBe(`https://${VISITED_HOST}/a`)
  })

  it.each([
    [`5; url=http://${host}/a`, `5; url=https://${VISITED_HOST}/a`],
    [`0;URL='http://${host}'`, `0;URL='https://${VISITED_HOST}'`],
    ['5', '5'],
    ['5; url=/a', '5; url=/a'],
  ])('Refresh: %s', async (value, mapped) => {
    expect(await place('refresh', value)).toBe(mapped)
  })
})

describe('cookies that name the origin’s host', () => {
  it('are the visited one’s, in their places, and all others byte for byte what they were', async () => {
    origin.on('/domains', (_, response) => {
      response
        .writeHead(200, {
          'set-cookie': [
            'a=1; Domain=127.0.0.1; Path=/; Secure',
            'b=2; Path=/;HttpOnly',
            'c=3;DOMAIN = .127.0.0.1;path=/',
            'd=4; Domain=other.example',
            'e=5; Domain=shop.example',
            'f=domain=127.0.0.1; Path=/',
          ],
        })
        .end()
    })
    expect((await ask('/domains')).all('set-cookie')).toEqual([
      'a=1; Domain=shop.example; Path=/; Secure',
      'b=2; Path=/;HttpOnly',
      'c=3;DOMAIN = .shop.example;path=/',
      'd=4; Domain=other.example',
      'e=5; Domain=shop.example',
      'f=domain=127.0.0.1; Path=/',
    ])
  })

  it.each([204, 205, 304, 404])('are so under the status %i too', async (status) => {
    origin.on(`/domains/${status}`, (_, response) => {
      response.writeHead(status, { 'set-cookie': 'a=1; Domain=127.0.0.1' }).end()
    })
    const answer = await ask(`/domains/${status}`)
    expect(answer).toMatchObject({ status, complete: true })
    expect(answer.header('set-cookie')).toBe('a=1; Domain=shop.example')
  })

  it('leave the length and the encoding of the body as they were', async () => {
    origin.on('/domains/head', (_, response) => {
      response.writeHead(200, {
        'content-length': 500,
        'content-encoding': 'gzip',
        'set-cookie': 'a=1; Domain=127.0.0.1',
      })
      response.end('not gzip at all '.repeat(40).slice(0, 500))
    })
    expect(await ask('/domains/head')).toMatchObject({ status: 200, complete: true, body: { length: 500 } })
    expect((await ask('/domains/head', { method: 'HEAD' })).header('content-length')).toBe('500')
  })
})

describe('bytes in headers that are not ASCII', () => {
  const head = (place: string) =>
    `HTTP/1.1 302 Found\r\nLocation: ${place}\r\nX-Latin: gr\xfcn\r\nContent-Length: 0\r\nConnection: close\r\n`

  it.each([
    ['UTF-8', '\xc3\xbc', `http://${VISITED_HOST}`, 'shop.example'],
    ['Latin-1, which keeps what names the origin as well', '\xfc', `http://${origin.host}`, '127.0.0.1'],
  ])('are what they were: %s', async (charset, letter, site, domain) => {
    const path = `/bytes/${charset.length}`
    origin.on(path, (_, { socket }) => {
      const cookies = `Set-Cookie: a=${letter}; Domain=127.0.0.1\r\nSet-Cookie: b=${letter}\r\n`
      socket?.end(Buffer.from(`${head(`http://${origin.host}/${letter}`)}${cookies}\r\n`, 'latin1'))
    })
    const answer = await ask(path)
    expect([answer.header('location'), answer.header('x-latin')]).toEqual([`${site}/${letter}`, 'gr\xfcn'])
    expect(answer.all('set-cookie')).toEqual([`a=${letter}; Domain=${domain}`, `b=${letter}`])
  })
})
