/** The Worker of examples/own-worker, with Turnout bound to it. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { edited, experimentDatafile, oursIn, PLAIN_HOST, withoutOurs } from './experiment.ts'
import { pretendTurnout, startOwnWorker, turnoutWith } from './own-workers.ts'

const WORKER = 'examples/own-worker/worker.ts'
const KNOWN = { cookie: 'shop_visitor=someone' }

const swiss = { audienceIds: ['swiss'] }
const audiences = {
  typedAudiences: [
    {
      id: 'swiss',
      name: 'Swiss',
      conditions: ['or', { type: 'custom_attribute', name: '$country', match: 'exact', value: 'CH' }],
    },
  ],
  attributes: [{ id: '1', key: '$country' }],
}

const turnout = await turnoutWith(afterAll, experimentDatafile())
const { visit } = await startOwnWorker(afterAll, WORKER, { turnout })
const pretended = await pretendTurnout(afterAll)
const troubled = await startOwnWorker(afterAll, WORKER, { turnout: pretended.port })

beforeAll(async () => {
  // The first question has KV read, and may come too late for its page.
  await visit('/', KNOWN)
})

describe('the shop', () => {
  it.each(['/', '/about', '/stories'])('has its page in its variation: %s', async (path) => {
    const [page, original] = await Promise.all([visit(path, KNOWN), visit(path, { ...KNOWN, 'sec-gpc': '1' })])
    expect(oursIn(page)).toHaveLength(3)
    expect(withoutOurs(page)).toBe(edited(original.body))
    expect(original.header('cache-control')).toBe('public, max-age=60')
  })

  it('knows a new visitor again, where an experiment is about the page', async () => {
    const [cookie, ...others] = (await visit('/', { cookie: '' })).all('set-cookie')
    expect(cookie).toMatch(/^shop_visitor=[\da-f-]{36}; Max-Age=31536000; Path=\/; Secure; SameSite=Lax$/)
    expect(others).toEqual([])
    expect((await visit('/', KNOWN)).all('set-cookie')).toEqual([])
    expect((await visit('/', { cookie: '', host: PLAIN_HOST })).all('set-cookie')).toEqual([])
  })

  it('answers 304 to whoever has kept the page, and the page to whoever has kept another', async () => {
    const etag = (await visit('/', KNOWN)).header('etag') ?? ''
    expect((await visit('/', { ...KNOWN, 'if-none-match': etag })).status).toBe(304)
    expect((await visit('/', { ...KNOWN, 'if-none-match': etag.replace('~s', '~s0') })).status).toBe(200)
  })

  it('leaves a page alone that is missing', async () => {
    const page = await visit('/nowhere', KNOWN)
    expect([page.status, oursIn(page)]).toEqual([404, []])
  })

  it('tells Turnout where the visitor comes from', async ({ onTestFinished }) => {
    const turnout = await turnoutWith(onTestFinished, experimentDatafile({ experiment: swiss, datafile: audiences }))
    const { visit } = await startOwnWorker(onTestFinished, WORKER, { turnout })
    await visit('/', KNOWN)
    expect(oursIn(await visit('/', { ...KNOWN, 'x-test-cf': '{"country":"CH"}' }))).toHaveLength(3)
    expect(oursIn(await visit('/', { ...KNOWN, 'x-test-cf': '{"country":"DE"}' }))).toHaveLength(0)
  })

  it('counts no HEAD', async ({ onTestFinished }) => {
    const turnout = await turnoutWith(onTestFinished, experimentDatafile())
    const { visit, workerd } = await startOwnWorker(onTestFinished, WORKER, { turnout })
    await visit('/', KNOWN, 'HEAD')
    expect(workerd.logged.join()).not.toContain('"events"')
    await visit('/', KNOWN)
    expect(workerd.logged.join()).toContain('"code":"events","impressions":1')
  })
})

describe('the script of a page that navigates by itself', () => {
  it('is told what belongs to the next URL', async () => {
    const answer = await visit(`/plan?url=${encodeURIComponent('http://shop.example/stories')}`, KNOWN)
    expect(answer.header('cache-control')).toBe('private, no-store')
    expect(JSON.parse(answer.text)).toMatchObject({ css: '.hero{letter-spacing:.02em}', cookies: [] })
    expect(answer.text).not.toContain('"place"')
  })

  it.each(['', 'javascript:alert(1)', 'http://elsewhere.example/'])('is told of nothing for “%s”', async (url) => {
    const answer = await visit(`/plan?url=${encodeURIComponent(url)}`, KNOWN)
    expect(JSON.parse(answer.text)).toMatchObject({ edits: [], css: '', redirect: null })
  })
})

describe('without Turnout the shop goes on, in time:', () => {
  it('where it answers too late', async () => {
    pretended.answer((response) => void setTimeout(() => response.end('{}'), 5_000))
    const page = await troubled.visit('/', KNOWN)
    expect([page.status, oursIn(page), page.header('etag')]).toEqual([200, [], '"v1"'])
  })

  it('where its answer never ends', async () => {
    pretended.answer((response) => void response.writeHead(200).write('{"edits":['))
    const page = await troubled.visit('/stories', KNOWN)
    expect([page.complete, oursIn(page)]).toEqual([true, []])
  })

  it('where it hangs up', async () => {
    pretended.answer((response) => void response.destroy())
    expect(oursIn(await troubled.visit('/about', KNOWN))).toEqual([])
  })

  it('and sets no cookie', async () => {
    pretended.answer((response) => void response.destroy())
    expect((await troubled.visit('/', { cookie: '' })).all('set-cookie')).toEqual([])
  })
})

it('is the Worker that its README and configuration say', async () => {
  const folder = new URL('../../examples/own-worker/', import.meta.url)
  const [readme, config] = await Promise.all(
    ['README.md', 'wrangler.toml'].map((name) => readFile(new URL(name, folder), 'utf8')),
  )
  expect(config).toMatch(/binding = "TURNOUT"/)
  expect(readme?.split('\n').length).toBeLessThanOrEqual(50)
})
