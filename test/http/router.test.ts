import { describe, expect, test } from 'vitest'
import { createRouter, type RoutedRequest } from '../../src/http/router.ts'

const ROUTES = ['/v1/page.js', '/v1/datafiles/:sdkKey', '/v1/flags/:flagKey/rules/:ruleKey'].map((path) => ({
  path,
  methods: { GET: ({ params }: RoutedRequest) => Response.json([path, params]) },
}))

const route = createRouter<null>(ROUTES, {
  notFound: () => Response.json('not found'),
  methodNotAllowed: (_request, _context, allow) => Response.json(allow),
})

const FOUND: [path: string, route: string, params: RoutedRequest['params']][] = [
  ['/v1/page.js', '/v1/page.js', {}],
  ['/v1/page.js//', '/v1/page.js', {}],
  ['/v1/datafiles/a', '/v1/datafiles/:sdkKey', { sdkKey: 'a' }],
  ['/v1/datafiles/a%2Fb=/', '/v1/datafiles/:sdkKey', { sdkKey: 'a/b=' }],
  ['/v1/datafiles/%E0%A4%A', '/v1/datafiles/:sdkKey', { sdkKey: null }],
  ['/v1/flags/a.b/rules/c?flagKey=d', '/v1/flags/:flagKey/rules/:ruleKey', { flagKey: 'a.b', ruleKey: 'c' }],
]

const MISSED = [
  '/',
  '/v1/pagexjs',
  '/V1/page.js',
  '/v1/page.js/more',
  '/v1/datafiles/',
  '/v1/datafiles/a/b',
  '/a/v1/page.js',
]

describe('a router', () => {
  test.for(FOUND)('finds %s at %s', async ([path, ...found]) => expect(await answerTo(path)).toEqual(found))

  test.for(MISSED)('finds nothing at %s', async (path) => expect(await answerTo(path)).toBe('not found'))

  test('says which methods there are', async () => expect(await answerTo('/v1/page.js', 'POST')).toBe('GET, HEAD'))
})

async function answerTo(path: string, method = 'GET'): Promise<unknown> {
  const url = new URL(path, 'https://turnout.example')
  return await (await route(new Request(url, { method }), url, null)).json()
}
