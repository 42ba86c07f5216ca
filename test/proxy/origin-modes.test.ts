/** `zone` and `assets`, by a Worker that is nothing but a proxy. */
import { afterAll, describe, expect, it } from 'vitest'
import { bundleOf } from '../faults/bundle.ts'
import { told, VISITED_HOST } from './client.ts'
import { startSite } from './worker.ts'

const code = await bundleOf('test/support/origin-worker.ts')
const zone = await startSite(afterAll, { code, mode: 'zone' })
const assets = await startSite(afterAll, { code, mode: 'assets' })

describe.each([
  ['zone', zone],
  ['assets', assets],
])('the mode %s', (_, { ask, askOrigin, origin }) => {
  it('hands the request on as it is', async () => {
    const headers = {
      'accept-encoding': 'zstd',
      forwarded: 'for=1.2.3.4',
      'if-none-match': '"v1"',
      'x-forwarded-host': 'other.example',
      cookie: 'a=1',
    }
    const answer = await ask('/echo?a=1&a=2', { method: 'POST', body: 'hello', headers })
    expect(JSON.parse(answer.text)).toEqual({
      method: 'POST',
      target: '/echo?a=1&a=2',
      headers: { ...headers, host: VISITED_HOST, 'content-length': '5' },
      body: 'hello',
    })
  })

  it.each(['/page.html', '/cookies', '/redirect/302', '/redirect/307', '/status/404', '/encoded/br', '/etag'])(
    'hands the answer on as it is: %s',
    async (path) => {
      const headers = { host: VISITED_HOST }
      expect(told(await ask(path))).toEqual(told(await askOrigin(path, { headers })))
    },
  )

  it('asks for what can be read where the answer may be edited', async () => {
    const headers = {
      'accept-encoding': 'gzip, deflate, br, zstd',
      'if-none-match': '"v1"',
      'x-test-options': JSON.stringify({
        encodings: 'readable',
        conditions: { ifNoneMatch: null, ifModifiedSince: null },
      }),
    }
    await ask('/may-be-edited', { headers })
    expect(origin.requests.at(-1)?.headers).toMatchObject({ 'accept-encoding': 'gzip, br' })
    expect(origin.requests.at(-1)?.headers).not.toHaveProperty('if-none-match')
  })

  it('asks HEAD with HEAD', async () => {
    await ask('/page.html', { method: 'HEAD' })
    expect(origin.requests.at(-1)?.method).toBe('HEAD')
  })
})

describe('the mode assets', () => {
  it('without a binding says that the site cannot be reached', async ({ onTestFinished }) => {
    const { ask } = await startSite(onTestFinished, { code, variables: { ORIGIN: 'assets' } })
    expect(await ask('/')).toMatchObject({ status: 502 })
  })
})
