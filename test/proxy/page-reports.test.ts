/** What counts when a page is served, and what the page is left to report, in the real Worker. */
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished as onFinished, type TestContext, vi } from 'vitest'
import type { Answer } from './client.ts'
import { EDGE_CHANGES, experimentDatafile, oursIn, RETURNING, USER_AGENT } from './experiment.ts'
import { PAGE } from './pages.ts'
import { type Site, startSite } from './worker.ts'

type WhenDone = TestContext['onTestFinished']

const CODE = [{ type: 'custom_code', value: 'document.title = "Edited"' }]
const REPORT = /\("\/_turnout\/v1\/events",(\[.*?\]),(\{.*?\})\)/

const ON = 'visitor-1 on'
const OFF = 'in-off off'

interface Started extends Site {
  /** Asks for a page that the origin sends with these headers. */
  visit(headers?: Readonly<Record<string, string>>, sent?: object): Promise<Answer>
  readonly collected: readonly string[]
}

/** A site with an experiment that makes these changes, whose datafile has been read. */
async function start(whenDone: WhenDone, changes: readonly object[] = CODE): Promise<Started> {
  const experiment = { forcedVariations: { 'in-off': 'off' } }
  const datafile = experimentDatafile({ changes, experiment })
  const variables = { COLLECTOR_URL: 'https://collector.example/collect' }
  const site = await startSite(whenDone, { mode: 'zone', datafile, variables })
  const collected: string[] = []
  site.origin.on('/collect', async (request, response) => {
    for (const { visitor_id, snapshots } of (JSON.parse(await text(request)) as Batch).visitors)
      collected.push(`${visitor_id} ${snapshots[0]?.decisions[0]?.metadata.variation_key}`)
    response.writeHead(204).end()
  })
  site.origin.on('/page', ({ headers }, response) => {
    const isKept = headers['if-none-match'] === '"origin"'
    const sent = JSON.parse(String(headers['x-test-answer'] ?? '{}'))
    response.writeHead(isKept ? 304 : 200, { etag: '"origin"', 'content-type': 'text/html; charset=utf-8', ...sent })
    response.end(isKept ? '' : PAGE)
  })
  const visit: Started['visit'] = (headers = {}, sent = {}) =>
    site.ask('/page', {
      headers: { 'user-agent': USER_AGENT, ...RETURNING, 'x-test-answer': JSON.stringify(sent), ...headers },
    })
  await visit({ 'user-agent': 'Googlebot/2.1' })
  return { ...site, visit, collected }
}

interface Snapshot {
  readonly decisions: readonly { readonly metadata: { readonly variation_key: string } }[]
}

interface Batch {
  readonly visitors: readonly {
    readonly visitor_id: string
    readonly snapshots: readonly Snapshot[]
  }[]
}

/** Does what the script in a page would do. */
function report({ ask }: Started, page: Answer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const [, events = '', facts = ''] = REPORT.exec(oursIn(page).join('')) ?? []
  if (facts !== '{}') throw new Error(`The page has another report than was expected: ${oursIn(page).join('')}`)
  return ask('/_turnout/v1/events', {
    method: 'POST',
    headers: { origin: 'http://shop.example', 'user-agent': USER_AGENT, ...RETURNING, ...headers },
    body: JSON.stringify({ page: {}, events: JSON.parse(events) }),
  })
}

function isReporting(page: Answer): boolean {
  return REPORT.test(oursIn(page).join(''))
}

/** What the collector is told, in time: who saw which variation, repeats among them. */
async function collects({ collected }: Started, expected: readonly string[]): Promise<void> {
  await vi.waitFor(() => expect(collected.toSorted()).toEqual(expected.toSorted()), 10_000)
}

describe('a change that needs the browser', () => {
  it('counts once the page reports it, and not when it is served', async ({ onTestFinished }) => {
    const site = await start(onTestFinished)
    const page = await site.visit()
    await site.visit()
    const answer = await report(site, page)
    expect([answer.status, JSON.parse(answer.text)]).toEqual([202, { accepted: 1, refused: [] }])
    await collects(site, [ON])
  })

  it('counts for control in the same way', async ({ onTestFinished }) => {
    const site = await start(onTestFinished)
    const cookie = 'turnout_visitor=in-off'
    const page = await site.visit({ cookie })
    expect(page.text).toContain('"variationId":"v-off"')
    expect(JSON.parse((await report(site, page, { cookie })).text)).toEqual({ accepted: 1, refused: [] })
    await collects(site, [OFF])
  })

  it('is reported again by a page that the visitor has kept, so that a 304 counts nothing', async ({
    onTestFinished,
  }) => {
    const site = await start(onTestFinished)
    const page = await site.visit()
    const kept = await site.visit({ 'if-none-match': page.header('etag') ?? '' })
    expect(kept.status).toBe(304)
    await report(site, page)
    await collects(site, [ON])
  })
})

describe('what policies have to do with it', () => {
  const script = "script-src 'self'"

  it.each([
    ['none', {}],
    ["its own site by `'self'`", { 'content-security-policy': `${script}; connect-src 'self' https://a.example` }],
    ['all', { 'content-security-policy': `${script}; connect-src *` }],
    ['all but scripts', { 'content-security-policy': script }],
    ['a sandbox of its own origin', { 'content-security-policy': 'sandbox allow-scripts allow-same-origin' }],
  ])('a page reports where its policy allows that: %s', async (_, sent) => {
    const site = await start(onFinished)
    const page = await site.visit({}, sent)
    expect([isReporting(page), page.header('etag')?.includes('origin')]).toEqual([true, true])
  })

  it.for([
    ['nothing', { 'content-security-policy': `${script}; connect-src 'none'` }],
    ['others', { 'content-security-policy': `${script}; connect-src https://a.example` }],
    ['nothing by default', { 'content-security-policy': `default-src 'none'; ${script}` }],
    ['what it may not, if only to be told', { 'content-security-policy-report-only': "connect-src 'none'" }],
    ['an origin that nobody else has', { 'content-security-policy': 'sandbox allow-scripts' }],
  ] as const)(
    'else it counts when it is served, control too, and nobody keeps it: %s',
    async ([, sent], { onTestFinished }) => {
      const site = await start(onTestFinished)
      const page = await site.visit({}, sent)
      const control = await site.visit({ cookie: 'turnout_visitor=in-off' }, sent)
      expect([page, control].map((one) => [isReporting(one), one.header('etag')])).toEqual([
        [false, null],
        [false, null],
      ])
      expect(oursIn(page).join()).toContain('document.title')
      await collects(site, [ON, OFF])
    },
  )

  it('where trusted types keep a variation from being whole, it counts for nobody', async ({ onTestFinished }) => {
    const inserted = { type: 'insert_html', selector: 'p:last-child', operator: 'after', value: '<b>New</b>' }
    const site = await start(onTestFinished, [...CODE, inserted])
    const sent = { 'content-security-policy': "require-trusted-types-for 'script'" }
    const arms = [{}, { cookie: 'turnout_visitor=in-off' }]
    const pages = await Promise.all(arms.flatMap((arm) => [site.visit(arm, sent), site.visit(arm)]))
    expect(pages.map(isReporting)).toEqual([false, true, false, true])
    await report(site, await site.visit())
    await collects(site, [ON])
  })

  it('a page whose scripts cannot run counts for nobody', async ({ onTestFinished }) => {
    const site = await start(onTestFinished)
    const sent = { 'content-security-policy': 'sandbox' }
    await site.visit({}, sent)
    expect((await site.visit({ cookie: 'turnout_visitor=in-off' }, sent)).text).toBe(PAGE)
    await report(site, await site.visit())
    await collects(site, [ON])
  })
})

describe('a page that is fetched ahead', () => {
  it.for(['prefetch', 'prefetch;prerender'])(
    'reports what it shows, once it is shown: %s',
    async (purpose, { onTestFinished }) => {
      const site = await start(onTestFinished, EDGE_CHANGES)
      const ahead = await site.visit({ 'sec-purpose': purpose })
      const usual = await site.visit()
      expect([isReporting(ahead), isReporting(usual)]).toEqual([true, false])
      expect(ahead.text.replace(/<script data-turnout>.*?<\/script>/, '')).toBe(
        usual.text.replace(/<script data-turnout>.*?<\/script>/, ''),
      )
      expect(ahead.header('etag')).not.toBe(usual.header('etag'))
      expect(JSON.parse((await report(site, ahead)).text)).toEqual({ accepted: 1, refused: [] })
      await collects(site, [ON, ON])
    },
  )
})

describe('a page that navigates by itself', () => {
  it('reports what it asks for with `reports=true`, and nothing of it counts before', async ({ onTestFinished }) => {
    const site = await start(onTestFinished)
    const headers = { 'user-agent': USER_AGENT, ...RETURNING }
    const plan = '/_turnout/v1/page?url=https://shop.example/page'
    const asked = JSON.parse((await site.ask(`${plan}&reports=true`, { headers })).text)
    expect(asked.reports).toEqual({
      atOnce: [{ type: 'page-exposure', experimentId: 'e1', variationId: 'v-on' }],
      awaiting: [],
    })
    expect(JSON.parse((await site.ask(plan, { headers })).text)).not.toHaveProperty('reports')
    await collects(site, [ON])
  })

  it('is one of the visitor of the cookie and the site’s own datafile: where either is named all is counted when it is asked for', async ({
    onTestFinished,
  }) => {
    const site = await start(onTestFinished)
    const plan = '/_turnout/v1/page?url=https://shop.example/page&reports=true&userId=u1'
    const { text } = await site.ask(plan, { headers: { 'user-agent': USER_AGENT } })
    expect(JSON.parse(text)).not.toHaveProperty('reports')
    const ofKey = await site.ask('/_turnout/v1/page?url=https://shop.example/page&reports=true&key=shop', {
      headers: { 'user-agent': USER_AGENT, ...RETURNING },
    })
    expect(JSON.parse(ofKey.text)).not.toHaveProperty('reports')
    const script = await site.ask('/_turnout/v1/page.js?url=https://shop.example/page&reports=true', {
      headers: { 'user-agent': USER_AGENT, ...RETURNING },
    })
    expect(script.text).not.toContain('sendBeacon')
    await collects(site, [ON, ON, 'u1 on'])
  })

  it.each(['reports=yes', 'reports=true&reports=true'])('is told what is wrong with %s', async (query) => {
    const site = await start(onFinished)
    const answer = await site.ask(`/_turnout/v1/page?url=https://shop.example/page&${query}`)
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('reports')])
  })
})
