import { OFREPWebProvider, type OFREPWebProviderOptions } from '@openfeature/ofrep-web-provider'
import { type EvaluationContext, OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/web-sdk'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { judgingFetch } from './protocol.ts'
import { firstImpressions, SDK_KEY, type Service, startService } from './service.ts'

const SWISS: EvaluationContext = { targetingKey: 'u1', address: { country: 'CH' } }
const GERMAN: EvaluationContext = { targetingKey: 'u1', address: { country: 'DE' } }
const LONG = { timeout: 20_000, interval: 50 }

afterEach(async () => {
  vi.unstubAllGlobals()
  await OpenFeature.close()
  await OpenFeature.clearContexts()
})

interface Connected {
  readonly client: ReturnType<typeof OpenFeature.getClient>
  /** Statuses in the order in which they came. */
  readonly statuses: readonly number[]
  /** The flags of each event that said that some had changed. */
  readonly changes: (readonly string[])[]
}

/** A client of the SDK, whose provider has fetched all flags for a context. */
async function connect(
  { url }: Service,
  context: EvaluationContext,
  options: Partial<OFREPWebProviderOptions> = {},
): Promise<Connected> {
  const statuses: number[] = []
  const fetchImplementation: typeof fetch = async (request, init) => {
    const response = await judgingFetch(request, init)
    statuses.push(response.status)
    return response
  }
  const changes: (readonly string[])[] = []
  const headers: [string, string][] = [['Authorization', `Bearer ${SDK_KEY}`]]
  const provider = new OFREPWebProvider({
    baseUrl: url,
    headers,
    fetchImplementation,
    cacheMode: 'disabled',
    ...options,
  })
  OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, (details) => {
    const changed: unknown = details?.flagsChanged
    changes.push(Array.isArray(changed) ? changed : [])
  })
  await OpenFeature.setContext(context)
  await OpenFeature.setProviderAndWait(provider)
  return { client: OpenFeature.getClient(), statuses, changes }
}

describe("a browser's provider of npm, in Node", () => {
  test('fetches all flags at once, and reads a value of each type from them', async ({ onTestFinished }) => {
    const { client, statuses } = await connect(await startService(onTestFinished), SWISS)
    expect(client.getBooleanDetails('checkout', false)).toMatchObject({
      value: true,
      reason: 'SPLIT',
      variant: 'on',
      flagMetadata: { enabled: true, ruleKey: 'checkout_ch', variationKey: 'on' },
    })
    expect(client.getStringValue('button', '')).toBe('Pay now')
    expect(client.getNumberValue('steps', 0)).toBe(1)
    expect(client.getObjectValue('banner', {})).toEqual({ title: 'Grüezi', links: ['/ch'] })
    expect(client.getNumberDetails('unset', 42)).toMatchObject({ value: 42, reason: 'SPLIT' })
    expect(client.getBooleanDetails('button', false)).toMatchObject({ value: false, errorCode: 'TYPE_MISMATCH' })
    expect(client.getBooleanDetails('broken', true)).toMatchObject({ value: true, errorCode: 'GENERAL' })
    expect(client.getBooleanDetails('nope', true)).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
      flagMetadata: { revision: '7' },
    })
    expect(statuses).toEqual([200])
  })

  test('fetches them anew when an attribute changes, although it keeps its tag', async ({ onTestFinished }) => {
    const { client, statuses } = await connect(await startService(onTestFinished), GERMAN)
    expect(client.getBooleanValue('checkout', true)).toBe(false)
    await OpenFeature.setContext(SWISS)
    expect(client.getBooleanValue('checkout', false)).toBe(true)
    await OpenFeature.setContext({ ...SWISS, colour: 'red' })
    expect(statuses).toEqual([200, 200, 200])
  })

  test('gets 304 while nothing changes, and hears which flags did', async ({ onTestFinished }) => {
    const service = await startService(onTestFinished)
    const { client, statuses, changes } = await connect(service, SWISS, { pollInterval: 50 })
    await vi.waitFor(() => expect(statuses.slice(0, 3)).toEqual([200, 304, 304]), LONG)
    expect(changes).toEqual([])
    service.publish(8, 'off')
    await vi.waitFor(() => expect(client.getBooleanValue('checkout', true)).toBe(false), LONG)
    expect(changes[0]).toEqual(['checkout', 'button', 'steps', 'banner', 'unset'])
    expect(statuses.at(-1)).not.toBe(400)
  })

  test('hears of no flag when only the revision changes', async ({ onTestFinished }) => {
    const service = await startService(onTestFinished)
    const { client, statuses, changes } = await connect(service, SWISS, { pollInterval: 50 })
    service.publish(8)
    await vi.waitFor(() => expect(client.getBooleanDetails('nope', true).flagMetadata).toEqual({ revision: '8' }), LONG)
    expect(changes).toEqual([[]])
    expect(statuses.filter((status) => status === 200)).toHaveLength(2)
  })

  test('counts nothing: it fetches what nobody may ever see', async ({ onTestFinished }) => {
    const service = await startService(onTestFinished)
    const { client } = await connect(service, SWISS)
    client.getBooleanValue('checkout', false)
    client.track('purchase')
    const headers = { 'x-api-key': SDK_KEY }
    const body = JSON.stringify({ context: SWISS })
    await fetch(`${service.url}/ofrep/v1/evaluate/flags/checkout`, { method: 'POST', headers, body })
    await vi.waitFor(() => expect(firstImpressions(service.logged)).toBe(1), LONG)
  })

  test.each<[string, EvaluationContext, [string, string][], ProviderStatus]>([
    ['without an SDK key', SWISS, [], ProviderStatus.FATAL],
    ['with a wrong one', SWISS, [['X-API-Key', 'wrong']], ProviderStatus.FATAL],
    ['without a targeting key', {}, [['X-API-Key', SDK_KEY]], ProviderStatus.ERROR],
  ])('does not start %s', async (_, context, headers, status) => {
    const ends: (() => Promise<void>)[] = []
    const service = await startService((end) => ends.push(end))
    await expect(connect(service, context, { headers })).rejects.toThrow()
    expect(OpenFeature.getClient().providerStatus).toBe(status)
    expect(OpenFeature.getClient().getBooleanValue('checkout', true)).toBe(true)
    for (const end of ends.reverse()) await end()
  })

  test('starts with what it kept where Turnout answers 503, if it is to ask first', async ({ onTestFinished }) => {
    const kept = new Map<string, string>()
    const getItem = (key: string) => kept.get(key) ?? null
    const setItem = (key: string, text: string) => kept.set(key, text)
    vi.stubGlobal('localStorage', { getItem, setItem })
    const options = { cacheMode: 'network-first', cacheKeyGenerator: () => 'the same' } as const
    await connect(await startService(onTestFinished), SWISS, options)
    await OpenFeature.clearProviders()
    const down = await startService(onTestFinished)
    down.kv.mode = { status: 500 }
    const { client, statuses } = await connect(down, SWISS, options)
    expect(statuses).toEqual([503])
    expect(client.getBooleanDetails('checkout', false)).toMatchObject({ value: true, reason: 'CACHED' })
  })

  test('keeps its flags and asks no more for a while after 429', async ({ onTestFinished }) => {
    const service = await startService(onTestFinished, { admits: 1 })
    const { client, statuses } = await connect(service, SWISS)
    await OpenFeature.setContext(GERMAN)
    await OpenFeature.setContext({ ...GERMAN, colour: 'red' })
    expect(statuses).toEqual([200, 429])
    expect(client.getBooleanValue('checkout', false)).toBe(true)
  })
})
