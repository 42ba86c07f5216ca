/** What the Worker does as a proxy, on pages with an experiment and on all others. Rows of the list of known faults. */
import { once } from 'node:events'
import { afterAll, describe, expect, it } from 'vitest'
import { told } from './client.ts'
import { edited, PLAIN_HOST, RETURNING, startExperiment, USER_AGENT, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'
import { COOKIES, encodedPage } from './scenarios.ts'

const site = await startExperiment(afterAll)
const { visit, visitPlain, ask, askOrigin, origin, workerd } = site

/** As many as HTTP has after the informational ones, without the one that row 2 is about. */
const STATUSES = Array.from({ length: 400 }, (_, index) => 200 + index).filter((status) => status !== 304)

describe('row 1: several cookies of the origin', () => {
  it('stay as they are on a page with an experiment, and ours comes after them', async () => {
    const cookies = (await visit('/cookies')).all('set-cookie')
    expect(cookies.slice(0, -1)).toEqual(COOKIES)
    expect(cookies.at(-1)).toMatch(/^turnout_visitor=/)
  })

  it('stay as they are where ours is known already', async () => {
    expect((await visit('/cookies', RETURNING)).all('set-cookie')).toEqual(COOKIES)
  })

  it('stay as they are on any other page', async () => {
    expect((await visitPlain('/cookies')).all('set-cookie')).toEqual(COOKIES)
  })
})

describe('row 3: one request of a visitor is one of the origin', () => {
  it.each([
    '/type/application/json',
    '/type/image/png',
    '/type/text/css',
    '/type/application/xhtml+xml',
    '/type/',
    '/once.html',
    '/status/404',
    '/redirect/302',
    '/mislabelled/gzip',
    '/truncated/gzip',
    '/encoded/zstd',
    '/charset/utf-16',
    '/reset',
  ])('for %s', async (path) => {
    await visit(path, RETURNING)
    expect(origin.requestsTo(path)).toHaveLength(1)
  })
})

describe('row 4: the origin’s status', () => {
  it.each(STATUSES.slice(1))('%i is kept, with all that comes with it', async (status) => {
    const path = `/status/${status}`
    expect(told(await visit(path, RETURNING))).toEqual(told(await askOrigin(path)))
  })

  it('200 is kept on an edited page', async () => {
    expect(await visit('/page.html', RETURNING)).toMatchObject({ status: 200, complete: true })
  })

  it('is kept where a part of a page is asked for, which is never edited', async () => {
    const headers = { range: 'bytes=0-299' }
    expect(told(await visit('/page.html', { ...RETURNING, ...headers }))).toEqual(
      told(await askOrigin('/page.html', { headers })),
    )
  })

  it.each([301, 302, 303, 307, 308])('%i leads where the origin leads, under the visited name', async (status) => {
    const answer = await visit(`/redirect/${status}`, { ...RETURNING, 'x-test-proto': 'https' })
    expect(answer).toMatchObject({ status, text: '' })
    expect(answer.header('location')).toBe(`https://shop.example/landed?by=${status}#there`)
  })
})

describe('row 5: a page for the time of maintenance', () => {
  it('arrives with its status and `Retry-After`, untouched', async () => {
    const answer = await visit('/maintenance', RETURNING)
    expect(answer).toMatchObject({ status: 503, text: '<h1>Back soon</h1>' })
    expect(answer.header('retry-after')).toBe('120')
    expect(told(answer)).toEqual(told(await askOrigin('/maintenance')))
  })
})

describe('row 7: a page streams', () => {
  it.concurrent('with an experiment, edits in its HTML included', async () => {
    const answer = await visit('/drip', RETURNING)
    expect(withoutOurs(answer)).toBe(edited(PAGE))
    expect(answer.totalMs - (answer.firstByteMs ?? answer.totalMs)).toBeGreaterThan(900)
  })

  it.concurrent('without one', async () => {
    const answer = await visitPlain('/drip')
    expect(answer.text).toBe(PAGE)
    expect(answer.totalMs - (answer.firstByteMs ?? answer.totalMs)).toBeGreaterThan(900)
  })
})

describe('row 13: the content type says what a page is, whatever its path', () => {
  it.each([
    '/index.html',
    '/a.b/c',
    '/shop.php?id=1.2',
    '/image.png',
    '/style.css',
    '/type/TEXT/HTML',
    '/.well-known/x',
  ])('%s is one', async (path) => {
    expect((await visit(path, RETURNING)).text).toContain('data-turnout')
  })

  it.each(['/type/application/json', '/type/text/plain', '/type/application/xhtml+xml', '/type/text/html-x', '/type/'])(
    '%s is none',
    async (path) => {
      expect(told(await visit(path, RETURNING))).toEqual(told(await askOrigin(path)))
    },
  )
})

describe('row 16: a request keeps', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE'])(
    'its method %s, its headers and its body',
    async (method) => {
      const headers = {
        'user-agent': USER_AGENT,
        'content-type': 'text/x',
        'x-custom': 'c',
        cookie: 'a=1; b=2',
        'content-length': '5',
      }
      const answer = await ask('/echo?a=1&a=2', { method, headers, body: 'hello' })
      expect(JSON.parse(answer.text)).toMatchObject({ method, target: '/echo?a=1&a=2', headers, body: 'hello' })
    },
  )

  it.each([
    ['shop.example', RETURNING],
    [PLAIN_HOST, {}],
  ])('its HEAD, answered without a body and as its GET would be: %s', async (host, more) => {
    const headers = { host, ...more }
    const [head, get] = [await visit('/page.html', headers, 'HEAD'), await visit('/page.html', headers)]
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(origin.requestsTo('/page.html').at(-2)?.method).toBe('HEAD')
    expect(fields(head)).toEqual(fields(get))
  })

  it('its upgrade to a WebSocket', async () => {
    const socket = new WebSocket(`${workerd.url.replace('http', 'ws')}/chat`)
    await once(socket, 'open')
    socket.send('hello')
    const message: unknown[] = await once(socket, 'message')
    socket.close()
    expect(message).toMatchObject([{ data: 'hello' }])
  })

  it('what encodings it accepts, of which a page is asked for in those that can be read', async () => {
    const asked = { 'accept-encoding': 'zstd, br, gzip, deflate' }
    expect((await visitPlain('/negotiated', asked)).body).toEqual(encodedPage('zstd'))
    await visit('/negotiated', { ...RETURNING, ...asked })
    expect(origin.requestsTo('/negotiated').at(-1)?.headers['accept-encoding']).toBe('br, gzip')
  })
})

function fields(answer: { readonly headers: readonly (readonly [string, string])[] }): object {
  const changing = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'])
  return Object.fromEntries(answer.headers.filter(([name]) => !changing.has(name)))
}
