import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { BACKLOG_BYTES, MOST_LISTENERS } from '../../src/durable/notification-relay.ts'
import { createRelayedNotifications } from '../../src/durable/relayed-notifications.ts'
import { streamUrl } from '../../src/durable/stream-url.ts'
import { NOTIFICATION_TYPES, type Notification } from '../../src/events/notification-stream.ts'
import { Turnout } from '../../src/worker.ts'
import { type Ask, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const KEY = { 'X-Optimizely-SDK-Key': 'shop' }
const EVENTS = [{ id: 'ev1', key: 'bought', experimentIds: [] }]

const readers = new Set<ReadableStreamDefaultReader<string>>()

afterEach(async () => {
  for (const reader of readers) await reader.cancel()
  readers.clear()
})

/** What is streamed, as text. */
function readerOf(body: ReadableStream<Uint8Array> | null): ReadableStreamDefaultReader<string> {
  if (body === null) throw new Error('There is no stream.')
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  readers.add(reader)
  return reader
}

async function listen(ask: Ask, query = ''): Promise<ReadableStreamDefaultReader<string>> {
  const response = await ask(`/v1/notifications/event-stream${query}`, { headers: KEY })
  expect(response.status).toBe(200)
  return readerOf(response.body)
}

/** Reads on until so many notifications have come. */
async function told(reader: ReadableStreamDefaultReader<string>, count: number): Promise<readonly object[]> {
  let text = ''
  for (;;) {
    const complete = text.split('\n').filter((line) => line.startsWith('data: ') || line.startsWith('{'))
    if (complete.length >= count && text.endsWith('\n')) {
      return complete.map((line) => JSON.parse(line.replace(/^data: /, '')))
    }
    const { value, done } = await reader.read()
    if (done) throw new Error(`The stream ended after ${JSON.stringify(text)}`)
    text += value
  }
}

async function post(ask: Ask, path: string, body: object): Promise<Response> {
  const headers = { ...KEY, 'Content-Type': 'application/json' }
  return await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

function start(variables: object = {}): Promise<Ask> {
  return startWith(shopDatafile({ events: EVENTS }), { NOTIFICATIONS: 'on', ...variables })
}

const USER = { ID: 'u1', Attributes: {}, QualifiedSegments: null }

describe('whoever listens is told', () => {
  test('of a decision of the Agent, made in another isolate', async () => {
    const reader = await listen(await start())
    const userAttributes = { plan: 'free', b: '<' }
    await post(await start(), '/v1/decide?keys=tested', { userId: 'u1', userAttributes })
    const DecisionInfo = {
      decisionEventDispatched: true,
      enabled: true,
      experimentId: 'e1',
      flagKey: 'tested',
      reasons: [],
      ruleKey: 'ab',
      variables: { limit: 3, title: 'Hello <b>' },
      variationId: 'v2',
      variationKey: 'bold',
    }
    expect(await decisionsTold(reader, 1)).toEqual([
      { Type: 'flag', UserContext: { ...USER, Attributes: { b: '<', plan: 'free' } }, DecisionInfo },
    ])
  })

  test('of decisions of GET /, and that a delivery did not count', async () => {
    const ask = await start()
    const reader = await listen(ask)
    await ask('/?feature=delivered&feature=nowhere&userId=u1&key=shop')
    const [decision] = await decisionsTold(reader, 1)
    expect(decision).toMatchObject({
      Type: 'flag',
      UserContext: USER,
      DecisionInfo: { flagKey: 'delivered', ruleKey: 'everyone', decisionEventDispatched: false },
    })
  })

  test('of decisions that nobody is sent again, which do not count a second time', async () => {
    const ask = await start()
    const reader = await listen(ask, '?filter=decision')
    const path = '/?feature=tested&userId=u1&key=shop'
    const first = await ask(path)
    const again = await ask(path, { headers: { 'If-None-Match': first.headers.get('ETag') ?? '' } })
    const head = await ask(path, { method: 'HEAD' })
    expect([first.status, again.status, head.status]).toEqual([200, 304, 200])
    expect(await decisionsTold(reader, 3)).toMatchObject(
      [true, false, false].map((decisionEventDispatched) => ({ DecisionInfo: { decisionEventDispatched } })),
    )
  })

  test('of a flag that is asked for twice, once', async () => {
    const ask = await start()
    const reader = await listen(ask, '?filter=decision')
    await ask('/?feature=tested&feature=delivered&feature=tested&userId=u1&key=shop')
    await ask('/?feature=off&userId=u1&key=shop')
    expect(await decisionsTold(reader, 3)).toMatchObject(
      ['tested', 'delivered', 'off'].map((flagKey) => ({ DecisionInfo: { flagKey } })),
    )
  })

  test.each([
    ['one flag, which counts', '/tested', {}, ['tested'], true],
    ['one flag that is not to count', '/tested', { disableTracking: true }, ['tested'], false],
    ['all flags, of which none counts', '', {}, ['delivered', 'tested', 'off', 'targeted'], false],
  ])('of what OpenFeature asks for: %s', async (_, path, more, flagKeys, decisionEventDispatched) => {
    const ask = await start()
    const reader = await listen(ask, '?filter=decision')
    const context = { targetingKey: 'u1', plan: 'free', ...more }
    const headers = { 'X-API-Key': 'shop' }
    await ask(`/ofrep/v1/evaluate/flags${path}`, { method: 'POST', headers, body: JSON.stringify({ context }) })
    const told = await decisionsTold(reader, flagKeys.length)
    expect(told.slice(0, flagKeys.length)).toMatchObject(
      flagKeys.map((flagKey) => ({
        Type: 'flag',
        UserContext: { ...USER, Attributes: { plan: 'free' } },
        DecisionInfo: { flagKey, decisionEventDispatched },
      })),
    )
  })

  test('of what another Worker evaluates, which counts only where the value is of the type asked for', async () => {
    const reader = await listen(await start(), '?filter=decision')
    const context = Object.create(createExecutionContext(), { props: { value: {} } })
    const turnout = new Turnout(context, { ...env, SDK_KEY: 'shop', NOTIFICATIONS: 'on' })
    await turnout.getObjectValue('tested', {}, { targetingKey: 'u1' })
    await turnout.getBooleanValue('tested', false, { targetingKey: 'u1' })
    const decided = (decisionEventDispatched: boolean) => ({
      Type: 'flag',
      UserContext: USER,
      DecisionInfo: { flagKey: 'tested', decisionEventDispatched },
    })
    expect(await decisionsTold(reader, 2)).toMatchObject([decided(true), decided(false)])
  })

  test('of activations: features and experiments', async () => {
    const ask = await start()
    const reader = await listen(ask)
    await post(ask, '/v1/activate?featureKey=tested&featureKey=delivered&experimentKey=ab', { userId: 'u1' })
    const keys = { experimentKey: 'ab', variationKey: 'bold' }
    const tested = {
      featureEnabled: true,
      featureKey: 'tested',
      source: 'feature-test',
      sourceInfo: keys,
      variableValues: { limit: 3, title: 'Hello <b>' },
    }
    const delivered = {
      featureEnabled: true,
      featureKey: 'delivered',
      source: 'rollout',
      sourceInfo: {},
      variableValues: {},
    }
    expect(await decisionsTold(reader, 3)).toEqual([
      { Type: 'feature-test', UserContext: USER, DecisionInfo: keys },
      { Type: 'all-feature-variables', UserContext: USER, DecisionInfo: { feature: tested } },
      { Type: 'all-feature-variables', UserContext: USER, DecisionInfo: { feature: delivered } },
    ])
  })

  test('of activations: an experiment of no flag, and one that the user is not in', async () => {
    const onlyVariation = { id: 'v9', key: 'on', featureEnabled: true, variables: [] }
    const alone = {
      id: 'e9',
      key: 'alone',
      layerId: 'l9',
      status: 'Running',
      forcedVariations: {},
      audienceIds: [],
      variations: [onlyVariation],
      trafficAllocation: [{ entityId: 'v9', endOfRange: 10_000 }],
    }
    const forPros = { ...alone, id: 'e10', key: 'alone_for_pros', audienceIds: ['a1'] }
    const experiments = [alone, forPros]
    const datafile = shopDatafile({ revision: '9', featureFlags: [], experiments })
    const ask = await startWith(datafile, { NOTIFICATIONS: 'on' })
    const reader = await listen(ask, '?filter=decision')
    await post(ask, '/v1/activate?experimentKey=alone&experimentKey=gone&experimentKey=alone_for_pros', {
      userId: 'u1',
    })
    expect(await decisionsTold(reader, 2)).toEqual([
      { Type: 'ab-test', UserContext: USER, DecisionInfo: { experimentKey: 'alone', variationKey: 'on' } },
      { Type: 'ab-test', UserContext: USER, DecisionInfo: { experimentKey: 'alone_for_pros' } },
    ])
  })

  test('of conversions, whoever reports them', async () => {
    const ask = await start()
    const reader = await listen(ask, '?filter=track')
    await post(ask, '/v1/track?eventKey=bought', { userId: 'u1', eventTags: { revenue: 5 } })
    expect(await told(reader, 1)).toEqual([
      { EventKey: 'bought', UserContext: USER, EventTags: { revenue: 5 }, ConversionEvent: null },
    ])
  })

  test('of another datafile', async () => {
    const ask = await start()
    const reader = await listen(ask, '?filter=project_config_update')
    await startWith(shopDatafile({ revision: '8' }), { NOTIFICATIONS: 'on' })
    expect((await told(reader, 1)).at(-1)).toEqual({ Type: 'project_config_update', Revision: '8' })
  })

  test('in lines of JSON where they ask for that', async () => {
    const ask = await start()
    const reader = await listen(ask, '?raw=true&filter=track')
    await post(ask, '/v1/track?eventKey=bought', { userId: 'u1' })
    const { value = '' } = await reader.read()
    expect(value).toBe('\n')
    expect(await told(reader, 1)).toMatchObject([{ EventKey: 'bought' }])
  })
})

async function decisionsTold(reader: ReadableStreamDefaultReader<string>, count: number): Promise<readonly object[]> {
  return await told(reader, count)
}

test('nobody is told of another SDK key', async () => {
  const ask = await start()
  const reader = await listen(ask, '?filter=track')
  const relay = env.NOTIFIER.getByName('other')
  await relay.publish([{ type: 'track', json: '{"of":"other"}' }])
  await post(ask, '/v1/track?eventKey=bought', { userId: 'u1' })
  expect(await told(reader, 1)).toMatchObject([{ EventKey: 'bought' }])
})

test('without NOTIFICATIONS the stream is not there, and nothing is published', async () => {
  const calls: string[] = []
  const NOTIFIER = { getByName: (name: string) => calls.push(name) }
  const ask = await startWith(shopDatafile({ events: EVENTS }), { NOTIFIER })
  const response = await ask('/v1/notifications/event-stream', { headers: KEY })
  expect([response.status, await response.text()]).toEqual([403, 'Notification stream not enabled\n'])
  await post(ask, '/v1/track?eventKey=bought', { userId: 'u1' })
  await post(ask, '/v1/decide', { userId: 'u1' })
  expect(calls).toEqual([])
})

const ALL = { types: new Set(NOTIFICATION_TYPES), isRaw: true }

async function listenTo(relay: Pick<DurableObjectStub, 'fetch'>): Promise<ReadableStream<Uint8Array> | null> {
  const response = await relay.fetch(streamUrl(ALL))
  return response.ok ? response.body : null
}

describe('a relay', () => {
  test('takes so many listeners, and another one when one has left', async () => {
    const relay = env.NOTIFIER.getByName('crowd')
    const bodies: ReadableStream[] = []
    for (let count = 0; count < MOST_LISTENERS; count++) {
      const body = await listenTo(relay)
      if (body !== null) bodies.push(body)
    }
    expect(bodies.length).toBe(MOST_LISTENERS)
    expect(await listenTo(relay)).toBeNull()
    await bodies.pop()?.cancel()
    await vi.waitFor(async () => expect(await relay.publish([])).toBe(MOST_LISTENERS - 1), { timeout: 10_000 })
    const last = await listenTo(relay)
    expect(last).not.toBeNull()
    for (const body of bodies) await body.cancel()
    await last?.cancel()
    await vi.waitFor(async () => expect(await relay.publish([])).toBe(0), { timeout: 10_000 })
  })

  test('drops whoever does not read, and tells the others', async () => {
    const relay = env.NOTIFIER.getByName('slow')
    const slow = await listenTo(relay)
    const quick = readerOf(await listenTo(relay))
    const reading = (async () => {
      let units = 0
      for (;;) {
        const { value = '', done } = await quick.read()
        units += value.length
        if (done || value.includes('last')) return units
      }
    })()
    const large: Notification = { type: 'track', json: JSON.stringify('x'.repeat(BACKLOG_BYTES / 2)) }
    await vi.waitFor(async () => expect(await relay.publish([large])).toBe(1), { timeout: 20_000, interval: 20 })
    await relay.publish([{ type: 'track', json: '"last"' }])
    expect(await reading).toBeGreaterThan(BACKLOG_BYTES)
    await expect(drain(slow)).rejects.toThrow()
  })
})

async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  for await (const _ of body ?? []);
}

describe('publishing', () => {
  function relayed(publish: (told: readonly Notification[]) => Promise<number>) {
    const background: Promise<unknown>[] = []
    const logged: object[] = []
    const time = { nowMs: 0 }
    const stream = createRelayedNotifications({
      relays: { getByName: () => ({ publish, fetch: async () => new Response() }) },
      background: (task) => void background.push(task),
      clock: () => time.nowMs,
      log: (event) => void logged.push(event),
    })
    return { stream, background, logged, time }
  }

  const numbered = (number: number): Notification => ({ type: 'track', json: String(number) })

  test('makes one call at a time, with all that happened in the meantime', async () => {
    const calls: number[] = []
    let release = () => {}
    const { stream, background } = relayed(async (told) => {
      calls.push(told.length)
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return 1
    })
    for (let number = 0; number < 50; number++) stream.publish('shop', [numbered(number)])
    expect([calls, background.length]).toEqual([[1], 1])
    release()
    await vi.waitFor(() => expect(calls).toEqual([1, 49]))
    release()
    await Promise.all(background)
  })

  test('goes on without a call that a request took with it', async () => {
    const calls: number[] = []
    const { stream, background, time } = relayed((told) => {
      calls.push(told.length)
      return new Promise(() => {})
    })
    stream.publish('shop', [numbered(1)])
    time.nowMs = 4_999
    stream.publish('shop', [numbered(2)])
    time.nowMs = 5_000
    stream.publish('shop', [numbered(3)])
    expect([calls, background.length]).toEqual([[1, 2], 2])
  })

  test('drops what does not fit while a relay is slow, and says so', async () => {
    const { stream, logged } = relayed(() => new Promise(() => {}))
    stream.publish('shop', [numbered(1)])
    const large: Notification = { type: 'track', json: 'x'.repeat(600_000) }
    stream.publish('shop', [large, large, numbered(2)])
    expect(logged).toEqual([{ level: 'warn', code: 'notifications_dropped', count: 1 }])
  })

  test('that fails is in the log, and the next one goes on', async () => {
    const outcomes = [async () => Promise.reject(new Error('reset')), async () => 1]
    const { stream, background, logged } = relayed(async () => (await outcomes.shift()?.()) ?? 0)
    stream.publish('shop', [numbered(1)])
    await Promise.all(background)
    stream.publish('shop', [numbered(2)])
    await Promise.all(background)
    expect(outcomes).toEqual([])
    expect(logged).toEqual([{ level: 'error', code: 'notifications_lost', count: 1, message: 'reset' }])
  })
})
