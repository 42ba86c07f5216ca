import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { CHROME, CRAWLER, FIREFOX, pagesDatafile } from '../support/pages-datafile.ts'
import { type Ask, startService, startWith, told } from '../support/service.ts'

let ask: Ask
beforeAll(async () => {
  ask = await startWith(pagesDatafile())
})

const AS_CHROME = { headers: { 'User-Agent': CHROME } }
const ASKED = { url: 'https://shop.example/', userId: 'u1', key: 'shop' }
const ROUTES = ['/v1/page', '/v1/page.js'] as const

/** The path for what is asked; `null` leaves a parameter out. */
function pathOf(fields: Readonly<Record<string, string | null>> = {}, route: (typeof ROUTES)[number] = '/v1/page') {
  const given = Object.entries({ ...ASKED, ...fields }).filter((entry): entry is [string, string] => entry[1] !== null)
  return `${route}?${new URLSearchParams(given)}`
}

async function plan(fields: Parameters<typeof pathOf>[0], init: Parameters<Ask>[1] = AS_CHROME): Promise<unknown> {
  return (await ask(pathOf(fields), init)).json()
}

const EMPTY = {
  leftAlone: null,
  edits: [],
  css: '',
  redirect: null,
  hydrates: false,
  clientNavigation: false,
  decisions: [],
  cookies: [],
  cacheTag: null,
}

describe('GET /v1/page', () => {
  test('answers this user’s changes, and who makes each', async () => {
    const response = await ask(pathOf(), AS_CHROME)
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(await told(response)).toEqual({
      status: 200,
      body: {
        edits: [
          { id: 'e-hero.hero-bold.0', place: 'edge', selector: 'h1', operation: { kind: 'text', text: 'Buy once.' } },
          { id: 'count', place: 'browser', code: 'self.seen = true' },
          {
            id: 'e-hero.hero-bold.3',
            place: 'browser',
            dependencies: ['count'],
            selector: '#cta',
            operation: { kind: 'insert', position: 'after', html: '<p>Free returns</p>' },
          },
        ],
        css: 'h1{color:red}',
        redirect: null,
        hydrates: false,
        clientNavigation: false,
        decisions: [{ experimentKey: 'hero', flagKey: null, variationKey: 'bold' }],
        leftAlone: null,
        cookies: [],
        cacheTag: expect.stringMatching(/^[\w.-]+$/),
      },
    })
  })

  test('answers where a redirect leads, with the parameters that are kept', async () => {
    expect(await plan({ url: 'https://shop.example/old?ref=mail' })).toMatchObject({
      edits: [],
      redirect: 'https://shop.example/new?ref=mail',
    })
  })

  test('answers nothing for a page that no experiment is about', async () => {
    const nothing = { ...EMPTY, hydrates: true }
    expect(await plan({ url: 'https://shop.example/cart' })).toEqual(nothing)
    expect(await plan({ url: 'https://elsewhere.example/' })).toEqual(nothing)
  })

  test('answers an experiment that this user is not in without a word on what it is', async () => {
    expect(await plan({ url: 'https://shop.example/pricing' })).toMatchObject({
      edits: [],
      css: '',
      decisions: [],
    })
  })

  test('says nothing of other variations, audiences or users', async () => {
    const urls = ['', 'old', 'pricing'].map((path) => `https://shop.example/${path}`)
    const answers = urls.flatMap((url) => ROUTES.map(async (route) => (await ask(pathOf({ url }, route))).text()))
    expect((await Promise.all(answers)).join()).not.toContain('secret')
  })
})

describe('attributes', () => {
  const url = 'https://shop.example/pricing'
  const DECIDED = { decisions: [{ variationKey: 'bold' }] }
  const NOT_DECIDED = { decisions: [] }

  test('are those that the caller gives', async () => {
    expect(await plan({ url, attributes: '{"plan":"secret-plan"}' })).toMatchObject(DECIDED)
    expect(await plan({ url, attributes: '{"plan":"free"}' })).toMatchObject(NOT_DECIDED)
  })

  test('are read from the headers that the caller forwards, unless it gives its own', async () => {
    const asFirefox = { headers: { 'User-Agent': FIREFOX } }
    expect(await plan({ url }, asFirefox)).toMatchObject(DECIDED)
    expect(await plan({ url, attributes: '{"$browser":"other"}' }, asFirefox)).toMatchObject(NOT_DECIDED)
  })
})

describe('who is left alone gets the empty plan, and is told why:', () => {
  test.each<[who: string, headers: Record<string, string>, url: string, leftAlone: string]>([
    ['a crawler', { 'User-Agent': CRAWLER }, ASKED.url, 'crawler'],
    ['a browser that asks not to be tracked', { 'User-Agent': CHROME, 'Sec-GPC': '1' }, ASKED.url, 'privacy-signal'],
    ['who has opted out', { 'User-Agent': CHROME, Cookie: 'turnout_opt_out=1' }, ASKED.url, 'opted-out'],
    ['who switches it off for once', { 'User-Agent': CHROME }, `${ASKED.url}?turnout_off=true`, 'off'],
  ])('%s', async (_, headers, url, leftAlone) => {
    expect(await plan({ url }, { headers })).toEqual({ ...EMPTY, leftAlone })
  })

  test('who opts out now, with the cookie that says so among what is answered', async () => {
    expect(await plan({ url: `${ASKED.url}?turnout_opt_out=true` })).toEqual({
      ...EMPTY,
      leftAlone: 'opted-out',
      cookies: ['turnout_opt_out=1; Max-Age=34560000; Path=/; Secure; SameSite=Lax'],
    })
  })

  test('everybody, where pages are off', async () => {
    const off = startService({ PAGES: 'off' })
    expect(await (await off(pathOf(), AS_CHROME)).json()).toEqual({ ...EMPTY, leftAlone: 'off' })
  })
})

describe.each(ROUTES)('%s', (route) => {
  test.each([
    [['url', 'userId', 'key'], { url: null, userId: null, key: null }],
    [['userId'], { userId: '' }],
    [['key'], { key: null }],
    [['url', 'key'], { url: '', key: '' }],
  ])('names every parameter that is missing: %j', async (missing, fields) => {
    const answer = await told(await ask(pathOf(fields, route)))
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'missing_parameter', missing } } })
  })

  test.each<[about: string, parameter: string, fields: Record<string, string>]>([
    ['no scheme', 'url', { url: 'shop.example/' }],
    ['a path', 'url', { url: '/cart' }],
    ['code', 'url', { url: 'javascript:alert(1)//https://shop.example/' }],
    ['data', 'url', { url: 'data:text/html,x' }],
    ['a file', 'url', { url: 'file:///etc/passwd' }],
    ['another scheme', 'url', { url: 'ftp://shop.example/' }],
    ['a host without a scheme', 'url', { url: '//evil.example/' }],
    ['backslashes', 'url', { url: '\\\\evil.example\\' }],
    ['no host', 'url', { url: 'https://' }],
    ['a host that is none', 'url', { url: 'https://shop example/' }],
    ['a port that is none', 'url', { url: 'https://shop.example:99999/' }],
    ['a user name', 'url', { url: 'https://shop.example@evil.example/' }],
    ['a password', 'url', { url: 'https://:x@shop.example/' }],
    ['line ends', 'url', { url: 'https://shop.example/\r\nSet-Cookie: a=b' }],
    ['a NUL', 'url', { url: 'https://shop.example/\0' }],
    ['space before it', 'url', { url: ' https://shop.example/' }],
    ['20 kB', 'url', { url: `https://shop.example/${'x'.repeat(20_000)}` }],
    ['a long user id', 'userId', { userId: 'ü'.repeat(513) }],
    ['what a program writes that forgot the id', 'userId', { userId: 'undefined' }],
    ['a switch that is none', 'disableTracking', { disableTracking: '1' }],
    ['attributes that are no JSON', 'attributes', { attributes: '{' }],
    ['attributes that are no object', 'attributes', { attributes: '[]' }],
    ['attributes that nest', 'attributes', { attributes: `{"a":${'['.repeat(40)}${']'.repeat(40)}}` }],
  ])('refuses %s and names %s', async (_, parameter, fields) => {
    const response = await ask(pathOf(fields, route))
    expect(response.headers.get('Set-Cookie')).toBeNull()
    expect(await told(response)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_parameter', parameter } },
    })
  })

  test.each(['url', 'userId', 'key', 'attributes', 'disableTracking'])(
    'refuses %s where it is given twice',
    async (parameter) => {
      const path = `${pathOf({ attributes: '{}', disableTracking: 'true' }, route)}&${parameter}=x`
      expect(await told(await ask(path))).toMatchObject({ status: 400, body: { error: { parameter } } })
    },
  )

  test.each(['nowhere', 'a.b', '../shop', '%00'])('knows no SDK key %s', async (key) => {
    expect(await told(await ask(pathOf({ key }, route)))).toMatchObject({
      status: 404,
      body: { error: { code: 'datafile_not_found' } },
    })
  })

  test('is unavailable while the datafile cannot be read', async () => {
    const broken = { getWithMetadata: fail, get: fail, put: fail, delete: fail, list: fail }
    const response = await startService({ DATAFILES: broken })(pathOf({}, route))
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(await told(response)).toMatchObject({ status: 503, body: { error: { code: 'datafile_unavailable' } } })
  })

  test('can be kept, and is 304 for as long as the plan is the same', async () => {
    const first = await ask(pathOf({}, route), AS_CHROME)
    const etag = first.headers.get('ETag') ?? ''
    expect(first.headers.get('Cache-Control')).toBe('private, no-cache')
    expect(first.headers.get('Vary')).toBe('Cookie')
    const known = await ask(pathOf({}, route), { headers: { ...AS_CHROME.headers, 'If-None-Match': etag } })
    expect([known.status, await known.text(), known.headers.get('ETag')]).toEqual([304, '', etag])
    const crawler = await ask(pathOf({}, route), { headers: { 'User-Agent': CRAWLER, 'If-None-Match': etag } })
    expect(crawler.status).toBe(200)
  })

  test('answers HEAD without a body', async () => {
    const get = await ask(pathOf({}, route), AS_CHROME)
    const head = await ask(pathOf({}, route), { ...AS_CHROME, method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect([...head.headers]).toEqual([...get.headers])
  })

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('does not answer %s', async (method) => {
    const response = await ask(pathOf({}, route), { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toMatch(/^GET, HEAD\b/)
  })

  test('may be read by every origin, or by those that are listed', async () => {
    const origin = 'https://shop.example'
    const headers = { ...AS_CHROME.headers, Origin: origin }
    const open = await ask(pathOf({}, route), { headers })
    expect(open.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(open.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin')
    expect(open.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    const listed = startService({ ALLOWED_ORIGINS: origin })
    const allowed = await listed(pathOf({}, route), { headers })
    expect(allowed.headers.get('Access-Control-Allow-Origin')).toBe(origin)
    expect(allowed.headers.get('Vary')).toBe('Origin, Cookie')
    const other = await listed(pathOf({}, route), { headers: { Origin: 'https://evil.example' } })
    expect(other.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(other.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin')
  })

  test('tells other origins what is wrong, too', async () => {
    expect((await ask(pathOf({ key: 'nowhere' }, route))).headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test('is counted per SDK key and network where a rate limiter is bound', async () => {
    const keys: string[] = []
    const RATE_LIMITER = {
      limit: async ({ key }: { key: string }) => ({ success: keys.push(key) <= 1 }),
    }
    const limited = startService({ RATE_LIMITER })
    const init = { headers: { ...AS_CHROME.headers, 'CF-Connecting-IP': '192.0.2.17' } }
    expect((await limited(pathOf({}, route), init)).status).toBe(200)
    const response = await limited(pathOf({}, route), init)
    expect(response.headers.get('Retry-After')).toBe('10')
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(await told(response)).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } })
    expect((await limited(pathOf({ key: 'a.b' }, route), init)).status).toBe(404)
    expect(keys).toEqual(['shop:192.0.2', 'shop:192.0.2'])
  })

  test('is answered all the same while the rate limiter is down', async () => {
    const limited = startService({ RATE_LIMITER: { limit: fail } })
    expect((await limited(pathOf({}, route), AS_CHROME)).status).toBe(200)
  })
})

async function fail(): Promise<never> {
  throw new Error('down')
}

test('OPTIONS permits other origins to ask for the plan', async () => {
  const response = await ask(pathOf(), { method: 'OPTIONS', headers: { Origin: 'https://shop.example' } })
  expect(response.status).toBe(204)
  expect(response.headers.get('Access-Control-Allow-Methods')).toBe('GET, HEAD, OPTIONS')
  expect(response.headers.get('Allow')).toBe('GET, HEAD, OPTIONS')
})

describe('GET /v1/page.js', () => {
  test('answers a script that other pages may run, and nothing else', async () => {
    const response = await ask(pathOf({}, '/v1/page.js'), AS_CHROME)
    expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    const script = await response.text()
    expect(script).toMatch(/^[\n\t -~]+$/)
    expect(script).toContain('"Buy once."')
    expect(script).toContain('h1{color:red}')
    expect(script).toContain('self.seen = true')
  })

  test('answers a redirect as one that leaves no entry behind', async () => {
    const response = await ask(pathOf({ url: 'https://shop.example/old?a=</script>' }, '/v1/page.js'), AS_CHROME)
    expect(await response.text()).toBe('location.replace("https://shop.example/new?a=%3C/script%3E")')
  })

  test('answers an empty script where there is nothing to do', async () => {
    expect(await (await ask(pathOf({ url: 'https://shop.example/cart' }, '/v1/page.js'), AS_CHROME)).text()).toBe('')
  })
})

describe('an exposure is counted', () => {
  let lines: string[]
  afterEach(() => {
    vi.restoreAllMocks()
  })

  /** What a new isolate logs of one request. */
  async function recorded(path: string, init: Parameters<Ask>[1]): Promise<number> {
    lines = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
    await startService()(path, init)
    return lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'events')?.impressions ?? 0
  }

  test.each<[about: string, fields: Record<string, string>, init: NonNullable<Parameters<Ask>[1]>, count: number]>([
    ['once for a plan', {}, AS_CHROME, 1],
    ['once for a redirect', { url: 'https://shop.example/old' }, AS_CHROME, 1],
    ['not for an experiment that the user is not in', { url: 'https://shop.example/pricing' }, AS_CHROME, 0],
    ['not for a page without an experiment', { url: 'https://shop.example/cart' }, AS_CHROME, 0],
    ['not for HEAD', {}, { ...AS_CHROME, method: 'HEAD' }, 0],
    ['not where the caller says so', { disableTracking: 'true' }, AS_CHROME, 0],
    ['where the caller says that tracking is not disabled', { disableTracking: 'false' }, AS_CHROME, 1],
    ['not for a crawler', {}, { headers: { 'User-Agent': CRAWLER } }, 0],
    ['not for a page that is fetched ahead', {}, { headers: { ...AS_CHROME.headers, 'Sec-Purpose': 'prefetch' } }, 0],
    ['not for a request that is refused', { url: 'x' }, AS_CHROME, 0],
  ])('%s', async (_, fields, init, count) => {
    expect(await recorded(pathOf(fields), init)).toBe(count)
  })

  test('also where the caller has kept the plan: the page is shown again', async () => {
    const etag = (await ask(pathOf(), AS_CHROME)).headers.get('ETag') ?? ''
    expect(await recorded(pathOf(), { headers: { ...AS_CHROME.headers, 'If-None-Match': etag } })).toBe(1)
  })
})
