import { describe, expect, test } from 'vitest'
import { startAgent } from '../../support/agent-service.ts'
import { BANDIT, decided, LARGE, startBandit } from '../../support/bandit-service.ts'
import { createMemoryOverrideStore } from '../../support/memory-override-store.ts'
import { createMemoryProfileStore } from '../../support/memory-profile-store.ts'
import type { Ask } from '../../support/service.ts'

describe('a bandit that answers', () => {
  test('is asked for its variation, in the words of the SDK', async () => {
    const { ask, endpoint } = startBandit()
    const userAttributes = { plan: 'pro', secret: 'kept' }
    expect(await decided(ask, { userAttributes })).toMatchObject({ variationKey: 'large', ruleKey: 'bandit' })
    const attributes = [{ id: '1', value: 'pro', type: 'custom_attribute' }]
    const instance = { visitorId: 'u1', experimentId: '55', attributes, cmabUUID: 'uuid-1' }
    expect(endpoint.asked).toEqual([{ url: 'https://bandits.example/predict/55', body: { instances: [instance] } }])
  })

  test('is told with the exposure by what name it knows of the prediction', async () => {
    const { ask, events } = startBandit()
    await decided(ask)
    expect(events).toMatchObject([{ kind: 'impression', source: 'feature-test', cmabUuid: 'uuid-1' }])
  })

  test('is not asked for whom a list has a variation, nor where nobody can be asked', async () => {
    const { ask, endpoint } = startBandit()
    expect(await decided(ask, { userId: 'listed' })).toMatchObject({ variationKey: 'small' })
    expect(endpoint.asked).toEqual([])
    const { ask: askNobody } = startAgent(BANDIT)
    expect(await decided(askNobody)).toMatchObject({ ruleKey: 'everyone' })
  })

  test('whose variation is not in the datafile leaves the user to the next rule', async () => {
    const { ask } = startBandit(async () => new Response('{"predictions":[{"variation_id":"99"}]}'))
    expect(await decided(ask)).toMatchObject({ ruleKey: 'everyone' })
  })
})

async function activated(ask: Ask, query: string, userId = 'u1'): Promise<readonly Record<string, unknown>[]> {
  const headers = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
  const body = JSON.stringify({ userId })
  const response = await ask(`/v1/activate?${query}`, { method: 'POST', headers, body })
  return await response.json()
}

describe('POST /v1/activate asks a bandit as well, as the Agent does', () => {
  test('of a feature and of an experiment, and once for both', async () => {
    const { ask, endpoint, events } = startBandit()
    const keys = { experimentKey: 'bandit', variationKey: 'large', enabled: true }
    expect(await activated(ask, 'featureKey=offer&experimentKey=bandit')).toMatchObject([
      { type: 'experiment', ...keys },
      { type: 'feature', featureKey: 'offer', ...keys },
    ])
    expect(endpoint.asked.length).toBe(1)
    expect(events).toMatchObject([
      { source: 'experiment', cmabUuid: 'uuid-1', variation: { key: 'large' } },
      { source: 'feature-test', cmabUuid: 'uuid-1', variation: { key: 'large' } },
    ])
  })

  test('and says the same as POST /v1/decide, from what it said before', async () => {
    const { ask, endpoint } = startBandit()
    await activated(ask, 'featureKey=offer')
    endpoint.answer = async () => new Response('{"predictions":[{"variation_id":"61"}]}')
    expect(await decided(ask)).toMatchObject({ variationKey: 'large' })
    expect(endpoint.asked.length).toBe(1)
  })

  test('but not for whom a list has a variation, whose exposure names no prediction', async () => {
    const { ask, endpoint, events } = startBandit()
    expect(await activated(ask, 'experimentKey=bandit', 'listed')).toMatchObject([{ variationKey: 'small' }])
    expect(endpoint.asked).toEqual([])
    expect(events).toMatchObject([{ source: 'experiment', variation: { key: 'small' } }])
    expect(events[0]).not.toHaveProperty('cmabUuid')
  })

  test('where it fails, that key has an error, and nothing of it counts', async () => {
    const { ask, events } = startBandit(async () => new Response('', { status: 500 }))
    const error = 'Failed to fetch CMAB data for experiment bandit.'
    expect(await activated(ask, 'featureKey=offer&experimentKey=bandit&featureKey=gone')).toMatchObject([
      { type: 'experiment', experimentKey: 'bandit', variationKey: '', enabled: false, error },
      { type: 'feature', featureKey: 'offer', enabled: false, error },
      { type: '', featureKey: 'gone', error: 'featureKey not found' },
    ])
    expect(events).toEqual([])
  })

  test('in a batch, like any other', async () => {
    const { ask, endpoint } = startBandit()
    const headers = { 'X-Optimizely-SDK-Key': 'shop' }
    const body = { userId: 'u1' }
    const operations = [
      { method: 'POST', url: '/v1/activate?featureKey=offer', headers, body },
      { method: 'POST', url: '/v1/decide?keys=offer', headers, body },
    ]
    const answer = await ask('/v1/batch', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ operations }),
    })
    expect(await answer.json()).toMatchObject({
      response: [{ body: [{ variationKey: 'large' }] }, { body: { variationKey: 'large' } }],
    })
    expect(endpoint.asked.length).toBeLessThanOrEqual(2)
  })
})

test.each(['/?feature=offer&userId=u1&key=shop', '/ofrep/v1/evaluate/flags/offer'])(
  '%s does not wait for a bandit: it skips its rule',
  async (path) => {
    const { ask, endpoint } = startBandit()
    const isOfrep = path.startsWith('/ofrep')
    const response = await ask(
      path,
      isOfrep
        ? { method: 'POST', headers: { 'X-API-Key': 'shop' }, body: '{"context":{"targetingKey":"u1"}}' }
        : { method: 'GET' },
    )
    expect(JSON.stringify(await response.json())).toContain('"ruleKey":"everyone"')
    expect(endpoint.asked).toEqual([])
  },
)

test('a bandit is not asked for whom an override or a profile has a variation', async () => {
  const overrides = createMemoryOverrideStore()
  const profiles = createMemoryProfileStore()
  await overrides.set({ sdkKey: 'shop', userId: 'overridden', experimentKey: 'bandit' }, 'small')
  await profiles.save('shop', 'kept', new Map([['55', '61']]))
  const { ask, endpoint } = startBandit(undefined, { ports: { overrides, profiles } })
  for (const userId of ['overridden', 'kept']) {
    expect(await decided(ask, { userId })).toMatchObject({ ruleKey: 'bandit', variationKey: 'small' })
    expect(await activated(ask, 'experimentKey=bandit', userId)).toMatchObject([{ variationKey: 'small' }])
  }
  expect(endpoint.asked).toEqual([])
  await decided(ask, { userId: 'new' })
  expect(await profiles.read('shop', 'new')).toBeNull()
})

describe('what a bandit said', () => {
  test('counts for half an hour', async () => {
    const { ask, endpoint, time } = startBandit()
    await decided(ask)
    time.nowMs = 30 * 60_000 - 1
    await decided(ask)
    expect(endpoint.asked.length).toBe(1)
    time.nowMs++
    await decided(ask)
    expect(endpoint.asked.length).toBe(2)
  })

  test('is the same for requests that ask at the same moment, by one name', async () => {
    const answers = ['62', '61', '62', '61']
    const { ask, events } = startBandit(async () => Response.json({ predictions: [{ variation_id: answers.shift() }] }))
    const decisions = await Promise.all([decided(ask), decided(ask), decided(ask), activated(ask, 'featureKey=offer')])
    expect(answers).toEqual([])
    const [first] = decisions
    expect(decisions.slice(1, 3)).toEqual([first, first])
    expect(decisions[3]).toMatchObject([{ variationKey: first?.variationKey }])
    expect(new Set(events.map((event) => event.kind === 'impression' && event.cmabUuid)).size).toBe(1)
    expect(await decided(ask)).toEqual(first)
  })

  test('counts while the attributes that it sees stay the same, for the same user', async () => {
    const { ask, endpoint } = startBandit()
    await decided(ask, { userAttributes: { plan: 'pro', other: 1 } })
    await decided(ask, { userAttributes: { other: 2, plan: 'pro' } })
    expect(endpoint.asked.length).toBe(1)
    await decided(ask, { userAttributes: { plan: 'free' } })
    expect(endpoint.asked.length).toBe(2)
    await decided(ask, { userId: 'u2', userAttributes: { plan: 'free' } })
    expect(endpoint.asked.length).toBe(3)
  })

  test.each([
    ['IGNORE_CMAB_CACHE', [1, 2, 2]],
    ['INVALIDATE_USER_CMAB_CACHE', [1, 2, 2]],
    ['RESET_CMAB_CACHE', [1, 2, 2]],
    ['INCLUDE_REASONS', [1, 1, 1]],
  ])('with %s is asked for anew accordingly', async (option, counts) => {
    const { ask, endpoint } = startBandit()
    const asked: number[] = []
    for (const decideOptions of [[], [option], []]) {
      await decided(ask, { decideOptions })
      asked.push(endpoint.asked.length)
    }
    expect(asked).toEqual(counts)
  })

  test('RESET_CMAB_CACHE forgets every user, and INVALIDATE_USER_CMAB_CACHE one', async () => {
    const { ask, endpoint } = startBandit()
    await decided(ask, { userId: 'other' })
    await decided(ask, { decideOptions: ['INVALIDATE_USER_CMAB_CACHE'] })
    await decided(ask, { userId: 'other' })
    expect(endpoint.asked.length).toBe(2)
    await decided(ask, { decideOptions: ['RESET_CMAB_CACHE'] })
    await decided(ask, { userId: 'other' })
    expect(endpoint.asked.length).toBe(4)
  })

  test('is forgotten by POST /v1/reset', async () => {
    const { ask, endpoint } = startBandit()
    await decided(ask)
    expect(await decided(ask, {}, '/v1/reset')).toEqual({ result: true })
    await decided(ask)
    expect(endpoint.asked.length).toBe(2)
  })
})

const hanging = () => new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) }))

describe('a bandit that fails', () => {
  test.each<[string, () => Promise<Response>]>([
    ['answers with an error', async () => new Response(LARGE, { status: 500 })],
    ['sends elsewhere', async () => new Response(null, { status: 302, headers: { Location: 'https://a.example' } })],
    ['cannot be reached', async () => Promise.reject(new Error('refused'))],
    ['answers nothing', async () => new Response('')],
    ['answers no JSON', async () => new Response('<html>')],
    ['answers without predictions', async () => new Response('{"predictions":[]}')],
    ['answers with a prediction of nothing', async () => new Response('{"predictions":[{"variation_id":0}]}')],
    ['answers with a prediction of a list', async () => new Response('{"predictions":[{"variation_id":["62"]}]}')],
    ['answers with null', async () => new Response('null')],
    ['answers too deep', async () => new Response('['.repeat(1_000))],
    ['answers too much', async () => new Response(`"${'x'.repeat(70_000)}"`)],
    ['answers bytes that are no text', async () => new Response(new Uint8Array([0xff, 0xfe]))],
  ])('%s: is asked once more, and gives the error decision of the SDK', async (_, answer) => {
    const { ask, endpoint, waits, events, predictionLog } = startBandit(answer)
    expect(await decided(ask)).toEqual({
      variationKey: '',
      enabled: false,
      ruleKey: '',
      flagKey: 'offer',
      userContext: { userId: 'u1', attributes: {} },
      reasons: [
        'Audiences for experiment bandit collectively evaluated to true.',
        'Failed to fetch CMAB data for experiment bandit.',
      ],
      isEveryoneElseVariation: false,
    })
    expect([endpoint.asked.length, waits, events]).toEqual([2, [100], []])
    expect(predictionLog).toEqual([
      { level: 'error', code: 'prediction_failed', ruleId: '55', message: expect.any(String) },
    ])
  })

  test('once and then answers decides as if nothing had been', async () => {
    let answers = 0
    const { ask } = startBandit(async () => new Response(LARGE, { status: answers++ === 0 ? 503 : 200 }))
    expect(await decided(ask)).toMatchObject({ variationKey: 'large' })
  })

  test('is asked again by the next decision', async () => {
    const { ask, endpoint } = startBandit(async () => new Response('', { status: 500 }))
    await decided(ask)
    endpoint.answer = async () => new Response(LARGE)
    expect(await decided(ask)).toMatchObject({ variationKey: 'large' })
  })

  test.each<[string, () => Promise<Response>]>([
    ['an answer', () => new Promise(() => {})],
    ['the rest of an answer', async () => hanging()],
  ])('to give %s keeps nobody waiting for good', async (_, answer) => {
    const { ask } = startBandit(answer)
    expect(await decided(ask)).toMatchObject({ variationKey: '', ruleKey: '' })
  })

  test('takes no other flag along', async () => {
    const { ask } = startAgent(BANDIT, {
      predictor: { predict: async () => new Map(), reset: () => {} },
    })
    expect(await decided(ask, {}, '/v1/decide')).toMatchObject([{ flagKey: 'offer', ruleKey: '' }])
  })
})
