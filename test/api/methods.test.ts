import { beforeAll, describe, expect, test } from 'vitest'
import { type Ask, operator, startService, startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile())
})

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'get'] as const

/** Every route, with what it answers to; a method in lower case is another one, but `Request` writes this one large. */
const ALLOWED: Readonly<Record<string, string>> = {
  '/': 'GET, HEAD, POST, OPTIONS',
  '/v1/decide': 'POST, OPTIONS',
  '/v1/config': 'GET, HEAD',
  '/v1/datafile': 'GET, HEAD',
  '/v1/datafiles/other': 'GET, HEAD, PUT, DELETE',
  '/ofrep/v1/evaluate/flags': 'POST, OPTIONS',
  '/ofrep/v1/evaluate/flags/off': 'POST, OPTIONS',
  '/v1/page': 'GET, HEAD, OPTIONS',
  '/v1/page.js': 'GET, HEAD',
  '/health': 'GET, HEAD',
}

const MATRIX = Object.entries(ALLOWED).flatMap(([path, allow]) =>
  METHODS.map((method) => ({ path, method, allow, isAllowed: allow.split(', ').includes(method.toUpperCase()) })),
)

describe('a path answers to its methods, and names them for others:', () => {
  test.each(MATRIX.filter(({ isAllowed }) => !isAllowed))('$path does not answer to $method', async (each) => {
    const response = await ask(each.path, { ...operator(), method: each.method })
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe(each.allow)
  })

  test('says so in its body too', async () => {
    expect(await told(await ask('/health', { method: 'POST' }))).toMatchObject({
      status: 405,
      body: { error: { code: 'method_not_allowed', message: 'This path answers to GET, HEAD.' } },
    })
  })

  test.each(MATRIX.filter(({ isAllowed }) => isAllowed))('$path answers to $method', async ({ path, method }) => {
    expect((await ask(path, { ...operator(), method })).status).not.toBe(405)
  })

  test.each([
    ['/', 'PUT', '*'],
    ['/v1/decide', 'PUT', '*'],
    ['/v1/config', 'PUT', null],
    ['/v1/datafiles/shop', 'POST', null],
    ['/health', 'POST', null],
  ])('pages of other origins may read the refusal of %s %s: %s', async (path, method, allowed) => {
    const response = await ask(path, { method, headers: { Origin: 'https://anywhere.example' } })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(allowed)
  })
})

describe('without a configured token', () => {
  test.each(METHODS)("the operators' routes are not there: %s", async (method) => {
    const response = await startService({ ADMIN_TOKEN: undefined })('/v1/datafiles/shop', { ...operator(), method })
    expect(response.status).toBe(404)
    expect(response.headers.get('Allow')).toBeNull()
  })
})
