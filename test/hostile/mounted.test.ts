/** Where pages are proxied, what is ours is under `/_turnout`, and nothing else is. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startService } from '../support/service.ts'

let toOrigin: string[] = []
beforeEach(() => {
  toOrigin = []
  vi.stubGlobal('fetch', async (request: Request) => {
    toOrigin.push(new URL(request.url).pathname)
    return new Response("The origin's")
  })
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const ROUTES = [
  '/v1/events',
  '/v1/batch',
  '/v1/decide',
  '/v1/track',
  '/v1/override',
  '/oauth/token',
  '/webhooks/optimizely',
  '/ofrep/v1/evaluate/flags',
  '/shop/batch',
]

function post(path: string, variables: object = {}): Promise<Response> {
  const ask = startService({ ORIGIN: 'https://shop.example', ...variables })
  return ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
}

describe('on a site that is proxied', () => {
  test.each(ROUTES)('a request to %s is the origin’s', async (path) => {
    expect(await (await post(path)).text()).toBe("The origin's")
    expect(toOrigin).toEqual([path])
  })

  test.each([...ROUTES, '', '/', '//shop.example/v1/events', '/nowhere', '/_turnout/v1/events'])(
    'one to /_turnout%s is ours, and never reaches the origin',
    async (path) => {
      await post(`/_turnout${path}`)
      expect(toOrigin).toEqual([])
    },
  )

  test.each(ROUTES)(
    'and one to /_turnout%s is 500 where the Worker is misconfigured, but pages go on',
    async (path) => {
      expect((await post(`/_turnout${path}`, { BATCH_LIMIT: 'many' })).status).toBe(500)
      expect(await (await post(path, { BATCH_LIMIT: 'many' })).text()).toBe("The origin's")
    },
  )

  test.each(['/_turnoutx/v1/events', '/_TURNOUT/v1/events', '/x/_turnout/v1/events', '/%5Fturnout/v1/events'])(
    'one to %s is the origin’s',
    async (path) => {
      expect(await (await post(path)).text()).toBe("The origin's")
    },
  )
})
