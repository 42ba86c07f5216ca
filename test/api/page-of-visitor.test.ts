/** `/v1/page` on a site that is proxied, where it is asked for by the pages themselves. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { CHROME, CRAWLER, pagesDatafile } from '../support/pages-datafile.ts'
import { type Ask, startService, startWith, told } from '../support/service.ts'

const PROXY = { ORIGIN: 'https://origin.example', SDK_KEY: 'shop' }
const AS_CHROME = { 'User-Agent': CHROME }
const RETURNING = { ...AS_CHROME, Cookie: 'turnout_visitor=visitor-1' }
const HOME = '/_turnout/v1/page?url=https%3A%2F%2Fshop.example%2F'
const VISITOR = /^turnout_visitor=[\da-f-]{36}; Max-Age=34560000; Path=\/; Secure; SameSite=Lax$/

let ask: Ask
beforeAll(async () => {
  await startWith(pagesDatafile())
  ask = startService(PROXY)
})

describe('the script of a page is told of the next one', () => {
  test('with no more than the URL, as it makes the edits itself', async () => {
    expect(await told(await ask(HOME, { headers: RETURNING }))).toEqual({
      status: 200,
      body: {
        edits: [
          { selector: 'h1', operation: { kind: 'text', text: 'Buy once.' }, wait: 1 },
          { id: 'count', code: 'self.seen = true' },
          {
            selector: '#cta',
            operation: { kind: 'insert', position: 'after', html: '<p>Free returns</p>' },
            dependencies: ['count'],
            wait: 1,
          },
        ],
        css: 'h1{color:red}',
        redirect: null,
        hydrates: false,
        clientNavigation: false,
        decisions: [{ experimentKey: 'hero', flagKey: null, variationKey: 'bold' }],
        leftAlone: null,
        cookies: [],
        cacheTag: expect.any(String),
      },
    })
  })

  test('and so is whoever gives an empty user id', async () => {
    const empty = await ask(`${HOME}&userId=`, { headers: RETURNING })
    expect(await empty.json()).toEqual(await (await ask(HOME, { headers: RETURNING })).json())
  })

  test('as a script, too', async () => {
    const response = await ask(HOME.replace('page?', 'page.js?'), { headers: RETURNING })
    expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8')
    expect(await response.text()).toContain('"Buy once."')
  })

  test('of the datafile that is asked for, where another is', async () => {
    expect((await ask(`${HOME}&key=nowhere`, { headers: RETURNING })).status).toBe(404)
  })
})

describe('a visitor is known', () => {
  test('by the cookie, which is not set again', async () => {
    expect((await ask(HOME, { headers: RETURNING })).headers.getSetCookie()).toEqual([])
  })

  test('from now on, by a cookie that is set and not told', async () => {
    const response = await ask(HOME, { headers: AS_CHROME })
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(VISITOR)])
    expect(await response.json()).toMatchObject({ cookies: [] })
  })

  test('by the same experiment whichever way they come', async () => {
    const secret = { ...AS_CHROME, Cookie: 'turnout_visitor=secret-user' }
    expect(await (await ask(HOME, { headers: secret })).json()).toMatchObject({ decisions: [{ variationKey: 'off' }] })
    expect(await (await ask(`${HOME}&userId=secret-user`, { headers: RETURNING })).json()).toMatchObject({
      decisions: [{ variationKey: 'off' }],
      edits: [{ place: 'edge' }],
    })
  })

  test('by no cookie where no experiment is about the page', async () => {
    const response = await ask(`${HOME}cart`, { headers: AS_CHROME })
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await response.json()).toMatchObject({ edits: [], cacheTag: null })
  })

  test('by none where a user is named', async () => {
    expect((await ask(`${HOME}&userId=u1`, { headers: AS_CHROME })).headers.getSetCookie()).toEqual([])
  })
})

describe('who does not take part gets the empty plan, and no cookie:', () => {
  test.each<[who: string, headers: Record<string, string>, variables: object]>([
    ['a browser that asks not to be tracked', { ...AS_CHROME, 'Sec-GPC': '1' }, {}],
    ['who has opted out', { ...AS_CHROME, Cookie: 'turnout_opt_out=1' }, {}],
    ['a crawler', { 'User-Agent': CRAWLER }, {}],
    ['who has not consented', AS_CHROME, { CONSENT_COOKIE: 'consent=yes' }],
    ['everybody, where pages are off', AS_CHROME, { PAGES: 'off' }],
  ])('%s', async (_, headers, variables) => {
    const response = await startService({ ...PROXY, ...variables })(HOME, { headers })
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await response.json()).toMatchObject({ edits: [], css: '', redirect: null, decisions: [], cacheTag: null })
  })

  test('who opts out now, which is kept', async () => {
    const response = await ask(`${HOME}%3Fturnout_opt_out%3Dtrue`, { headers: RETURNING })
    expect(response.headers.getSetCookie()).toEqual([
      'turnout_opt_out=1; Max-Age=34560000; Path=/; Secure; SameSite=Lax',
    ])
    expect(await response.json()).toMatchObject({ edits: [], cookies: [] })
  })

  test('who opts in again gets the plan, and the cookie is gone', async () => {
    const headers = { ...AS_CHROME, Cookie: 'turnout_visitor=visitor-1; turnout_opt_out=1' }
    const response = await ask(`${HOME}%3Fturnout_opt_out%3Dfalse`, { headers })
    expect(response.headers.getSetCookie()).toEqual(['turnout_opt_out=; Max-Age=0; Path=/; Secure; SameSite=Lax'])
    expect(await response.json()).toMatchObject({ decisions: [{ variationKey: 'bold' }] })
  })
})

describe('errors', () => {
  test('name the URL alone where it is missing', async () => {
    expect(await told(await ask('/_turnout/v1/page', { headers: RETURNING }))).toMatchObject({
      status: 400,
      body: { error: { code: 'missing_parameter', missing: ['url'] } },
    })
  })

  test('say that there is no datafile where the site has no SDK key', async () => {
    const keyless = startService({ ORIGIN: PROXY.ORIGIN })
    expect((await keyless(HOME, { headers: RETURNING })).status).toBe(404)
  })
})

describe('an exposure is counted', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  test.each<[about: string, init: NonNullable<Parameters<Ask>[1]>, count: number]>([
    ['once for each plan that a page gets', { headers: RETURNING }, 1],
    ['not for HEAD', { headers: RETURNING, method: 'HEAD' }, 0],
    ['not for who has opted out', { headers: { ...AS_CHROME, Cookie: 'turnout_opt_out=1' } }, 0],
  ])('%s', async (_, init, count) => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
    await startService(PROXY)(HOME, init)
    const counted = lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'events')
    expect(counted?.impressions ?? 0).toBe(count)
  })
})
