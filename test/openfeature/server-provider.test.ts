import { OFREPProvider } from '@openfeature/ofrep-provider'
import { type Client, type EvaluationContext, OpenFeature } from '@openfeature/server-sdk'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { judgingFetch } from './protocol.ts'
import { firstImpressions, SDK_KEY, type Service, startService } from './service.ts'

const SWISS: EvaluationContext = { targetingKey: 'u1', address: { country: 'CH' } }
const GERMAN: EvaluationContext = { targetingKey: 'u1', address: { country: 'DE' } }

/** For all tests that leave it as it is. */
let shared: Service
const ends: (() => Promise<void>)[] = []
beforeAll(async () => {
  shared = await startService((end) => ends.push(end))
})
afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

afterEach(async () => {
  vi.useRealTimers()
  await OpenFeature.close()
})

interface Connection {
  readonly sdkKey?: string
  readonly header?: 'Authorization' | 'X-API-Key'
}

/** A client of the SDK, and how often its provider has asked. */
async function connect({ url }: Service, { sdkKey = SDK_KEY, header = 'Authorization' }: Connection = {}) {
  const counted = { requests: 0 }
  const fetchImplementation: typeof fetch = (request, init) => {
    counted.requests++
    return judgingFetch(request, init)
  }
  const value = header === 'Authorization' ? `Bearer ${sdkKey}` : sdkKey
  await OpenFeature.setProviderAndWait(
    new OFREPProvider({ baseUrl: url, headers: [[header, value]], fetchImplementation }),
  )
  return { client: OpenFeature.getClient(), counted }
}

describe('a server with the provider of npm', () => {
  test.each(['Authorization', 'X-API-Key'] as const)(
    'gets a value of each type, with its reason and metadata: %s',
    async (header) => {
      const { client } = await connect(shared, { header })
      expect(await client.getBooleanDetails('checkout', false, SWISS)).toEqual({
        flagKey: 'checkout',
        value: true,
        reason: 'SPLIT',
        variant: 'on',
        flagMetadata: { enabled: true, ruleKey: 'checkout_ch', variationKey: 'on' },
      })
      expect(await client.getStringValue('button', '', SWISS)).toBe('Pay now')
      expect(await client.getNumberValue('steps', 0, SWISS)).toBe(1)
      expect(await client.getObjectValue('banner', {}, SWISS)).toEqual({ title: 'Grüezi', links: ['/ch'] })
    },
  )

  test('gets what the flag is by itself where no rule lets the user in, and not its own default', async () => {
    const { client } = await connect(shared)
    expect(await client.getBooleanDetails('checkout', true, GERMAN)).toMatchObject({ value: false, reason: 'STATIC' })
    expect(await client.getStringValue('button', 'Buy', GERMAN)).toBe('Continue')
  })

  test('gets its own default, and is told why', async () => {
    const { client } = await connect(shared)
    expect(await outcomes(client)).toEqual({
      'another type': ['TYPE_MISMATCH', false],
      'an unknown flag': ['FLAG_NOT_FOUND', true],
      'a flag that fails': ['GENERAL', true],
      'no targeting key': ['TARGETING_KEY_MISSING', true],
      'a context that is too large': ['INVALID_CONTEXT', true],
      'a value that cannot be cast': ['GENERAL', 42],
    })
  })

  test('gets its own default with a wrong SDK key', async () => {
    const { client } = await connect(shared, { sdkKey: 'wrong' })
    expect(await client.getBooleanDetails('checkout', true, SWISS)).toMatchObject({ value: true, reason: 'ERROR' })
  })

  test('asks no more after 429, until the seconds have passed', async ({ onTestFinished }) => {
    const { client, counted } = await connect(await startService(onTestFinished, { admits: 1 }))
    expect(await client.getBooleanValue('checkout', false, SWISS)).toBe(true)
    expect(await client.getBooleanValue('checkout', false, SWISS)).toBe(false)
    expect(counted.requests).toBe(2)
    expect(await client.getBooleanDetails('checkout', false, SWISS)).toMatchObject({
      value: false,
      errorMessage: expect.stringContaining('paused due to TooManyRequests'),
    })
    expect(counted.requests).toBe(2)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11_000 })
    await client.getBooleanValue('checkout', false, SWISS)
    expect(counted.requests).toBe(3)
  })

  test('gets its own default while no datafile can be read, and the flag when one can', async ({ onTestFinished }) => {
    const service = await startService(onTestFinished)
    service.kv.mode = { status: 500 }
    const { client } = await connect(service)
    expect(await client.getBooleanDetails('checkout', false, SWISS)).toMatchObject({ value: false, reason: 'ERROR' })
    service.kv.mode = 'ok'
    await vi.waitFor(async () => expect(await client.getBooleanValue('checkout', false, SWISS)).toBe(true), LONG)
  })

  test('counts an impression for each evaluation, and none where the context says so', async ({ onTestFinished }) => {
    const service = await startService(onTestFinished)
    const { client } = await connect(service)
    await client.getBooleanValue('checkout', false, { ...SWISS, disableTracking: true })
    await client.getBooleanValue('checkout', false, GERMAN)
    await client.getStringValue('nope', '', SWISS)
    expect(firstImpressions(service.logged)).toBe(0)
    await client.getBooleanValue('checkout', false, SWISS)
    await vi.waitFor(() => expect(firstImpressions(service.logged)).toBe(1), LONG)
  })

  test('tracks nothing: the provider has no tracking, and the SDK says nothing of it', async ({ onTestFinished }) => {
    const { client, counted } = await connect(await startService(onTestFinished))
    client.track('purchase', SWISS, { value: 9 })
    await client.getBooleanValue('checkout', false, SWISS)
    expect(counted.requests).toBe(1)
  })
})

const LONG = { timeout: 20_000, interval: 50 }

type Outcome = readonly [errorCode: string | undefined, value: unknown]

async function outcomes(client: Client): Promise<Readonly<Record<string, Outcome>>> {
  const boolean = async (key: string, context: EvaluationContext): Promise<Outcome> => {
    const { errorCode, value } = await client.getBooleanDetails(key, key !== 'button', context)
    return [errorCode, value]
  }
  const unset = await client.getNumberDetails('unset', 42, SWISS)
  return {
    'another type': await boolean('button', SWISS),
    'an unknown flag': await boolean('nope', SWISS),
    'a flag that fails': await boolean('broken', SWISS),
    'no targeting key': await boolean('checkout', { address: { country: 'CH' } }),
    'a context that is too large': await boolean('checkout', { ...SWISS, note: 'x'.repeat(20_000) }),
    'a value that cannot be cast': [unset.errorCode, unset.value],
  }
}
