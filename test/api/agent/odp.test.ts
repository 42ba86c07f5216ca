import { describe, expect, test } from 'vitest'
import { createOdpAccounts } from '../../../src/remote/odp-account.ts'
import { createOdpEvents } from '../../../src/remote/odp-events.ts'
import { createSegmentSource } from '../../../src/remote/odp-segments.ts'
import { startAgent } from '../../support/agent-service.ts'
import type { Ask } from '../../support/service.ts'
import { shopDatafile } from '../../support/shop-datafile.ts'

const ODP = { key: 'odp', host: 'https://odp.example/', publicKey: 'public-key', pixelUrl: 'https://pixel.example' }

/** `targeted` is for whoever is in the segment `vips`. */
function withSegments(integrations: readonly object[] = [ODP]): object {
  return shopDatafile({
    integrations,
    typedAudiences: [
      {
        id: 'a1',
        name: 'VIPs',
        conditions: [
          'and',
          ['or', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vips' }],
          ['not', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'banned' }],
        ],
      },
    ],
  })
}

interface Sent {
  readonly url: string
  readonly key: string | null
  readonly body: unknown
}

function audiences(...names: readonly string[]): Response {
  const edges = names.map((name) => ({ node: { name, state: 'qualified' } }))
  return Response.json({ data: { customer: { audiences: { edges } } } })
}

/** A service with a customer data platform that answers what a test says. */
function startOdp(answer: () => Promise<Response> = async () => audiences('vips'), datafile = withSegments()) {
  const sent: Sent[] = []
  const background: Promise<unknown>[] = []
  const waits: number[] = []
  const time = { nowMs: 0 }
  const remoteLog: object[] = []
  const world = {
    accounts: createOdpAccounts(null),
    fetch: async (url: string, { body, headers }: RequestInit) => {
      sent.push({ url, key: new Headers(headers).get('x-api-key'), body: JSON.parse(String(body)) })
      return await answer()
    },
    clock: () => time.nowMs,
    wait: async (ms: number) => void waits.push(ms),
    newId: () => 'id-1',
    background: (task: Promise<unknown>) => void background.push(task),
    log: (event: object) => void remoteLog.push(event),
    client: { name: 'turnout', version: '1.2.3' },
  }
  const service = startAgent(datafile, { odp: createOdpEvents(world), segments: createSegmentSource(world) })
  return { ...service, sent, background, waits, time, remoteLog }
}

async function post(ask: Ask, path: string, body: object): Promise<{ status: number; json: unknown }> {
  const headers = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
  const response = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, json: await response.json() }
}

function decided(ask: Ask, more: object = {}) {
  return post(ask, '/v1/decide?keys=targeted', { userId: 'u1', fetchSegments: true, ...more })
}

const UNAVAILABLE = { status: 500, json: { error: 'failed to fetch qualified segments' } }

describe('segments', () => {
  test('decide, and are asked for with the user id where no query can be made of it', async () => {
    const { ask, sent } = startOdp()
    const userId = '"){name}} #'
    expect(await decided(ask, { userId })).toMatchObject({ json: { ruleKey: 'pros', variationKey: 'on' } })
    const query = expect.not.stringContaining(userId)
    const body = { query, variables: { userId, audiences: ['vips', 'banned'] } }
    expect(sent).toEqual([{ url: 'https://odp.example/v3/graphql', key: 'public-key', body }])
  })

  test('that the user is not qualified for do not count', async () => {
    const edges = [{ node: { name: 'vips', state: 'not_qualified' } }, { node: { name: 'vips', state: 5 } }]
    const { ask } = startOdp(async () => Response.json({ data: { customer: { audiences: { edges } } } }))
    expect(await decided(ask)).toMatchObject({ status: 200, json: { ruleKey: '' } })
  })

  test('are not asked for where nobody asks, nor where no audience is made of them', async () => {
    const { ask, sent } = startOdp()
    await decided(ask, { fetchSegments: false })
    const { ask: askOther, sent: sentOther } = startOdp(undefined, shopDatafile({ integrations: [ODP] }))
    expect(await decided(askOther)).toMatchObject({ status: 200 })
    expect([sent, sentOther]).toEqual([[], []])
  })

  test('count for ten minutes', async () => {
    const { ask, sent, time } = startOdp()
    await decided(ask)
    time.nowMs = 600_000 - 1
    await decided(ask)
    expect(sent.length).toBe(1)
    time.nowMs++
    await decided(ask)
    await decided(ask, { userId: 'u2' })
    expect(sent.length).toBe(3)
  })

  test.each([
    ['IGNORE_CACHE', [1, 2, 2]],
    ['RESET_CACHE', [1, 2, 2]],
    ['SOMETHING_ELSE', [1, 1, 1]],
  ])('with %s are asked for anew accordingly', async (option, counts) => {
    const { ask, sent } = startOdp()
    const asked: number[] = []
    for (const fetchSegmentsOptions of [[], [option], []]) {
      await decided(ask, { fetchSegmentsOptions })
      asked.push(sent.length)
    }
    expect(asked).toEqual(counts)
  })

  test.each<[string, readonly object[]]>([
    ['no integration', []],
    ['another integration', [{ ...ODP, key: 'other' }]],
    ['no host', [{ key: 'odp', publicKey: 'k' }]],
    ['no key', [{ key: 'odp', host: 'https://odp.example' }]],
    ['a host that is not https', [{ ...ODP, host: 'http://odp.example' }]],
    ['a host that is no URL', [{ ...ODP, host: 'odp' }]],
  ])('cannot be had with %s', async (_, integrations) => {
    const { ask, sent } = startOdp(undefined, withSegments(integrations))
    expect(await decided(ask)).toEqual(UNAVAILABLE)
    expect(sent).toEqual([])
  })

  test.each<[string, () => Promise<Response>]>([
    ['an error', async () => new Response('', { status: 403 })],
    ['a redirect', async () => new Response(null, { status: 302, headers: { Location: 'https://a.example' } })],
    ['no answer', async () => Promise.reject(new Error('refused'))],
    ['no JSON', async () => new Response('<html>')],
    ['nothing', async () => new Response('')],
    ['an error of GraphQL', async () => Response.json({ errors: [{ message: 'no' }], data: { customer: null } })],
    ['no customer', async () => Response.json({ data: { customer: null } })],
    ['a list in the wrong place', async () => Response.json({ data: [] })],
    ['edges of another type', async () => Response.json({ data: { customer: { audiences: { edges: {} } } } })],
    ['a nameless audience', async () => audiencesOf([{ node: { state: 'qualified' } }])],
    ['a deep answer', async () => new Response('['.repeat(100_000))],
    ['a huge answer', async () => new Response(`"${'x'.repeat(1_100_000)}"`)],
  ])('cannot be had from %s, which is in the log', async (_, answer) => {
    const { ask, remoteLog } = startOdp(answer)
    expect(await decided(ask)).toEqual(UNAVAILABLE)
    expect(remoteLog).toEqual([{ level: 'error', code: 'segments_unavailable', message: expect.any(String) }])
  })

  test('that could not be had are asked for by the next decision', async () => {
    const answers = [new Response('', { status: 500 }), audiences('vips')]
    const { ask } = startOdp(async () => answers.shift() ?? new Response())
    expect(await decided(ask)).toEqual(UNAVAILABLE)
    expect(await decided(ask)).toMatchObject({ json: { ruleKey: 'pros' } })
  })

  test('from a platform that hangs keep nobody waiting for good', async () => {
    const hanging = new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) })
    const { ask } = startOdp(async () => new Response(hanging))
    expect(await decided(ask)).toEqual(UNAVAILABLE)
  })
})

function audiencesOf(edges: readonly object[]): Response {
  return Response.json({ data: { customer: { audiences: { edges } } } })
}

const EVENT = {
  action: 'bought',
  identifiers: { 'FS-User-ID': 'u1', email: 'a@b.example' },
  data: { price: 5, none: null },
}

describe('events', () => {
  test('go to the platform behind the answer, in the words of the SDK', async () => {
    const { ask, sent, background } = startOdp(async () => new Response(null, { status: 202 }))
    expect(await post(ask, '/v1/send-odp-event', EVENT)).toEqual({ status: 200, json: { success: true } })
    await Promise.all(background)
    const data = {
      idempotence_id: 'id-1',
      data_source_type: 'sdk',
      data_source: 'turnout',
      data_source_version: '1.2.3',
      price: 5,
      none: null,
    }
    const identifiers = { fs_user_id: 'u1', email: 'a@b.example' }
    const body = [{ type: 'fullstack', action: 'bought', identifiers, data }]
    expect(sent).toEqual([{ url: 'https://odp.example/v3/events', key: 'public-key', body }])
  })

  test('are tried three times, with the same id, and then in the log', async () => {
    const { ask, sent, background, waits, remoteLog } = startOdp(async () => new Response('', { status: 503 }))
    await post(ask, '/v1/send-odp-event', EVENT)
    await Promise.all(background)
    expect([new Set(sent.map(({ body }) => JSON.stringify(body))).size, sent.length, waits]).toEqual([
      1,
      3,
      [200, 1_000],
    ])
    expect(remoteLog).toMatchObject([{ code: 'odp_event_lost', attempts: 3 }])
  })

  test.each([400, 401, 403])('that are refused with %i are not tried again', async (status) => {
    const { ask, sent, background, remoteLog } = startOdp(async () => new Response('', { status }))
    await post(ask, '/v1/send-odp-event', EVENT)
    await Promise.all(background)
    expect([sent.length, remoteLog.length]).toEqual([1, 1])
  })

  test.each([408, 429])('that are put off with %i are tried again', async (status) => {
    const answers = [new Response('', { status }), new Response('')]
    const { ask, sent, background, remoteLog } = startOdp(async () => answers.shift() ?? new Response())
    await post(ask, '/v1/send-odp-event', EVENT)
    await Promise.all(background)
    expect([sent.length, remoteLog]).toEqual([2, []])
  })

  test('have nowhere to go where no platform is integrated', async () => {
    const { ask } = startOdp(undefined, withSegments([]))
    expect(await post(ask, '/v1/send-odp-event', EVENT)).toEqual({
      status: 500,
      json: { error: 'ODP is not integrated' },
    })
  })
})
