/** Something of ours, or the origin, is broken: the visitor gets the origin's page. Rows of the list of known faults. */
import { afterAll, describe, expect, it } from 'vitest'
import type { ReadMode } from '../faults/fake-kv.ts'
import { type Answer, told } from './client.ts'
import { CHANGES, experimentDatafile, RETURNING, startExperiment, USER_AGENT, withoutOurs } from './experiment.ts'
import { closedPort } from './origin-server.ts'
import { PAGE } from './pages.ts'
import { type Site, startSite, storeDatafile } from './worker.ts'

const HEADERS = { ...RETURNING, 'user-agent': USER_AGENT }
const ask = (site: Site, path = '/etag') => site.ask(path, { headers: HEADERS })

/** The origin's answer, but for a header that says what went wrong. */
function toldOfPage(answer: Answer): object {
  return told({ ...answer, headers: answer.headers.filter(([name]) => name !== 'turnout-note') })
}

async function expectOriginsPage(site: Site, path = '/etag'): Promise<Answer> {
  const answer = await ask(site, path)
  expect(toldOfPage(answer)).toEqual(told(await site.askOrigin(path)))
  expect(site.origin.requestsTo(path)).toHaveLength(2)
  return answer
}

describe.concurrent('row 21: with a configuration that is broken a page is the origin’s', () => {
  it.for<readonly [string, Readonly<Record<string, string>>]>([
    ['a number that is none', { FRESH_SECONDS: 'soon' }],
    ['a switch that is none', { PAGES: 'maybe' }],
    ['an SDK key that is none', { SDK_KEY: 'no key!' }],
    ['no SDK key', { SDK_KEY: '' }],
    ['an SDK key without a datafile', { SDK_KEY: 'unknown' }],
    ['a cookie that is none', { VISITOR_COOKIE: 'a b' }],
    ['pages off', { PAGES: 'off' }],
  ])('%s', async ([, variables], { onTestFinished }) => {
    const site = await startSite(onTestFinished, { datafile: experimentDatafile(), variables })
    await expectOriginsPage(site)
  })
})

describe.concurrent('row 21: with a store that is down a page is the origin’s', () => {
  it.for<readonly [string, ReadMode]>([
    ['refuses', { status: 503 }],
    ['is not allowed', { status: 403 }],
    ['hangs', 'hang'],
    ['is slow', { delayMs: 3_000 }],
    ['breaks off', 'truncate'],
    ['stalls', 'stall'],
    ['is garbage', 'garbage'],
    ['resets', 'reset'],
  ])('that %s', async ([, mode], { onTestFinished }) => {
    const site = await startSite(onTestFinished, { datafile: experimentDatafile() })
    site.kv.mode = mode
    await expectOriginsPage(site)
  })

  it('and an experiment goes on where it had been read', async ({ onTestFinished }) => {
    const site = await startExperiment(onTestFinished, { variables: { FRESH_SECONDS: '1' } })
    site.kv.mode = 'hang'
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect((await site.visit('/page.html', RETURNING)).text).toContain('data-turnout')
  })
})

describe.concurrent('row 21: with a datafile that is broken a page is the origin’s', () => {
  it.for<readonly [string, object | string]>([
    ['empty', ''],
    ['cut off', JSON.stringify(experimentDatafile()).slice(0, 400)],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', {}],
    ['pages that are none', { ...experimentDatafile(), pages: 'all' }],
    ['pages without conditions', { ...experimentDatafile(), pages: [{ id: 'p1', key: 'k' }] }],
    [
      'an expression that never ends',
      {
        ...experimentDatafile(),
        pages: [{ id: 'p1', key: 'k', conditions: ['or', { type: 'url', match: 'regex', value: '^(a+)+$' }] }],
      },
    ],
    [
      'actions that are none',
      experimentDatafile({ experiment: { variations: [{ id: 'v-on', key: 'on', actions: 1 }] } }),
    ],
    ['an experiment on a page that is not there', experimentDatafile({ experiment: { pageIds: ['gone'] } })],
    ['code that closes its element', experimentDatafile({ changes: [{ type: 'custom_code', value: '"</script>"' }] })],
  ])('%s', async ([, datafile], { onTestFinished }) => {
    const site = await startSite(onTestFinished)
    if (typeof datafile === 'string') site.kv.set('datafile:shop', datafile)
    else storeDatafile(site.kv, datafile)
    for (const path of ['/etag', '/page.html']) await expectOriginsPage(site, path)
  })
})

describe('the kill switch', () => {
  it('leaves every page as the origin has it', async ({ onTestFinished }) => {
    const site = await startSite(onTestFinished, { datafile: experimentDatafile() })
    site.kv.set('pages:off', 'true')
    await ask(site, '/warm')
    await expectOriginsPage(site)
  })

  it('of one request does so for it', async ({ onTestFinished }) => {
    const site = await startExperiment(onTestFinished)
    expect((await site.visit('/page.html?turnout_off=true', RETURNING)).text).toBe(PAGE)
    expect((await site.visit('/page.html', RETURNING)).text).not.toBe(PAGE)
  })
})

const site = await startExperiment(afterAll)
/** Puts in what needs no rewriter. */
const scripted = await startExperiment(afterAll, {
  changes: CHANGES.filter((change) => !('selector' in change)),
})

describe('F24 an origin without an answer is told of in a 502 of ours', () => {
  it.each(['/reset', '/closed', '/garbage', '/http09', '/duplicate-length'])('%s', async (path) => {
    const answer = await site.visit(path, RETURNING)
    expect([answer.status, answer.header('turnout-error')]).toEqual([502, 'origin_unreachable'])
    expect(site.origin.requestsTo(path)).toHaveLength(1)
  })

  it('where nobody listens', async ({ onTestFinished }) => {
    const ORIGIN = `http://127.0.0.1:${await closedPort()}`
    const down = await startSite(onTestFinished, { datafile: experimentDatafile(), variables: { ORIGIN } })
    expect(await ask(down)).toMatchObject({ status: 502 })
  })
})

describe('F26 F28 a body that stops, is cut, or is not what it says', () => {
  it.each(['/truncated/length', '/truncated/chunked', '/reset-body'])(
    'is there as far as it goes: %s',
    async (path) => {
      const answer = await site.visit(path, RETURNING)
      expect(answer).toMatchObject({ status: 200, complete: false })
      const original = await site.askOrigin(path)
      expect(withoutInserted(withoutOurs(answer))).toBe(original.body.toString('latin1'))
    },
  )

  it('that is cut before there is a place for anything is there as far as it goes', async () => {
    site.origin.on('/cut-early', async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write('<!doctype ht')
      await new Promise((resolve) => setTimeout(resolve, 100))
      response.socket?.destroy()
    })
    const answer = await site.visit('/cut-early', RETURNING)
    expect(answer).toMatchObject({ status: 200, complete: false, text: '<!doctype ht' })
  })

  it.each(['/truncated/length', '/truncated/chunked', '/reset-body'])(
    'is there as far as it goes where only a script is put in, each of five times: %s',
    async (path) => {
      const original = (await scripted.askOrigin(path)).body.toString('latin1')
      const answers: string[] = []
      for (let times = 0; times < 5; times++) answers.push(withoutOurs(await scripted.visit(path, RETURNING)))
      expect(answers).toEqual(Array.from({ length: 5 }, () => original))
    },
  )

  it('that hangs is there as far as it goes, at once', async () => {
    const answer = await site.ask('/hang-body', { headers: HEADERS, signal: AbortSignal.timeout(1_500) })
    expect(withoutInserted(withoutOurs(answer)).length).toBeGreaterThan(PAGE.length / 2 - 200)
    expect(answer.totalMs - (answer.firstByteMs ?? answer.totalMs)).toBeGreaterThan(700)
  })

  it('that is labelled gzip and is not goes on as it came', async () => {
    expect((await site.visit('/mislabelled/gzip', RETURNING)).text).toBe(PAGE)
  })

  it('of gzip that is cut arrives as far as it can be read', async () => {
    const answer = await site.visit('/truncated/gzip', RETURNING)
    expect(answer.status).toBe(200)
    const original = await site.askOrigin('/truncated/gzip')
    const isAsItCame = answer.body.equals(original.body)
    expect(isAsItCame || withoutInserted(withoutOurs(answer)).startsWith('<!doctype html>')).toBe(true)
  })
})

/** Undoes the edits in the HTML, in whatever part of a page there is. */
function withoutInserted(html: string): string {
  return html.replace('<h1 class="hero bold">', '<h1 class="hero">').replace('<p id="promise">Free returns</p>', '')
}

describe('F37 an origin that leads back to the site', () => {
  it('is asked twice, and then the visitor is told', async () => {
    site.origin.on('/loop', async (request, response) => {
      const loop = String(request.headers['turnout-loop'])
      const again = await site.visit('/loop', { ...RETURNING, 'turnout-loop': loop })
      response.writeHead(again.status, { 'turnout-error': again.header('turnout-error') ?? '' }).end(again.text)
    })
    const answer = await site.visit('/loop', RETURNING)
    expect([answer.status, answer.header('turnout-error')]).toEqual([508, 'request_loop'])
    expect(site.origin.requestsTo('/loop')).toHaveLength(2)
  })
})
