import { describe, expect, test } from 'vitest'
import { startAgent } from '../../support/agent-service.ts'
import { createMemoryOverrideStore } from '../../support/memory-override-store.ts'
import { createMemoryProfileStore } from '../../support/memory-profile-store.ts'
import type { Ask } from '../../support/service.ts'
import { shopDatafile } from '../../support/shop-datafile.ts'

/** An experiment whose whole traffic goes to `first`. */
const HALVES = {
  featureFlags: [{ id: 'f', key: 'halves', rolloutId: '', experimentIds: ['e'], variables: [] }],
  experiments: [
    {
      id: 'e',
      key: 'half',
      layerId: 'l',
      status: 'Running',
      audienceIds: [],
      forcedVariations: { listed: 'second' },
      variations: [
        { id: 'h1', key: 'first', featureEnabled: true },
        { id: 'h2', key: 'second', featureEnabled: true },
      ],
      trafficAllocation: [{ entityId: 'h1', endOfRange: 10_000 }],
    },
  ],
}

async function post(ask: Ask, path: string, body: object): Promise<Response> {
  const headers = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
  return await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function variationOf(ask: Ask, userId: string, decideOptions: readonly string[] = []): Promise<unknown> {
  const { variationKey } = await (await post(ask, '/v1/decide?keys=halves', { userId, decideOptions })).json<{
    variationKey: unknown
  }>()
  return variationKey
}

describe('where profiles are kept', () => {
  test('a user stays where they have been when the traffic has moved', async () => {
    const profiles = createMemoryProfileStore()
    await profiles.save('shop', 'u1', new Map([['e', 'h2']]))
    const { ask } = startAgent(shopDatafile(HALVES), { profiles })
    expect(await variationOf(ask, 'u1')).toBe('second')
    expect(await variationOf(ask, 'u2')).toBe('first')
    expect([...((await profiles.read('shop', 'u2')) ?? [])]).toEqual([['e', 'h1']])
  })

  test('what has not changed is not saved', async () => {
    const profiles = createMemoryProfileStore()
    const { ask } = startAgent(shopDatafile(HALVES), { profiles })
    await variationOf(ask, 'u1')
    await variationOf(ask, 'u1')
    expect(profiles.calls).toEqual({ reads: 2, saves: 1 })
  })

  test('a client that ignores them has none read and none saved', async () => {
    const profiles = createMemoryProfileStore()
    const { ask } = startAgent(shopDatafile(HALVES), { profiles })
    expect(await variationOf(ask, 'u1', ['IGNORE_USER_PROFILE_SERVICE'])).toBe('first')
    expect(profiles.calls).toEqual({ reads: 0, saves: 0 })
  })

  test('whom a list puts elsewhere is not saved there', async () => {
    const profiles = createMemoryProfileStore()
    const { ask } = startAgent(shopDatafile(HALVES), { profiles })
    expect(await variationOf(ask, 'listed')).toBe('second')
    expect(profiles.calls.saves).toBe(0)
  })

  test('a variation that is gone is decided anew', async () => {
    const profiles = createMemoryProfileStore()
    await profiles.save('shop', 'u1', new Map([['e', 'gone']]))
    const { ask } = startAgent(shopDatafile(HALVES), { profiles })
    expect(await variationOf(ask, 'u1')).toBe('first')
  })
})

describe('when profiles are down', () => {
  test('users are decided without, and nothing is written over what was not seen', async () => {
    const profiles = createMemoryProfileStore()
    const { ask, logged } = startAgent(shopDatafile(HALVES), { profiles })
    profiles.breakDown()
    expect(await variationOf(ask, 'u1')).toBe('first')
    expect(profiles.calls.saves).toBe(0)
    expect(logged).toEqual([{ level: 'error', code: 'profile_unread', message: 'The profiles are down.' }])
  })

  test('a decision stands that cannot be saved', async () => {
    const profiles = createMemoryProfileStore()
    const failing = { ...profiles, assign: async () => Promise.reject(new Error('full')) }
    const { ask, logged } = startAgent(shopDatafile(HALVES), { profiles: failing })
    expect(await variationOf(ask, 'u1')).toBe('first')
    expect(logged).toEqual([{ level: 'error', code: 'profile_unsaved', message: 'full' }])
  })

  test.each(['/v1/lookup', '/v1/save'])('%s asks to come back', async (path) => {
    const profiles = createMemoryProfileStore()
    profiles.breakDown()
    const { ask, logged } = startAgent(shopDatafile(HALVES), { profiles })
    const response = await post(ask, path, { userId: 'u1' })
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('2')
    expect(await response.text()).toBe('{"error":"what is kept of users cannot be reached"}\n')
    expect(JSON.stringify(logged)).not.toContain('u1')
    expect(logged).toHaveLength(1)
  })
})

describe('overrides', () => {
  test('come before the list of the experiment and before profiles, and are not saved', async () => {
    const overrides = createMemoryOverrideStore()
    const profiles = createMemoryProfileStore()
    await overrides.set({ sdkKey: 'shop', userId: 'listed', experimentKey: 'half' }, 'first')
    await profiles.save('shop', 'listed', new Map([['e', 'h2']]))
    const { ask } = startAgent(shopDatafile(HALVES), { overrides, profiles })
    expect(await variationOf(ask, 'listed')).toBe('first')
    expect([...((await profiles.read('shop', 'listed')) ?? [])]).toEqual([['e', 'h2']])
  })

  test('come after what the request forces', async () => {
    const overrides = createMemoryOverrideStore()
    await overrides.set({ sdkKey: 'shop', userId: 'u1', experimentKey: 'half' }, 'second')
    const { ask } = startAgent(shopDatafile(HALVES), { overrides })
    const forcedDecisions = [{ flagKey: 'halves', ruleKey: 'half', variationKey: 'first' }]
    const response = await post(ask, '/v1/decide?keys=halves', { userId: 'u1', forcedDecisions })
    expect(await response.json()).toMatchObject({ variationKey: 'first' })
  })

  test('that cannot be read leave users where they are', async () => {
    const overrides = createMemoryOverrideStore()
    overrides.breakDown()
    const { ask, logged } = startAgent(shopDatafile(HALVES), { overrides })
    expect(await variationOf(ask, 'u1')).toBe('first')
    expect(logged).toEqual([{ level: 'error', code: 'overrides_unread', message: 'The overrides are down.' }])
  })

  test('that cannot be set are not said to be', async () => {
    const overrides = createMemoryOverrideStore()
    overrides.breakDown()
    const { ask } = startAgent(shopDatafile(HALVES), { overrides })
    const body = { userId: 'u1', experimentKey: 'half', variationKey: 'second' }
    expect((await post(ask, '/v1/override', body)).status).toBe(503)
  })
})
