/** What somebody who means harm sends to the real Worker. Each test begins with the number of its threat. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { told } from './client.ts'
import {
  CHANGES,
  edited,
  experimentDatafile,
  oursIn,
  RETURNING,
  startExperiment,
  USER_AGENT,
  withoutOurs,
} from './experiment.ts'
import { PAGE } from './pages.ts'
import { COOKIES } from './scenarios.ts'
import { startSite } from './worker.ts'

const site = await startExperiment(afterAll, { experiment: { forcedVariations: { 'in-off': 'off' } } })
const { ask, visit, visitPlain, origin } = site
const IN_OFF = { cookie: 'turnout_visitor=in-off' }
const ORIGINAL = Buffer.from(PAGE).toString('latin1')

describe('S1 an address in a request', () => {
  it.each([
    '//evil.example/page.html',
    '/\\evil.example/page.html',
    '/http://evil.example/',
    '/@evil.example/',
    '/..%2f..%2fetc/passwd',
    '/%0d%0aHost:%20evil.example',
    '/page.html?url=http://169.254.169.254/latest/meta-data',
    '/.evil.example/',
    '/;@evil.example',
  ])('is a path of the origin, and asks nobody else: %s', async (path) => {
    const before = origin.requests.length
    expect(await visit(path, { ...RETURNING, 'x-origin': 'http://evil.example' })).toMatchObject({ status: 200 })
    expect(origin.requests.slice(before).map(({ headers }) => headers.host)).toEqual([origin.host])
  })

  it('is not followed where the origin redirects to it', async () => {
    const answer = await visit('/redirect/302?to=http://169.254.169.254/latest', RETURNING)
    expect([answer.status, answer.header('location')]).toEqual([302, 'http://169.254.169.254/latest'])
  })

  it('of a plan that is asked for is not fetched', async () => {
    const before = origin.requests.length
    await ask(`/_turnout/v1/page?url=${encodeURIComponent(`${origin.url}/x`)}&userId=u&key=shop`)
    expect(origin.requests).toHaveLength(before)
  })
})

describe('S2 what one visitor gets', () => {
  const POISON = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-original-url': '/evil',
    'x-rewrite-url': '/evil',
    'x-http-method-override': 'DELETE',
    'x-method-override': 'PUT',
    forwarded: 'host=evil.example',
    'x-host': 'evil.example',
  }

  it('no other gets, though both ask for the same page at the same time', async () => {
    const both = await Promise.all([RETURNING, IN_OFF, RETURNING, IN_OFF].map((who) => visit('/etag', who)))
    expect(both.map(withoutOurs)).toEqual([edited(PAGE), ORIGINAL, edited(PAGE), ORIGINAL])
    expect(new Set(both.map(({ header }) => header('etag'))).size).toBe(2)
  })

  it('nobody gets on another host with the same path', async () => {
    const answers = await Promise.all([visit('/etag', RETURNING), visitPlain('/etag', RETURNING)])
    expect(answers.map(withoutOurs)).toEqual([edited(PAGE), ORIGINAL])
  })

  it('no cache may keep for others, with whatever headers the origin meant for caches', async () => {
    origin.on('/shared', (_, response) => {
      const caching = {
        'cache-control': 'public, max-age=600, s-maxage=86400, stale-while-revalidate=60',
        'cdn-cache-control': 'max-age=600',
        'cloudflare-cdn-cache-control': 'max-age=600',
        'surrogate-control': 'max-age=600',
        expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
        pragma: 'public',
      }
      response.writeHead(200, { 'content-type': 'text/html', ...caching }).end(PAGE)
    })
    const { header, headers } = await visit('/shared', RETURNING)
    expect([header('cache-control'), header('vary')]).toEqual(['private, no-cache', 'Cookie'])
    expect(headers.map(([name]) => name).filter((name) => /cdn|surrogate|expires|pragma/.test(name))).toEqual([])
  })

  it.each(Object.entries(POISON))('is what it would be without the header %s: %s', async (name, value) => {
    const clean = await visit('/etag', RETURNING)
    const poisoned = await visit('/etag', { ...RETURNING, [name]: value })
    expect(told(poisoned)).toEqual(told(clean))
    expect(told(await visit('/etag', RETURNING))).toEqual(told(clean))
    expect(origin.requestsTo('/etag').at(-2)?.headers['x-forwarded-host']).toBe('shop.example')
    expect(origin.requestsTo('/etag').at(-2)).toMatchObject({ method: 'GET', target: '/etag' })
  })

  it('is not kept by a cache before the Worker: none is configured', () => {
    expect(readFileSync(new URL('../../wrangler.toml', import.meta.url), 'utf8')).not.toMatch(/^\s*\[?cache\b/m)
  })
})

describe('S3 cookies', () => {
  it('of the origin are all there, byte for byte, and ours is one more', async () => {
    const { all } = await visit('/cookies')
    expect(all('set-cookie')).toEqual([...COOKIES, expect.stringMatching(/^turnout_visitor=[\w-]{36}; /)])
  })

  it('that somebody else has set beside ours change nothing: the first counts', async () => {
    const answer = await visit('/page.html', { cookie: 'turnout_visitor=in-off; turnout_visitor=tossed' })
    expect([withoutOurs(answer), answer.all('set-cookie')]).toEqual([ORIGINAL, []])
  })

  it('of the same name by the origin stand', async () => {
    const own = 'turnout_visitor=own; Path=/'
    origin.on('/own-cookie', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': own }).end(PAGE)
    })
    expect((await visit('/own-cookie')).all('set-cookie')).toEqual([own])
  })

  it('of 8 kB go on to the origin', async () => {
    const cookie = `${RETURNING.cookie}; big=${'x'.repeat(8_000)}`
    expect(withoutOurs(await visit('/big-cookie', { cookie }))).toBe(edited(PAGE))
    expect(origin.requestsTo('/big-cookie').at(-1)?.headers.cookie).toBe(cookie)
  })
})

describe('S4 a text that would end a header', () => {
  it.each([
    ['/page.html?turnout_force=a%0d%0aSet-Cookie:x=1:b', {}],
    ['/page.html%0d%0aSet-Cookie:x=1', {}],
    ['/page.html?turnout_opt_out=true%0d%0aSet-Cookie:x=1', {}],
    ['/page.html', { cookie: 'turnout_visitor=a%0d%0aSet-Cookie:x=1' }],
    ['/page.html', { cookie: 'turnout_visitor=\xe9\xff' }],
    ['/page.html', { cookie: `${RETURNING.cookie}; turnout_sticky=e1:v%0d%0aSet-Cookie:x=1` }],
    ['/page.html', { 'if-none-match': 'W/"a~sx\xe9"' }],
  ])('ends none: %s with %j', async (path, headers) => {
    const answer = await visit(path, headers)
    expect([answer.status, answer.complete]).toEqual([200, true])
    expect(answer.all('set-cookie').join()).toMatch(/^(?:turnout_visitor=[\da-f-]{36}; [^,]*)?$/)
  })

  it('in the id of a user is part of an answer in JSON alone', async () => {
    const answer = await ask('/_turnout/v1/page?url=https://shop.example/&userId=a%0d%0aSet-Cookie:x=1&key=shop')
    expect(answer.all('set-cookie')).toEqual([])
  })
})

describe('S7 what a page has by its hash', () => {
  const SCRIPT = 'export const price = "<h1 class=\\"hero\\">"\n'

  it.each(['text/javascript', 'text/css', 'application/wasm', 'font/woff2', 'image/svg+xml', 'application/json'])(
    'comes byte for byte: %s',
    async (type) => {
      origin.on('/pinned', (_, response) => {
        response.writeHead(200, { 'content-type': type }).end(SCRIPT)
      })
      const { body } = await visit('/pinned', { ...RETURNING, 'sec-fetch-dest': 'script' })
      expect(createHash('sha384').update(body).digest('base64')).toBe(
        createHash('sha384').update(SCRIPT).digest('base64'),
      )
    },
  )

  it('keeps its hash in the page', async () => {
    const tag = '<script src="/pinned" integrity="sha384-x" crossorigin></script>'
    origin.on('/pins', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE.replace('</head>', `${tag}</head>`))
    })
    expect((await visit('/pins', RETURNING)).text).toContain(tag)
  })
})

describe('S8 an expression on URLs', () => {
  const slow = (value: string) => {
    const pages = [{ id: 'p1', key: 'shop', conditions: ['or', { type: 'url', match: 'regex', value }] }]
    return { ...experimentDatafile(), pages }
  }

  it.for(['^(a+)+$', '(a|a)*$', '(.*)*x', '(?=a)b', '(a)\\1', '(?:a{1,9}){1,9}', `${'a?'.repeat(129)}`])(
    'that may take for ever is refused with its datafile, and never run: %s',
    async (value, { onTestFinished }) => {
      const proxy = await startSite(onTestFinished, { datafile: slow(value) })
      const path = `/${'a'.repeat(1_900)}!`
      const answer = await proxy.ask(path, { headers: { ...RETURNING, 'user-agent': USER_AGENT } })
      expect(answer.text).toBe(PAGE)
      expect(proxy.workerd.logged.join()).toContain('pages_invalid')
    },
  )

  it('that is accepted looks at 2 kB of a URL at most', async ({ onTestFinished }) => {
    const proxy = await startSite(onTestFinished, { datafile: slow('a*a*a*a*b$') })
    const ask = (path: string) => proxy.ask(path, { headers: { ...RETURNING, 'user-agent': USER_AGENT } })
    expect(await ask('/warm')).toMatchObject({ status: 200 })
    expect(await ask(`/${'a'.repeat(15_000)}`)).toMatchObject({ status: 200, text: PAGE })
  })
})

describe('S5 what a variation puts in', () => {
  it('is script of ASCII that nothing in it ends', async ({ onTestFinished }) => {
    const evil = '"\u2028\u2029é😀<!-- <script> ]]> "'
    const changes = [...CHANGES, { type: 'attribute', selector: '#cta', attributes: { title: evil } }]
    const own = await startExperiment(onTestFinished, { changes })
    const scripts = oursIn(await own.visit('/page.html', RETURNING)).filter((element) => element.startsWith('<script'))
    expect(scripts.length).toBeGreaterThan(0)
    expect(scripts.join('').replace(/[\x20-\x7e\n\t]/g, '')).toBe('')
    expect(scripts.map((script) => script.match(/<\/script|<!--/gi))).toEqual(scripts.map(() => ['</script']))
  })
})
