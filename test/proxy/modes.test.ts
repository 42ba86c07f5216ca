/** The Worker before each kind of origin. */
import { afterAll, describe, expect, it } from 'vitest'
import { told, VISITED_HOST } from './client.ts'
import { edited, RETURNING, startExperiment, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'

const sites = {
  url: await startExperiment(afterAll, { mode: 'url' }),
  zone: await startExperiment(afterAll, { mode: 'zone' }),
  assets: await startExperiment(afterAll, { mode: 'assets' }),
}

describe.each(['url', 'zone', 'assets'] as const)('before %s', (mode) => {
  const { visit, visitPlain, ask, askOrigin, origin } = sites[mode]

  it('a page is edited', async () => {
    const answer = await visit('/page.html', RETURNING)
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(withoutOurs(answer)).toBe(edited(PAGE))
  })

  it('a page without an experiment is the origin’s', async () => {
    expect(told(await visitPlain('/page.html'))).toEqual(told(await askOrigin('/page.html')))
  })

  it('a redirect of the origin is handed on', async () => {
    const answer = await visit('/redirect/307?to=/clean', RETURNING)
    expect([answer.status, answer.header('location')]).toEqual([307, '/clean'])
  })

  it('a kept page costs a 304', async () => {
    const tag = (await visit('/etag', RETURNING)).header('etag') ?? ''
    expect(await visit('/etag', { ...RETURNING, 'if-none-match': tag })).toMatchObject({ status: 304, text: '' })
  })

  it('the API is under its own path, and the origin is not asked', async () => {
    const before = origin.requests.length
    expect(JSON.parse((await ask('/_turnout/health')).text)).toMatchObject({ status: 'ok' })
    expect(origin.requests.length).toBe(before)
  })

  it('a decision is asked for at the root by all three parameters, and by no fewer', async () => {
    const before = origin.requests.length
    expect(await ask('/?feature=none&userId=u&key=shop')).toMatchObject({ status: 404 })
    expect(origin.requests.length).toBe(before)
    expect(await visitPlain('/?feature=none&userId=u')).toMatchObject({ status: 200, text: PAGE })
    expect(origin.requests.length).toBe(before + 1)
  })

  it.each(['/v1/decide', '/v1/datafile', '/health', '/_turnoutx', '/x/_turnout/health'])(
    '%s is the site’s',
    async (path) => {
      await ask(path)
      expect(origin.requestsTo(path)).toHaveLength(1)
    },
  )

  it('the origin is never one that a request names', async () => {
    const headers = {
      ...RETURNING,
      'x-origin': 'https://evil.example',
      'x-forwarded-host': 'evil.example',
      'x-original-url': 'https://evil.example/',
      'x-rewrite-url': '/evil',
    }
    const answer = await visit('/named?origin=https://evil.example&url=https://evil.example', headers)
    expect(answer.status).toBe(200)
    expect(origin.requestsTo('/named')).toHaveLength(1)
  })
})

describe('the visited name', () => {
  it('is that of the request in a zone and for assets, and stands beside the origin’s elsewhere', async () => {
    const hosts = Object.entries(sites).map(async ([mode, { ask, origin }]) => {
      await ask('/host')
      const { host, 'x-forwarded-host': forwarded } = origin.requestsTo('/host')[0]?.headers ?? {}
      return [mode, host === origin.host ? 'origin' : host, forwarded]
    })
    expect(await Promise.all(hosts)).toEqual([
      ['url', 'origin', VISITED_HOST],
      ['zone', VISITED_HOST, undefined],
      ['assets', VISITED_HOST, undefined],
    ])
  })
})
