/** Routes of the Agent that tell of users, where no token is asked for: they work, and the operator is told. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { operator, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const OPEN = { USER_PROFILES: 'durable-object', OVERRIDES: 'on', NOTIFICATIONS: 'on' }
const HEADERS = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
const WARNING = {
  code: 'agent_open',
  variables: 'NOTIFICATIONS, OVERRIDES, USER_PROFILES',
  message: expect.stringContaining('Set AGENT_JWT_SECRET'),
}
const PATHS: readonly (readonly [path: string, init: RequestInit<IncomingRequestCfProperties>, status: number])[] = [
  ['/v1/lookup', { method: 'POST', headers: HEADERS, body: '{"userId":"u1"}' }, 200],
  ['/v1/save', { method: 'POST', headers: HEADERS, body: '{"userId":"u1","experimentBucketMap":{}}' }, 200],
  [
    '/v1/override',
    { method: 'POST', headers: HEADERS, body: '{"userId":"u1","experimentKey":"ab","variationKey":"bold"}' },
    200,
  ],
  ['/v1/notifications/event-stream', { headers: HEADERS }, 200],
]

let lines: string[]
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** Lines of the log that warn of it. */
function warnings(): unknown[] {
  return lines.map((line) => JSON.parse(line)).filter(({ code }) => code === 'agent_open')
}

test.each(PATHS)('%s answers without a token', async (path, init, status) => {
  const ask = await startWith(shopDatafile(), OPEN)
  const response = await ask(path, init)
  expect(response.status).toBe(status)
  await response.body?.cancel()
})

test('the log says so once for each isolate', async () => {
  const ask = await startWith(shopDatafile(), OPEN)
  for (const [path, init] of PATHS) await (await ask(path, init)).body?.cancel()
  expect(warnings()).toEqual([{ level: 'warn', ...WARNING }])
})

test('/health says so to the admin token alone', async () => {
  const ask = await startWith(shopDatafile(), OPEN)
  expect(await (await ask('/health', operator())).json()).toMatchObject({ status: 'ok', warnings: [WARNING] })
  expect(await (await ask('/health')).json()).not.toHaveProperty('warnings')
})

test.each([
  ['AGENT_OPEN says that this is meant', { AGENT_OPEN: 'on' }],
  ['a token is wanted', { AGENT_JWT_SECRET: 's'.repeat(32) }],
])('nothing is said where %s', async (_, variables) => {
  const ask = await startWith(shopDatafile(), { ...OPEN, ...variables })
  expect(await (await ask('/health', operator())).json()).not.toHaveProperty('warnings')
  expect(warnings()).toEqual([])
})
