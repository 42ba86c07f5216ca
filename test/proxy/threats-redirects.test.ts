/** S27 Redirects of experiments lead where the datafile says, and nowhere that a request says. */
import { afterAll, describe, expect, it } from 'vitest'
import { experimentDatafile, RETURNING, USER_AGENT, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'
import { startSite } from './worker.ts'

const page = (id: string, value: string) => ({
  id,
  key: id,
  conditions: ['or', { type: 'url', match: 'simple', value }],
})

function redirectingTo(destination: unknown, more: object = {}): object {
  const actions = [{ pageId: 'old', changes: [{ type: 'redirect', destination, preserveParameters: true, ...more }] }]
  return experimentDatafile({
    experiment: { pageIds: ['old', 'p1'], variations: [{ id: 'v-on', key: 'on', actions }] },
    datafile: {
      pages: [
        page('old', 'https://shop.example/old'),
        { id: 'p1', key: 'all', conditions: ['or', { type: 'url', match: 'substring', value: 'shop.example/' }] },
      ],
    },
  })
}

const HTTPS = { ...RETURNING, 'x-test-proto': 'https' }
const { ask, kv, origin } = await (async () => {
  const started = await startSite(afterAll, { datafile: redirectingTo('https://shop.example/new?own=1') })
  await started.ask('/warm', { headers: { ...HTTPS, 'user-agent': USER_AGENT } })
  return started
})()
const visit = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  ask(path, { method, headers: { 'user-agent': USER_AGENT, ...HTTPS, ...headers } })

describe('S27 a destination in the datafile', () => {
  it.for([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://shop.example/',
    '//evil.example/',
    '/relative',
    '\\\\evil.example',
    'https:evil.example',
    'https://user:secret@evil.example/',
    'https://shop.example/\r\nSet-Cookie: x=1',
    'https://shop.example/\nx',
    ' https://shop.example/',
    'https://',
    '',
    7,
    null,
  ])(
    'that no visitor may be sent to is refused with its datafile, and nobody is sent: %j',
    async (given, { onTestFinished }) => {
      const site = await startSite(onTestFinished, { datafile: redirectingTo(given), variables: { ADMIN_TOKEN: 't' } })
      const answer = await site.ask('/old', { headers: { 'user-agent': USER_AGENT, ...HTTPS } })
      expect([answer.status, answer.header('location'), answer.all('set-cookie').join()]).toEqual([200, null, ''])
      const uploaded = await site.ask('/_turnout/v1/datafiles/shop', {
        method: 'PUT',
        headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
        body: JSON.stringify({ ...redirectingTo(given), revision: '2' }),
      })
      expect(uploaded.status).toBe(422)
    },
  )
})

describe('S27 what a request says', () => {
  it.each([
    ['?destination=https://evil.example', '&destination=https://evil.example'],
    ['?redirect=//evil.example', '&redirect=//evil.example'],
    ['?own=2', ''],
    ['?%6fwn=2', ''],
    ['?a=%0d%0aSet-Cookie:x=1', '&a=%0d%0aSet-Cookie:x=1'],
    ['?a=%00', '&a=%00'],
    ['?@evil.example', '&@evil.example'],
    ['?#@evil.example', ''],
    ['?turnout_force=hero:on', ''],
    ['?x=\\\\evil.example', '&x=\\\\evil.example'],
  ])('goes along in the query at most: %s', async (query, along) => {
    const answer = await visit(`/old${query}`)
    expect([answer.status, answer.header('location')]).toEqual([302, `https://shop.example/new?own=1${along}`])
  })

  it.each([
    ['x-forwarded-host', 'evil.example'],
    ['x-original-url', 'https://evil.example/'],
    ['forwarded', 'host=evil.example'],
    ['referer', 'https://evil.example/'],
  ])('in %s is not where it leads', async (name, value) => {
    expect((await visit('/old', { [name]: value })).header('location')).toBe('https://shop.example/new?own=1')
  })

  it.each(['/old', '/old/', '//old', '/old//', '/OLD'])('never becomes another host: %s', async (path) => {
    const { header, status } = await visit(path)
    if (status === 302) expect(header('location')).toBe('https://shop.example/new?own=1')
    else expect(status).toBe(200)
  })
})

describe('S27 a redirect', () => {
  it('is for its visitor alone, and kept by nobody', async () => {
    const { header, all } = await visit('/old', { cookie: '' })
    expect([header('cache-control'), header('vary')]).toEqual(['private, no-store', 'Cookie'])
    expect(all('set-cookie').map((cookie) => cookie.split('=')[0])).toEqual(['turnout_visitor', 'turnout_sent'])
  })

  it('leads in no circle, even where the origin leads back', async () => {
    const sent = (await visit('/old')).all('set-cookie').at(-1)?.split(';')[0] ?? ''
    const again = await visit('/old', { cookie: `${RETURNING.cookie}; ${sent}` })
    expect([again.status, withoutOurs(again)]).toEqual([200, Buffer.from(PAGE).toString('latin1')])
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('is never the answer to %s', async (method) => {
    expect((await visit('/old', {}, method)).status).toBe(200)
    expect(origin.requestsTo('/old').at(-1)?.method).toBe(method)
  })

  it.each(['image', 'script', 'style', 'iframe', 'empty', 'document'])(
    'is made for what shows a page: %s',
    async (dest) => {
      const shows = ['iframe', 'empty', 'document'].includes(dest)
      expect((await visit('/old', { 'sec-fetch-dest': dest })).status).toBe(shows ? 302 : 200)
    },
  )

  it('has HEAD answered as GET', async () => {
    expect(await visit('/old', {}, 'HEAD')).toMatchObject({ status: 302, text: '' })
  })

  it('is not made for whoever has opted out, and their choice is kept', async () => {
    const answer = await visit('/old?turnout_opt_out=true')
    expect([answer.status, answer.all('set-cookie').length, kv.reads.length > 0]).toEqual([200, 1, true])
  })
})
