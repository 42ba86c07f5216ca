import { describe, expect, test } from 'vitest'
import { answerNavigation, applyExperiments, originRequest, parsePageAnswer } from '../../../src/pages/index.ts'
import { pageAnswer, placedEdits } from '../../../src/pages/plan/page-answer.ts'
import type { PageAnswer } from '../../../src/protocol/page.ts'
import { experimentOn, type Fields, planOf, redirectTo, textOf } from '../plan/site.ts'

const HTML = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'public, max-age=60' }
const PAGE = '<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>'
const STYLED = answerOf([{ type: 'custom_css', value: 'h1{color:red}' }])

function answerOf(changes: readonly Fields[], over: Partial<PageAnswer> = {}): PageAnswer {
  const plan = planOf({ experiments: [experimentOn('e', changes)] })
  return { ...JSON.parse(JSON.stringify(pageAnswer(plan, placedEdits(plan.edits)))), ...over }
}

function request(headers: Record<string, string> = {}, method = 'GET'): Request {
  return new Request('https://shop.example/', { headers, method })
}

function page(headers: Record<string, string> = {}, status = 200): Response {
  return new Response(status === 304 ? null : PAGE, { status, headers: { ...HTML, ...headers } })
}

describe('the response itself is given back', () => {
  const unreadable = {
    get edits(): never {
      throw new Error('unreadable')
    },
  }
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const circular: Record<string, unknown> = { ...STYLED }
  circular.edits = [circular]

  test.each<[about: string, answer: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'x'],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['an object that throws when it is read', unreadable],
    ['an object that is gone', revoked.proxy],
    ['an object that holds itself', circular],
    ['a promise', Promise.resolve(STYLED)],
    ['the answer before it is parsed', Response.json(STYLED)],
    ['an answer with something that is none', { ...STYLED, css: '</style>' }],
  ])('where the answer is %s', async (_, answer) => {
    const response = page()
    expect(await applyExperiments(request(), response, answer)).toBe(response)
    expect(await response.text()).toBe(PAGE)
  })

  test('where the answer says that nothing is to happen', async () => {
    const response = page()
    const nothing = { edits: [], css: '', redirect: null, cookies: [], cacheTag: null }
    expect(await applyExperiments(request(), response, nothing)).toBe(response)
  })

  test('where somebody reads it already', async () => {
    const [read, locked] = [page(), page()]
    await read.text()
    locked.body?.getReader()
    expect(await applyExperiments(request(), read, STYLED)).toBe(read)
    expect(await applyExperiments(request(), locked, STYLED)).toBe(locked)
  })

  test('where it is a 304 to something else than the page as it would be now', async () => {
    const response = page({ ETag: '"v1"' }, 304)
    expect(await applyExperiments(request({ 'If-None-Match': '"v1"' }), response, STYLED)).toBe(response)
    expect(response.headers.get('ETag')).toBe('"v1"')
  })
})

describe('an applied answer', () => {
  test('is in the page, and in its headers', async () => {
    const response = await applyExperiments(request(), page({ ETag: '"v1"' }), STYLED)
    expect(await response.text()).toBe(PAGE.replace('<head>', '<head><style data-turnout>h1{color:red}</style>'))
    expect(response.headers.get('ETag')).toMatch(/^W\/"v1~s[\w.-]+"$/)
    expect(response.headers.get('Cache-Control')).toBe('private, no-cache')
  })

  test('brings the cookies of Turnout and of the Worker, and leaves those of the page', async () => {
    const answer = { ...STYLED, cookies: ['turnout_sticky=e:on; Path=/'] }
    const options = { cookies: ['shop_visitor=1; Path=/', 'own=2'] }
    const response = await applyExperiments(request(), page({ 'Set-Cookie': 'own=1' }), answer, options)
    expect(response.headers.getSetCookie()).toEqual(['own=1', 'shop_visitor=1; Path=/', 'turnout_sticky=e:on; Path=/'])
  })

  test('without an experiment brings what the visitor chose, and no cookie of the Worker', async () => {
    const optedOut = { edits: [], css: '', redirect: null, cookies: ['turnout_opt_out=1; Path=/'], cacheTag: null }
    const response = await applyExperiments(request(), page(), optedOut, { cookies: ['shop_visitor=1'] })
    expect(response.headers.getSetCookie()).toEqual(['turnout_opt_out=1; Path=/'])
    expect(response.headers.get('Cache-Control')).toBe('private, no-cache')
    expect(await response.text()).toBe(PAGE)
  })

  test('follows the page’s own navigation where the Worker has a path for it', async () => {
    const answer = answerOf([textOf('Buy once.')], { clientNavigation: true })
    const [without, within] = await Promise.all(
      [{}, { planPath: '/plan' }].map(async (options) => {
        return (await applyExperiments(request(), page(), answer, options)).text()
      }),
    )
    expect(without).not.toContain('currententrychange')
    expect(within).toContain('"/plan"')
  })

  test('is 304 where the visitor has kept just that, whoever made the page', async () => {
    const etag = (await applyExperiments(request(), page({ ETag: '"v1"' }), STYLED)).headers.get('ETag') ?? ''
    const kept = await applyExperiments(request({ 'If-None-Match': etag }), page({ ETag: '"v1"' }), STYLED)
    expect([kept.status, await kept.text(), kept.headers.get('ETag')]).toEqual([304, '', etag])
    const newer = await applyExperiments(request({ 'If-None-Match': etag }), page({ ETag: '"v2"' }), STYLED)
    expect(newer.status).toBe(200)
    const other = answerOf([{ type: 'custom_css', value: 'h1{color:blue}' }])
    expect((await applyExperiments(request({ 'If-None-Match': etag }), page({ ETag: '"v1"' }), other)).status).toBe(200)
  })

  test('is never 304 for a form that was sent', async () => {
    const etag = (await applyExperiments(request(), page({ ETag: '"v1"' }), STYLED)).headers.get('ETag') ?? ''
    const sent = request({ 'If-None-Match': etag }, 'POST')
    expect((await applyExperiments(sent, page({ ETag: '"v1"' }), STYLED)).status).toBe(200)
  })
})

describe('a redirect', () => {
  const answer = answerOf([redirectTo('https://shop.example/new')])

  test('takes the place of the page, with every cookie', async () => {
    const response = await applyExperiments(request(), page(), answer, { cookies: ['shop_visitor=1'] })
    expect([response.status, response.headers.get('Location')]).toEqual([302, 'https://shop.example/new'])
    expect(response.headers.getSetCookie()).toEqual([
      'shop_visitor=1',
      expect.stringMatching(/^turnout_sent=[\d.%-]+; Max-Age=3;/),
    ])
  })

  test('is not made for a form that was sent', async () => {
    const response = await applyExperiments(request({}, 'POST'), page(), answer)
    expect([response.status, await response.text()]).toEqual([200, PAGE])
  })
})

describe('the request for an origin', () => {
  const tag = async () => (await applyExperiments(request(), page({ ETag: '"v1"' }), STYLED)).headers.get('ETag') ?? ''

  function conditionsOf({ headers }: Request): (string | null)[] {
    return ['If-None-Match', 'If-Modified-Since'].map((name) => headers.get(name))
  }

  test('asks about the page that the visitor has kept under the same plan', async () => {
    const asked = originRequest(request({ 'If-None-Match': await tag(), 'If-Modified-Since': 'x' }), STYLED)
    expect(conditionsOf(asked)).toEqual(['"v1"', null])
    const response = await applyExperiments(
      request({ 'If-None-Match': await tag() }),
      page({ ETag: '"v1"' }, 304),
      STYLED,
    )
    expect([response.status, response.headers.get('ETag')]).toEqual([304, await tag()])
  })

  test.each([
    ['the origin’s tag', '"v1"'],
    ['a tag of another plan', 'W/"v1~sother"'],
  ])('asks for the page where the visitor has kept it under %s', (_, ifNoneMatch) => {
    const asked = originRequest(request({ 'If-None-Match': ifNoneMatch, 'If-Modified-Since': 'x' }), STYLED)
    expect(conditionsOf(asked)).toEqual([null, null])
  })

  test('asks for encodings that can be read, where the page may be edited', () => {
    const asked = originRequest(request({ 'Accept-Encoding': 'gzip, deflate, br, zstd' }), STYLED)
    expect(asked.headers.get('Accept-Encoding')).toBe('gzip, br')
  })

  test('asks for the page where it was edited and there is no plan now', async () => {
    const asked = originRequest(request({ 'If-None-Match': await tag() }), null)
    expect(conditionsOf(asked)).toEqual([null, null])
  })

  test.each([null, 'x', { edits: 1 }, parsePageAnswer])('is the visitor’s own without a plan: %s', (answer) => {
    const own = request({ 'If-None-Match': '"v1"', 'If-Modified-Since': 'x' })
    expect(originRequest(own, answer)).toBe(own)
  })
})

describe('the answer to a page that has navigated by itself', () => {
  test('is what its script understands, with cookies set', async () => {
    const response = answerNavigation({ ...answerOf([textOf('Buy once.')]), cookies: ['a=1'] }, { cookies: ['b=2'] })
    expect(response.headers.getSetCookie()).toEqual(['b=2', 'a=1'])
    expect(await response.json()).toMatchObject({
      edits: [{ selector: 'h1', operation: { kind: 'text', text: 'Buy once.' }, wait: 1 }],
      cookies: [],
    })
  })

  test.each([undefined, null, 7, '', { edits: [{}] }])(
    'is that nothing happens, where the answer is %s',
    async (answer) => {
      const response = answerNavigation(answer, { cookies: ['b=2'] })
      expect([response.status, response.headers.getSetCookie()]).toEqual([200, []])
      expect(await response.json()).toMatchObject({ edits: [], css: '', redirect: null })
    },
  )
})
