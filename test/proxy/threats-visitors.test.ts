/** What becomes of visitors and of what is known of them, in the real Worker. Each test begins with its number. */
import { isDeepStrictEqual } from 'node:util'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { told } from './client.ts'
import {
  EDGE_CHANGES,
  edited,
  experimentDatafile,
  RETURNING,
  startExperiment,
  USER_AGENT,
  withoutOurs,
} from './experiment.ts'
import { PAGE } from './pages.ts'
import { startSite } from './worker.ts'

const site = await startExperiment(afterAll)
const { ask, visit, visitPlain, askOrigin, workerd } = site

describe('S24 without consent', () => {
  const OWN_CHOICE = /^turnout_opt_out=1; /

  it.for<readonly [string, Readonly<Record<string, string>>, boolean]>([
    ['no cookie of theirs', {}, false],
    ['a no', { cookie: 'consent=no' }, false],
    ['a denial', { cookie: 'consent=denied' }, false],
    ['nothing', { cookie: 'consent=' }, false],
    ['a list that nobody reads', { cookie: 'consent=%7B%22ads%22%3Atrue%7D' }, false],
    ['a yes', { cookie: 'consent=yes' }, true],
    ['a yes, and the signal of the browser', { cookie: 'consent=yes', 'sec-gpc': '1' }, false],
    ['a yes, and an opt-out', { cookie: 'consent=yes; turnout_opt_out=1' }, false],
    ['a yes, and an id', { cookie: 'consent=yes; turnout_visitor=visitor-1' }, true],
    ['an id from before, and no consent', { cookie: 'turnout_visitor=visitor-1' }, false],
  ])('nobody is experimented on, and nothing is kept or counted: %s', async ([, headers, isOn], { onTestFinished }) => {
    const asking = await startSite(onTestFinished, {
      datafile: experimentDatafile({ changes: EDGE_CHANGES }),
      variables: { CONSENT_COOKIE: 'consent', STICKY: 'cookie' },
    })
    const askAs = (path: string) => asking.ask(path, { headers: { 'user-agent': USER_AGENT, ...headers } })
    for (const path of ['/warm', '/warm', '/etag']) await askAs(path)
    const answer = await askAs('/etag')
    const original = told(await asking.askOrigin('/etag'))
    const counted = asking.workerd.logged.join().includes('"events"')
    expect([withoutOurs(answer) === edited(PAGE), isDeepStrictEqual(told(answer), original), counted]).toEqual([
      isOn,
      !isOn,
      isOn,
    ])
  })

  it('a page that was kept with it is asked for anew when it is withdrawn', async () => {
    const tag = (await visit('/etag', RETURNING)).header('etag') ?? ''
    const headers = { ...RETURNING, 'if-none-match': tag, 'sec-gpc': '1' }
    expect(await visit('/etag', headers)).toMatchObject({ status: 200, text: PAGE })
    const out = await visit('/etag?turnout_opt_out=true', { ...RETURNING, 'if-none-match': tag })
    expect([out.status, out.text, out.all('set-cookie')]).toEqual([200, PAGE, [expect.stringMatching(OWN_CHOICE)]])
  })
})

describe('S25 who only looks', () => {
  it.for<readonly [string, Readonly<Record<string, string>>]>([
    ['GET', { 'sec-purpose': 'prefetch' }],
    ['GET', { 'sec-purpose': 'prefetch;prerender' }],
    ['GET', { purpose: 'prefetch' }],
    ['GET', { 'x-moz': 'prefetch' }],
    ['HEAD', {}],
    ['GET', { 'user-agent': 'Googlebot/2.1' }],
  ])('is not counted, and whoever comes after them is: %s %j', async ([method, more], { onTestFinished }) => {
    const looked = await startSite(onTestFinished, { datafile: experimentDatafile({ changes: EDGE_CHANGES }) })
    const askWith = (given: object) =>
      looked.ask('/page.html', { method, headers: { 'user-agent': USER_AGENT, ...RETURNING, ...given } })
    for (let times = 0; times < 3; times++) await askWith(more)
    expect(looked.workerd.logged.join()).not.toContain('"events"')
    await looked.ask('/page.html', { headers: { 'user-agent': USER_AGENT, ...RETURNING } })
    await vi.waitFor(() => expect(looked.workerd.logged.join()).toContain('"impressions":1'))
  })

  it.each([{ 'sec-purpose': 'prefetch' }, { 'sec-purpose': 'prefetch;prerender' }])(
    'ahead gets what will be shown: %j',
    async (headers) => {
      expect(told(await visit('/etag', { ...RETURNING, ...headers }))).toEqual(told(await visit('/etag', RETURNING)))
    },
  )
})

describe('S26 the datafile of another SDK key', () => {
  it('decides nothing on the site, whoever names it', async () => {
    const css = [{ type: 'custom_css', value: '.of-another{top:0}' }]
    site.kv.set('datafile:another', JSON.stringify(experimentDatafile({ changes: css })))
    const named = { ...RETURNING, 'x-optimizely-sdk-key': 'another' }
    const clean = await visit('/page.html', RETURNING)
    expect((await visit('/page.html?key=another&sdkKey=another', named)).text).toBe(clean.text)
    expect((await ask('/_turnout/v1/page?url=https://shop.example/&userId=u&key=another')).text).toContain('of-another')
    expect((await visit('/page.html', RETURNING)).text).toBe(clean.text)
  })

  it('is not told of by a host that no page is about', async () => {
    expect(told(await visitPlain('/page.html'))).toEqual(told(await askOrigin('/page.html')))
  })
})

describe('S23 ids of visitors', () => {
  it('are in no line of the log, after all of this', async () => {
    const fresh = (await visit('/page.html')).all('set-cookie')[0]?.split(/[=;]/)[1] ?? ''
    expect(fresh).toMatch(/^[\da-f-]{36}$/)
    const logged = workerd.logged.join('\n')
    expect(logged).toContain('"events"')
    for (const id of [fresh, 'visitor-1']) expect(logged).not.toContain(id)
  })
})
