import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../src/base/log.ts'
import { compile, parseDatafile } from '../../../src/engine/index.ts'
import type { Impression } from '../../../src/events/event.ts'
import type { OriginRequestOptions } from '../../../src/pages/proxy/origin-request.ts'
import { servePage } from '../../../src/pages/proxy/serve-page.ts'
import type { Site } from '../../../src/pages/proxy/site.ts'
import type { SiteSettings } from '../../../src/pages/proxy/site-settings.ts'
import type { Lookup } from '../../../src/store/datafile-store.ts'
import { impressionsAmong } from '../../support/impressions-among.ts'
import { USUAL_SETTINGS } from '../../support/site-settings.ts'
import { BROWSER, pagesDatafile, returning } from './hero-datafile.ts'

const URL_OF_PAGE = 'https://shop.example/'
const PAGE = '<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>'
const HTML = { 'content-type': 'text/html; charset=utf-8' }

function found(datafile: object): Lookup {
  const parsed = parseDatafile(datafile)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const project = compile(parsed.value.datafile)
  const stamp = { generation: 1, revision: '1', sha256: '' }
  const loaded = { datafile: parsed.value.datafile, project, stamp, textUnits: 0 }
  return { kind: 'found', datafile: loaded, source: 'memory', ageMs: 0, waitMs: 0 }
}

/** A site over an origin that answers with a page, on a clock that the test moves. */
function setUp(
  given: Partial<Omit<Site, 'settings'>> & { settings?: Partial<SiteSettings>; page?: () => Response } = {},
) {
  const asked: { request: Request; options: OriginRequestOptions }[] = []
  const steps: string[] = []
  const logged: LogEvent[] = []
  const shown: Impression[] = []
  const tasks: Promise<unknown>[] = []
  const waits: { ms: number; pass: () => void }[] = []
  const { settings, page = () => new Response(PAGE, { headers: HTML }), ...rest } = given
  const site: Site = {
    sdkKey: 'shop',
    store: { read: () => found(pagesDatafile()) },
    isOff: () => false,
    exposures: { record: (events) => shown.push(...impressionsAmong(events)) },
    background: (task) => tasks.push(task),
    log: (event) => logged.push(event),
    clock: () => 0,
    wait: (ms) => new Promise((resolve) => waits.push({ ms, pass: resolve })),
    newId: () => 'new-visitor',
    planPath: '/_turnout/v1/page',
    eventsPath: '/_turnout/v1/events',
    settings: { ...USUAL_SETTINGS, ...settings },
    ...rest,
  }
  const origin = {
    fetch: async (request: Request, options: OriginRequestOptions) => {
      steps.push('origin')
      asked.push({ request, options })
      return page()
    },
  }
  const ask = async (headers: Record<string, string> = BROWSER, url = URL_OF_PAGE) => {
    const response = await servePage(new Request(url, { headers }), origin, site)
    await Promise.all(tasks)
    return response
  }
  return { ask, asked, steps, logged, shown, waits, origin, site }
}

/** A promise that the test settles. */
function deferred<Value>() {
  let resolve: (value: Value) => void = () => {}
  let reject: (cause: unknown) => void = () => {}
  const promise = new Promise<Value>((res, rej) => {
    resolve = res
    reject = rej
  })
  return { promise, resolve, reject }
}

/** Lets whatever is ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

describe('a page with an experiment', () => {
  test('is edited, the visitor known from then on, and what they see counted', async () => {
    const { ask, shown } = setUp()
    const response = await ask()
    expect(await response.text()).toContain('<style data-turnout>h1{letter-spacing:1px}</style>')
    expect(response.headers.get('Set-Cookie')).toBe(
      'turnout_visitor=new-visitor; Max-Age=34560000; Path=/; Secure; SameSite=Lax',
    )
    expect(response.headers.get('Cache-Control')).toBe('private, no-cache')
    expect(shown).toMatchObject([
      { userId: 'new-visitor', flagKey: '', source: 'experiment', variation: { key: 'bold' } },
    ])
  })

  test('sets no cookie for a visitor who is known', async () => {
    const { ask } = setUp()
    expect((await ask(returning('u1'))).headers.has('Set-Cookie')).toBe(false)
  })

  test('never sets a cookie over one that the origin sets', async () => {
    const { ask } = setUp({
      page: () => new Response(PAGE, { headers: { ...HTML, 'set-cookie': 'turnout_visitor=own; Path=/' } }),
    })
    expect((await ask()).headers.getSetCookie()).toEqual(['turnout_visitor=own; Path=/'])
  })

  test('asks the origin once, in encodings that can be read', async () => {
    const { ask, asked } = setUp()
    await ask()
    expect(asked).toMatchObject([{ options: { encodings: 'readable' } }])
  })

  test('is a control without a byte of ours, and still the visitor’s own', async () => {
    const { ask, shown } = setUp({ store: { read: () => found(pagesDatafile({ share: 0 })) } })
    const response = await ask()
    expect(await response.text()).toBe(PAGE)
    expect(response.headers.get('Cache-Control')).toBe('private, no-cache')
    expect(shown).toMatchObject([{ variation: { key: 'control' } }])
  })
})

describe('a page without an experiment', () => {
  test.each([
    ['an experiment that does not run', pagesDatafile({ status: 'Paused' })],
    [
      'an experiment on other pages',
      pagesDatafile({ condition: { type: 'url', match: 'simple', value: 'x.example' } }),
    ],
    ['no page fields', pagesDatafile({ fields: { pages: undefined, experiments: [] } })],
  ])('is passed on as it is: %s', async (_, datafile) => {
    const cached = { ...HTML, 'cache-control': 'public, max-age=60', etag: '"v1"' }
    const { ask, asked, shown } = setUp({
      store: { read: () => found(datafile) },
      page: () => new Response(PAGE, { headers: cached }),
    })
    const response = await ask(returning('u1', { 'if-none-match': '"v0"' }))
    expect(await response.text()).toBe(PAGE)
    expect(Object.fromEntries(response.headers)).toEqual(cached)
    expect(asked).toMatchObject([{ options: { encodings: 'any', conditions: null } }])
    expect(shown).toEqual([])
  })
})

describe('answers that are no page to edit', () => {
  test.each([
    ['another type', new Response('{}', { headers: { 'content-type': 'application/json' } })],
    ['XHTML', new Response(PAGE, { headers: { 'content-type': 'application/xhtml+xml' } })],
    ['a page that is not there', new Response(PAGE, { status: 404, headers: HTML })],
    ['part of a page', new Response(PAGE, { status: 206, headers: HTML })],
    ['an AMP page', new Response(`<!doctype html><html amp><head></head><body>${PAGE}`, { headers: HTML })],
  ])('go on untouched: %s', async (_, answer) => {
    const expected = await answer.clone().text()
    const headers = Object.fromEntries(answer.headers)
    const { ask, shown } = setUp({ page: () => answer })
    const response = await ask()
    expect(response.status).toBe(answer.status)
    expect(await response.text()).toBe(expected)
    expect(Object.fromEntries(response.headers)).toEqual(headers)
    expect(shown).toEqual([])
  })

  test.each(['script', 'style', 'image', 'font', 'worker', 'serviceworker', 'audioworklet'])(
    'are not planned for: Sec-Fetch-Dest: %s',
    async (destination) => {
      const { ask, shown } = setUp()
      expect(await (await ask({ ...BROWSER, 'sec-fetch-dest': destination })).text()).toBe(PAGE)
      expect(shown).toEqual([])
    },
  )
})

describe('the order in which a page is served', () => {
  test('asks the origin at once where the datafile has still to be read', async () => {
    const lookup = deferred<Lookup>()
    const { ask, steps } = setUp({ store: { read: () => lookup.promise } })
    const answer = ask()
    await settle()
    expect(steps).toEqual(['origin'])
    lookup.resolve(found(pagesDatafile()))
    expect(await (await answer).text()).toContain('data-turnout')
  })

  test('waits for the plan first where the visitor has kept a page', async () => {
    const lookup = deferred<Lookup>()
    const { ask, steps } = setUp({ store: { read: () => lookup.promise } })
    const answer = ask(returning('u1', { 'if-none-match': 'W/"v1~sx"' }))
    await settle()
    expect(steps).toEqual([])
    lookup.resolve(found(pagesDatafile()))
    await answer
    expect(steps).toEqual(['origin'])
  })

  test('sends the origin’s page when the plan takes longer than the budget', async () => {
    const { ask, waits, logged, shown } = setUp({ store: { read: () => deferred<Lookup>().promise } })
    const answer = ask()
    await settle()
    expect(waits.map(({ ms }) => ms)).toEqual([50])
    waits[0]?.pass()
    const response = await answer
    expect(await response.text()).toBe(PAGE)
    expect(response.headers.get('Turnout-Note')).toBe('plan-late')
    expect(logged).toEqual([{ level: 'warn', code: 'plan_late', budgetMs: 50 }])
    expect(shown).toEqual([])
  })

  test('lets the budget begin when the origin has answered', async () => {
    const page = deferred<Response>()
    const { site, waits } = setUp({ store: { read: () => deferred<Lookup>().promise } })
    const answer = servePage(new Request(URL_OF_PAGE, { headers: BROWSER }), { fetch: () => page.promise }, site)
    await settle()
    expect(waits).toEqual([])
    page.resolve(new Response(PAGE, { headers: HTML }))
    await settle()
    expect(waits).toHaveLength(1)
    waits[0]?.pass()
    await answer
  })

  test('withholds the tag of an edited page when the plan is late', async () => {
    const { ask, asked, waits } = setUp({ store: { read: () => deferred<Lookup>().promise } })
    const answer = ask(returning('u1', { 'if-none-match': 'W/"v1~sx"' }))
    await settle()
    waits[0]?.pass()
    await answer
    expect(asked).toMatchObject([{ options: { conditions: { ifNoneMatch: null, ifModifiedSince: null } } }])
  })
})

describe('a redirect', () => {
  const datafile = pagesDatafile({
    changes: [{ type: 'redirect', destination: 'https://shop.example/new', preserveParameters: true }],
    condition: { type: 'url', match: 'simple', value: 'https://shop.example/' },
  })

  test('is answered without asking the origin, for this visitor alone', async () => {
    const { ask, asked, shown } = setUp({ store: { read: () => found(datafile) } })
    const response = await ask(BROWSER, `${URL_OF_PAGE}?size=9`)
    expect(response.status).toBe(302)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      location: 'https://shop.example/new?size=9',
      'cache-control': 'private, no-store',
      vary: 'Cookie',
    })
    expect(response.headers.getSetCookie()).toEqual([
      'turnout_visitor=new-visitor; Max-Age=34560000; Path=/; Secure; SameSite=Lax',
      expect.stringMatching(/^turnout_sent=[\d.-]+; Max-Age=3; Path=\/; Secure; SameSite=Lax$/),
    ])
    expect(asked).toEqual([])
    expect(shown).toHaveLength(1)
  })

  test('is not made again within moments, where the origin leads back', async () => {
    const { ask } = setUp({ store: { read: () => found(datafile) } })
    const sent = (await ask()).headers.getSetCookie().at(-1)?.split(';')[0] ?? ''
    const again = await ask(returning('u1', { cookie: `turnout_visitor=u1; ${sent}` }))
    expect(again.status).toBe(200)
    expect(await again.text()).toBe(PAGE)
  })

  test('takes the place of a page that has been asked for already', async () => {
    const lookup = deferred<Lookup>()
    const { ask } = setUp({ store: { read: () => lookup.promise } })
    const answer = ask()
    await settle()
    lookup.resolve(found(datafile))
    expect((await answer).status).toBe(302)
  })
})

describe('whatever fails, the page is the origin’s', () => {
  test.each<[string, Partial<Site>, string | null]>([
    ['the datafile is not there', { store: { read: () => ({ kind: 'unknown' }) } }, 'no-datafile'],
    ['the store is down', { store: { read: () => ({ kind: 'unavailable', retryAfterSeconds: 5 }) } }, 'no-datafile'],
    [
      'reading throws',
      {
        store: {
          read: () => {
            throw new Error('broken')
          },
        },
      },
      'plan-failed',
    ],
    ['reading rejects', { store: { read: () => Promise.reject(new Error('broken')) } }, 'plan-failed'],
    [
      'no id can be made',
      {
        newId: () => {
          throw new Error('no entropy')
        },
      },
      'plan-failed',
    ],
    [
      'the page fields are broken',
      { store: { read: () => found(pagesDatafile({ fields: { pages: 7 } })) } },
      'pages-invalid',
    ],
    ['the kill switch is thrown', { isOff: () => true }, null],
    ['the kill switch is thrown in a fresh isolate', { isOff: async () => true }, null],
    ['no SDK key is set', { sdkKey: null }, null],
  ])('%s', async (_, broken, note) => {
    const { ask, shown } = setUp(broken)
    const response = await ask()
    expect(await response.text()).toBe(PAGE)
    expect(response.headers.get('Turnout-Note')).toBe(note)
    expect(response.headers.has('Set-Cookie')).toBe(false)
    expect(shown).toEqual([])
  })

  test('PAGES=off', async () => {
    expect(await (await setUp({ settings: { isOn: false } }).ask()).text()).toBe(PAGE)
  })

  test('recording what was shown throws', async () => {
    const { ask, logged } = setUp({
      exposures: {
        record: () => {
          throw new Error('broken')
        },
      },
    })
    expect(await (await ask()).text()).toContain('<h1')
    expect(logged).toMatchObject([{ level: 'error', code: 'exposures_failed' }])
  })
})
