/** Things that each work by themselves, together: what shops have in one page, and visitors do in one visit. */

import { connect } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { previewLink } from '../../src/pages/proxy/preview.ts'
import { told } from './client.ts'
import {
  edited,
  experimentDatafile,
  oursIn,
  RETURNING,
  startExperiment,
  USER_AGENT,
  withoutOurs,
} from './experiment.ts'
import { PAGE } from './pages.ts'
import { startSite } from './worker.ts'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const ORIGINAL = Buffer.from(PAGE).toString('latin1')
const PREVIEW_SECRET = 'secret-of-the-tests'
const site = await startExperiment(afterAll, {
  variables: { PREVIEW_SECRET, STICKY: 'cookie', COOKIE_DOMAIN: 'shop.example' },
})
const { visit, ask, origin, askOrigin } = site

function serve(path: string, html: string | Buffer, headers: Readonly<Record<string, string | string[]>> = {}): string {
  origin.on(path, (_, response) => {
    response.writeHead(200, { ...HTML, ...headers }).end(html)
  })
  return path
}

async function preview(path: string, force: string): Promise<string> {
  const url = new URL(`http://shop.example${path}`)
  const link = await previewLink(
    url,
    { expiresSeconds: 9_999_999_999, forces: [force], isDebug: false },
    PREVIEW_SECRET,
  )
  return `${link.pathname}${link.search}`
}

describe('a preview', () => {
  it('is shown to whoever has opted out, and keeps nothing', async () => {
    const path = await preview('/etag', 'hero:on')
    const answer = await visit(path, { cookie: 'turnout_opt_out=1', 'sec-gpc': '1' })
    expect([withoutOurs(answer), answer.all('set-cookie'), answer.header('etag')]).toEqual([edited(PAGE), [], null])
    expect(answer.header('cache-control')).toBe('private, no-store')
  })

  it('of the other variation is whole where the page was kept', async () => {
    const tag = (await visit('/etag', RETURNING)).header('etag') ?? ''
    const answer = await visit(await preview('/etag', 'hero:off'), { ...RETURNING, 'if-none-match': tag })
    expect([answer.status, withoutOurs(answer)]).toEqual([200, ORIGINAL])
  })

  it('shows the origin nothing of itself', async () => {
    await visit(await preview('/previewed', 'hero:on'), RETURNING)
    expect(origin.requestsTo('/previewed').map(({ target }) => target)).toEqual(['/previewed'])
  })
})

describe('cookies of a visitor for the whole domain', () => {
  it('are one of each kind, and good on the next page', async () => {
    const cookies = (await visit('/etag')).all('set-cookie')
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['turnout_visitor', 'turnout_sticky'])
    expect(cookies.filter((cookie) => cookie.includes('Domain=shop.example'))).toHaveLength(2)
    const cookie = cookies.map((each) => each.split(';')[0]).join('; ')
    const next = await visit('/etag', { cookie })
    expect([withoutOurs(next), next.all('set-cookie')]).toEqual([edited(PAGE), []])
  })

  it('stand back behind those of the same names that the origin sets', async () => {
    const own = ['turnout_sticky=mine; Path=/', 'turnout_visitor=mine; Path=/']
    expect((await visit(serve('/same-names', PAGE, { 'set-cookie': own }))).all('set-cookie')).toEqual(own)
  })
})

describe('HEAD and then GET', () => {
  it('give the same tag, by which the page is then kept', async () => {
    const head = await visit('/etag', RETURNING, 'HEAD')
    const get = await visit('/etag', { ...RETURNING, 'if-none-match': head.header('etag') ?? '' })
    expect([head.text, head.header('etag'), get.status]).toEqual(['', get.header('etag'), 304])
  })
})

describe('a page that is', () => {
  it.each<readonly [string, string]>([
    ['of another base', PAGE.replace('<head>', '<head><base href="https://cdn.example/">')],
    ['on its way elsewhere', PAGE.replace('<head>', '<head><meta http-equiv="refresh" content="0;url=/next">')],
    ['marked with our attribute already', PAGE.replace('<ul>', '<ul data-turnout><li data-turnout="x">y</li>')],
    [
      'of text about our attribute',
      PAGE.replace('<ul>', '<!-- <script data-turnout> --><ul title="<script data-turnout>">'),
    ],
    ['with a frame', PAGE.replace('<ul>', '<iframe srcdoc="<h1 class=hero>x</h1><p id=cta>"></iframe><ul>')],
    ['with a template', PAGE.replace('<ul>', '<template><h2>x</h2></template><ul>')],
  ])('%s is edited in its place, and is otherwise as it was', async (name, page) => {
    const answer = await visit(serve(`/${name.replaceAll(' ', '-')}`, page), RETURNING)
    expect([answer.complete, answer.body.toString('latin1').replace(oursIn(answer).slice(0, 3).join(''), '')]).toEqual([
      true,
      edited(page),
    ])
  })

  it('one of ours that somebody saved is edited again, and not lost', async () => {
    const saved = (await visit('/page.html', RETURNING)).body
    const answer = await visit(serve('/saved', saved), RETURNING)
    expect([answer.complete, answer.text.includes('</html>')]).toEqual([true, true])
    expect(withoutOurs(answer)).toContain('row-99')
  })

  it.each([
    ['empty', '', {}],
    ['one byte', 'x', {}],
    ['one space', ' ', {}],
    ['a mark of byte order', '\ufeff', {}],
    ['empty and in gzip', gzipSync(''), { 'content-encoding': 'gzip' }],
    ['empty and called gzip', '', { 'content-encoding': 'gzip' }],
  ])('%s stays without loss', async (name, body, headers) => {
    const answer = await visit(serve(`/small/${name.replaceAll(' ', '-')}`, body, headers), RETURNING)
    expect([answer.status, answer.complete]).toEqual([200, true])
    const shown =
      name === 'empty and in gzip' && answer.header('content-encoding') === 'gzip' ? '' : withoutOurs(answer)
    expect(shown).toBe(typeof body === 'string' ? Buffer.from(body).toString('latin1') : '')
  })
})

describe('an origin that encodes', () => {
  it.each([
    ['gzip', gzipSync(PAGE)],
    ['br', brotliCompressSync(PAGE)],
  ])('in %s has its page edited, though the visitor can read no encoding', async (encoding, body) => {
    const path = serve(`/always/${encoding}`, body, { 'content-encoding': encoding })
    const answer = await visit(path, RETURNING)
    expect([answer.header('content-encoding'), withoutOurs(answer)]).toEqual([null, edited(PAGE)])
  })
})

describe('a client of HTTP/1.0 without headers', () => {
  it('gets a page that ends with its connection', async () => {
    const { hostname, port } = new URL(site.workerd.url)
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname)
      let got = ''
      socket.on('data', (bytes) => {
        got += bytes.toString('latin1')
      })
      socket.on('close', () => resolve(got))
      socket.write(`GET /page.html HTTP/1.0\r\nHost: shop.example\r\nUser-Agent: ${USER_AGENT}\r\n\r\n`)
    })
    expect(text).toMatch(/^HTTP\/1\.[01] 200/)
    expect(text.replace(/\r\n[\da-f]+\r\n/g, '')).toContain('row-99')
    expect(text).toContain('</html>')
  })
})

describe('what is not a page', () => {
  it.each(['POST', 'PUT', 'DELETE'])('goes on as it came, though it is HTML: the answer to %s', async (method) => {
    const path = serve('/form', PAGE, { 'cache-control': 'public' })
    const sending = { method, body: 'a=1', headers: { ...RETURNING, 'user-agent': USER_AGENT } }
    const answer = await ask(path, sending)
    expect(told(answer)).toEqual(told(await askOrigin(path, { method, body: 'a=1' })))
  })

  it('has a range of it passed on', async () => {
    const headers = { range: 'bytes=100-199', 'if-range': '"v1"' }
    const answer = await visit('/etag', { ...RETURNING, ...headers })
    expect([answer.status, answer.body.length]).toEqual([206, 100])
  })
})

describe('two experiments on a page', () => {
  const second = {
    ...{
      id: 'e2',
      key: 'second',
      layerId: 'l2',
      status: 'Running',
      pageIds: ['p1'],
      audienceIds: [],
      forcedVariations: {},
    },
    trafficAllocation: [{ entityId: 'v2-on', endOfRange: 10_000 }],
    variations: [
      {
        id: 'v2-on',
        key: 'on',
        actions: [
          {
            pageId: 'p1',
            changes: [
              { type: 'attribute', selector: 'h1.hero', attributes: { class: 'hero second' } },
              { type: 'attribute', selector: 'h1.hero', attributes: { id: 'twice' } },
            ],
          },
        ],
      },
    ],
  }

  it('both apply, the later one over the earlier', async ({ onTestFinished }) => {
    const both = { ...experimentDatafile() }
    const experiments = [...((both as { experiments?: object[] }).experiments ?? []), second]
    const { visit: visitBoth } = await startExperiment(onTestFinished, { datafile: { experiments } })
    const answer = await visitBoth('/page.html', RETURNING)
    expect(answer.text).toContain('<p id="promise">Free returns</p>')
    expect(answer.text).toMatch(/<h1 (?=[^>]*class="hero second")(?=[^>]*id="twice")/)
  })
})

describe('a visitor whose pages are switched off', () => {
  it('gets the page whole, though an edited one was kept', async ({ onTestFinished }) => {
    const tag = (await visit('/etag', RETURNING)).header('etag') ?? ''
    const off = await startSite(onTestFinished, { datafile: experimentDatafile(), variables: { PAGES: 'off' } })
    const headers = {
      ...RETURNING,
      'user-agent': USER_AGENT,
      'if-none-match': tag,
      'if-modified-since': 'Tue, 03 Nov 2026 10:00:00 GMT',
    }
    expect(await off.ask('/etag', { headers })).toMatchObject({ status: 200, text: PAGE })
    expect(await off.ask('/last-modified', { headers })).toMatchObject({ status: 200, text: PAGE })
  })
})
