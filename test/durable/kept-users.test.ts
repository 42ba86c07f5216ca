import { afterEach, describe, expect, test, vi } from 'vitest'
import { BANDIT } from '../support/bandit-service.ts'
import { type Ask, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

async function post(ask: Ask, path: string, body: object): Promise<Response> {
  const headers = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
  return await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function lookedUp(ask: Ask, userId: string): Promise<unknown> {
  return await (await post(ask, '/v1/lookup', { userId })).json()
}

const bucketMap = (variationId: string) => ({ e1: { variation_id: variationId } })

describe.each(['durable-object', 'kv'])('USER_PROFILES = %s', (kind) => {
  test('saving, and then looking up in another isolate, gives what was saved', async () => {
    const here = await startWith(shopDatafile(), { USER_PROFILES: kind })
    const there = await startWith(shopDatafile(), { USER_PROFILES: kind })
    const saved = await post(here, '/v1/save', { userId: 'u1', experimentBucketMap: bucketMap('v2') })
    expect([saved.status, await saved.text()]).toEqual([200, ''])
    expect(await lookedUp(there, 'u1')).toEqual({ userId: 'u1', experimentBucketMap: bucketMap('v2') })
  })

  test('a decision keeps what it assigned', async () => {
    const ask = await startWith(shopDatafile(), { USER_PROFILES: kind })
    const decided = await (await post(ask, '/v1/decide?keys=tested', { userId: 'u9' })).json()
    expect(decided).toMatchObject({ ruleKey: 'ab', variationKey: 'bold' })
    expect(await lookedUp(ask, 'u9')).toEqual({ userId: 'u9', experimentBucketMap: bucketMap('v2') })
  })
})

afterEach(() => vi.restoreAllMocks())

test.each([
  ['durable-object', 'large', 1],
  ['kv', 'small', 2],
  ['off', 'small', 2],
])('with USER_PROFILES = %s another isolate has of a bandit: %s', async (kind, variationKey, questions) => {
  const answers = ['62', '61'].map((id) => Response.json({ predictions: [{ variation_id: id }] }))
  // Before the isolates begin, which have their `fetch` from then on.
  const asked = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answers.shift() ?? new Response())
  const here = await startWith(BANDIT, { USER_PROFILES: kind })
  const there = await startWith(BANDIT, { USER_PROFILES: kind })
  const decidedBy = async (ask: Ask) => await (await post(ask, '/v1/decide?keys=offer', { userId: kind })).json()
  expect(await decidedBy(here)).toMatchObject({ variationKey: 'large' })
  expect(await decidedBy(there)).toMatchObject({ variationKey })
  expect(asked).toHaveBeenCalledTimes(questions)
})

test('USER_PROFILES = off keeps nothing, and says so', async () => {
  const ask = await startWith(shopDatafile())
  const response = await post(ask, '/v1/lookup', { userId: 'u1' })
  expect([response.status, await response.text()]).toEqual([500, '{"error":"no user profile service found"}\n'])
})

test('a profile of more experiments than anybody takes part in is refused', async () => {
  const ask = await startWith(shopDatafile(), { USER_PROFILES: 'durable-object' })
  const many = Array.from({ length: 1_001 }, (_, number) => [`${number}`, { variation_id: 'v' }])
  const saved = await post(ask, '/v1/save', { userId: 'u1', experimentBucketMap: Object.fromEntries(many) })
  expect(saved.status).toBe(413)
})

test('OVERRIDES = on forces a user into a variation in every isolate', async () => {
  const here = await startWith(shopDatafile(), { OVERRIDES: 'on' })
  const there = await startWith(shopDatafile(), { OVERRIDES: 'on' })
  const asked = { userId: 'u1', experimentKey: 'pros', variationKey: 'on' }
  const overridden = await post(here, '/v1/override', asked)
  expect(await overridden.json()).toMatchObject({ prevVariationKey: '', messages: null })
  const decided = await (await post(there, '/v1/decide?keys=targeted', { userId: 'u1' })).json()
  expect(decided).toMatchObject({ ruleKey: 'pros', variationKey: 'on' })
})

test('a Worker without the binding says which it needs', async () => {
  const ask = await startWith(shopDatafile(), { USERS: undefined })
  expect((await ask('/health')).status).toBe(200)
  await expect(startWith(shopDatafile(), { USERS: undefined, USER_PROFILES: 'durable-object' })).rejects.toThrow(
    'USERS',
  )
})
