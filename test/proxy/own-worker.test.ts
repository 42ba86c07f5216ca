/** Pages that a Worker of somebody else makes, in every way there is, with the experiments of Turnout applied to them. */
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { type Answer, told } from './client.ts'
import { edited, experimentDatafile, oursIn, withoutOurs } from './experiment.ts'
import { closedPort, startOriginServer } from './origin-server.ts'
import { pretendTurnout, startOwnWorker, turnoutWith } from './own-workers.ts'
import { PAGE } from './pages.ts'

const WORKER = 'test/support/own-worker.ts'
const origin = await startOriginServer()
afterAll(origin.stop)
origin.on('/page', (_, response) => void response.setHeader('Content-Type', 'text/html; charset=utf-8').end(PAGE))
origin.on('/gzip', (_, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8').setHeader('Content-Encoding', 'gzip')
  response.end(gzipSync(PAGE))
})
const variables = { ORIGIN: origin.url }
const turnout = await turnoutWith(afterAll, experimentDatafile())
const { visit } = await startOwnWorker(afterAll, WORKER, { turnout, variables })

/** What the Worker itself makes of a page. */
function plain(path: string): Promise<Answer> {
  return visit(`${path}?plain`)
}

describe('the page is edited, and whole, where it is made', () => {
  it.each([
    ['of a text', '/text'],
    ['of bytes', '/bytes'],
    ['of a blob', '/blob'],
    ['as a stream of chunks', '/chunks'],
    ['as a stream of single bytes', '/single-bytes'],
    ['as a byte stream', '/byte-stream'],
    ['through a stream of JavaScript’s', '/piped'],
    ['through a stream of the runtime’s', '/identity'],
    ['as a stream of text that is encoded', '/encoded'],
    ['by HTMLRewriter', '/rewriter'],
    ['by HTMLRewriter, as a stream', '/rewritten-stream'],
    ['by HTMLRewriter, of an origin’s page', '/rewritten-origin'],
    ['by an origin', '/page'],
    ['by an origin, and comes compressed', '/gzip'],
    ['by an origin, and is copied', '/copied'],
    ['by an origin, is copied, and comes compressed', '/copied-gzip'],
    ['with cookies of its own', '/own-cookies'],
  ])('%s', async (_, path) => {
    const [page, original] = await Promise.all([visit(path), plain(path)])
    expect(page.complete).toBe(true)
    expect(page.header('content-encoding')).toBeNull()
    expect(withoutOurs(page)).toBe(edited(decoded(original)))
    expect(oursIn(page)).toHaveLength(3)
    expect(page.header('cache-control')).toBe('private, no-cache')
    expect(page.header('vary')).toContain('Cookie')
    expect(page.all('set-cookie')).toEqual(original.all('set-cookie'))
  })
})

describe('the answer is the Worker’s own, byte for byte, where it is', () => {
  it.each([
    ['no page', '/json'],
    ['a redirect', '/elsewhere'],
    ['a page that is missing', '/missing'],
    ['a page without a body', '/empty'],
    ['a page without a byte', '/no-text'],
    ['compressed by the Worker', '/compressed'],
    ['an origin’s error', '/status/500'],
    ['an origin’s page in an encoding that cannot be read', '/encoded/zstd'],
  ])('%s', async (_, path) => {
    const [answer, original] = await Promise.all([visit(path).then(told), plain(path).then(told)])
    expect(answer).toEqual(original)
  })
})

it('a page whose stream breaks ends where it broke, edited so far, and not as if that were its end', async () => {
  const [page, original] = await Promise.all([visit('/breaks'), plain('/breaks')])
  expect([page.complete, original.complete]).toEqual([false, false])
  expect(withoutOurs(page).startsWith(edited(original.body))).toBe(true)
})

it('a page whose stream breaks before its first byte is none, as it would be without us', async () => {
  await expect(plain('/breaks-at-once')).rejects.toThrow()
  await expect(visit('/breaks-at-once')).rejects.toThrow()
})

it('a page that the Worker has compressed on its way out is edited', async () => {
  const page = await visit('/to-be-compressed', { 'accept-encoding': 'gzip' })
  expect(withoutOurs(page)).toContain('<h1 class="hero bold">')
})

it('a page’s policy allows exactly what is put into it', async () => {
  const policy = (await visit('/policy')).header('content-security-policy')
  expect(policy).toMatch(/^script-src 'self'( 'sha256-[\w+/]+=*'){2}; style-src 'self' 'sha256-[\w+/]+=*'$/)
})

describe('HEAD', () => {
  it('has the headers of GET', async () => {
    const [head, get] = await Promise.all([visit('/tagged', {}, 'HEAD'), visit('/tagged')])
    expect(head.body).toHaveLength(0)
    expect(['etag', 'cache-control', 'vary'].map(head.header)).toEqual(
      ['etag', 'cache-control', 'vary'].map(get.header),
    )
  })
})

describe('a page that the visitor has kept', () => {
  it.each([
    ['whose tag the Worker gives', '/tagged'],
    ['whose tag the origin gives', '/etag'],
    ['whose weak tag the origin gives', '/weak-etag'],
    ['whose time the origin gives', '/last-modified'],
  ])('is 304, and stays the one that it is: %s', async (_, path) => {
    const page = await visit(path)
    const etag = page.header('etag') ?? ''
    expect(etag).toMatch(/^W\/".*~[smw][\w.-]+"$/)
    expect(page.header('last-modified')).toBeNull()
    const again = await visit(path, { 'if-none-match': etag })
    expect([again.status, again.header('etag'), again.body.length]).toEqual([304, etag, 0])
    expect(again.header('cache-control')).toBe('private, no-cache')
  })

  it.each([
    ['of another plan', 'W/"v1~sother"'],
    ['before there was an experiment', '"v1"'],
  ])('is sent anew where it is one %s', async (_, tag) => {
    const [fromWorker, fromOrigin] = await Promise.all(
      ['/tagged', '/etag'].map((path) => visit(path, { 'if-none-match': tag })),
    )
    expect([fromWorker?.status, fromOrigin?.status]).toEqual([200, 200])
  })

  it('is sent anew where only its time is known', async () => {
    const page = await visit('/last-modified', { 'if-modified-since': new Date().toUTCString() })
    expect(page.status).toBe(200)
  })

  it('is the origin’s to judge where no experiment is about it', async () => {
    const page = await visit('/etag', { host: 'plain.example', 'if-none-match': '"v1"' })
    expect([page.status, page.header('etag')]).toEqual([304, '"v1"'])
  })

  it('is sent anew where it was edited, and no experiment is about it any more', async () => {
    const page = await visit('/etag', { host: 'plain.example', 'if-none-match': 'W/"v1~sother"' })
    expect([page.status, page.text]).toEqual([200, PAGE])
  })
})

describe('a redirect', async () => {
  const changes = [{ type: 'redirect', destination: 'https://shop.example.test/new', preserveParameters: true }]
  const turnout = await turnoutWith(afterAll, experimentDatafile({ changes }))
  const { visit } = await startOwnWorker(afterAll, WORKER, { turnout, variables })

  it('is made in place of the page', async () => {
    const page = await visit('/text?a=1')
    expect([page.status, page.header('location')]).toEqual([302, 'https://shop.example.test/new?a=1'])
    expect(page.header('cache-control')).toBe('private, no-store')
    expect(page.body).toHaveLength(0)
  })

  it.each(['image', 'script', 'style'])('is not made for what is shown in a page: %s', async (destination) => {
    expect((await visit('/text', { 'sec-fetch-dest': destination })).status).toBe(200)
  })

  it('is not made twice within moments', async () => {
    const [sent = ''] = (await visit('/text')).all('set-cookie')
    expect((await visit('/text', { cookie: sent.split(';')[0] ?? '' })).status).toBe(200)
  })
})

describe('without a plan the answer is the Worker’s own, byte for byte:', async () => {
  const pretended = await pretendTurnout(afterAll)
  const { visit } = await startOwnWorker(afterAll, WORKER, { turnout: pretended.port, variables })
  const original = told(await visit('/chunks?plain'))
  const PLAN = { edits: [], css: 'h1{color:red}', redirect: null, hydrates: false, cookies: [], cacheTag: 'a' }

  it.each<[about: string, status: number, body: string]>([
    ['nothing', 200, ''],
    ['no JSON', 200, '<html>'],
    ['half of it', 200, JSON.stringify(PLAN).slice(0, 50)],
    ['null', 200, 'null'],
    ['a number', 200, '7'],
    ['an array', 200, '[]'],
    ['an object of something else', 200, '{"html":"<p>"}'],
    ['an error', 500, JSON.stringify(PLAN)],
    ['too many requests', 429, '{"error":{"code":"rate_limited"}}'],
    ['not found', 404, '{"error":{"code":"datafile_not_found"}}'],
    ['CSS that leaves its element', 200, JSON.stringify({ ...PLAN, css: '</style><script>alert(1)</script>' })],
    ['code that leaves its element', 200, JSON.stringify({ ...PLAN, edits: [{ id: 'a', code: '</script>' }] })],
    ['a redirect to code', 200, JSON.stringify({ ...PLAN, redirect: 'javascript:alert(1)' })],
    ['a redirect with a header', 200, JSON.stringify({ ...PLAN, redirect: 'https://shop.example/\r\nX: y' })],
    ['a cookie with a header', 200, JSON.stringify({ ...PLAN, cookies: ['a=b\r\nX: y'] })],
    ['a tag that is none', 200, JSON.stringify({ ...PLAN, cacheTag: '"' })],
    ['a selector that is none', 200, JSON.stringify({ ...PLAN, edits: [{ id: 'a', selector: '{', operation: {} }] })],
    ['a name of Object’s', 200, '{"__proto__":{"css":"a{}"},"constructor":{"prototype":{}}}'],
  ])('Turnout says %s', async (_, status, body) => {
    pretended.answer((response) => void response.writeHead(status).end(body))
    expect(told(await visit('/chunks'))).toEqual(original)
  })

  it('Turnout ends in the middle', async () => {
    pretended.answer((response) => {
      response.writeHead(200, { 'content-length': 10_000 }).write('{"edits":[')
      setTimeout(() => response.destroy(), 20)
    })
    expect(told(await visit('/chunks'))).toEqual(original)
  })

  it('Turnout hangs up', async () => {
    pretended.answer((response) => void response.destroy())
    expect(told(await visit('/chunks'))).toEqual(original)
  })

  it('and with one, it is edited', async () => {
    pretended.answer((response) => void response.end(JSON.stringify(PLAN)))
    const page = await visit('/chunks')
    expect(oursIn(page)).toEqual(['<style data-turnout>h1{color:red}</style>'])
  })

  it('nobody listens where Turnout should be', async ({ onTestFinished }) => {
    const down = await startOwnWorker(onTestFinished, WORKER, { turnout: await closedPort(), variables })
    expect(told(await down.visit('/chunks'))).toEqual(original)
  })
})

function decoded({ header, body }: Answer): Buffer {
  return header('content-encoding') === 'gzip' ? gunzipSync(body) : body
}
