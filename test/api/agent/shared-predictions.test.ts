/** What bandits say where isolates share it: each `startBandit` is an isolate of its own, and nothing but the objects is shared. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import type { PredictionStore } from '../../../src/store/prediction-store.ts'
import { sha256Hex } from '../../../src/store/sha256.ts'
import { createDurablePredictions, SHARDS_PER_SDK_KEY } from '../../../src/store/user-shards.ts'
import { decided, LARGE, startBandit } from '../../support/bandit-service.ts'

const SMALL = '{"predictions":[{"variation_id":"61"}]}'
const kept = createDurablePredictions(env.USERS)

/** An isolate, and one whose bandit has learned in the meantime. */
function startTwo(store: PredictionStore = kept) {
  const first = startBandit(async () => new Response(LARGE), { kept: store, id: 'first' })
  const second = startBandit(async () => new Response(SMALL), { kept: store, id: 'second' })
  return { first, second }
}

describe('a user who has a prediction', () => {
  test('has the same in another isolate, by the same name, and nobody is asked', async () => {
    const { first, second } = startTwo()
    const user = { userId: 'same', userAttributes: { plan: 'pro' } }
    expect(await decided(first.ask, user)).toMatchObject({ variationKey: 'large' })
    expect(await decided(second.ask, user)).toMatchObject({ variationKey: 'large' })
    expect(second.endpoint.asked).toEqual([])
    expect(second.events).toMatchObject([{ cmabUuid: 'first-1', variation: { key: 'large' } }])
  })

  test('has one also where two isolates ask at once', async () => {
    const { first, second } = startTwo()
    const user = { userId: 'at once' }
    const decisions = await Promise.all([decided(first.ask, user), decided(second.ask, user)])
    expect(first.endpoint.asked.length + second.endpoint.asked.length).toBe(2)
    expect(decisions[0]).toMatchObject({ variationKey: expect.stringMatching(/^(?:large|small)$/) })
    expect(decisions[1]).toEqual(decisions[0])
    expect(await decided(startTwo().second.ask, user)).toEqual(decisions[0])
  })

  test('gets another one everywhere when the attributes change that the bandit sees', async () => {
    const { first, second } = startTwo()
    await decided(first.ask, { userId: 'changed', userAttributes: { plan: 'pro' } })
    const changed = { userId: 'changed', userAttributes: { plan: 'free' } }
    expect(await decided(second.ask, changed)).toMatchObject({ variationKey: 'small' })
    expect(await decided(first.ask, changed)).toMatchObject({ variationKey: 'small' })
    expect(first.endpoint.asked.length).toBe(1)
  })

  test('keeps it for half an hour, from when it was made', async () => {
    const { first, second } = startTwo()
    await decided(first.ask, { userId: 'for long' })
    second.time.nowMs = 30 * 60_000 - 1
    expect(await decided(second.ask, { userId: 'for long' })).toMatchObject({ variationKey: 'large' })
    second.time.nowMs++
    expect(await decided(second.ask, { userId: 'for long' })).toMatchObject({ variationKey: 'small' })
  })

  test('has it by the SHA-256 of their id, and attributes are kept by theirs alone', async () => {
    const { first } = startTwo()
    const user = await sha256Hex('ada@shop.example')
    await decided(first.ask, { userId: 'ada@shop.example', userAttributes: { plan: 'secret-plan' } })
    const number = Number.parseInt(user.slice(0, 2), 16) % SHARDS_PER_SDK_KEY
    const rows = await runInDurableObject(env.USERS.getByName(`shop/${number}`), (_, { storage }) =>
      storage.sql.exec('SELECT * FROM kept WHERE user = ?', user).toArray(),
    )
    expect(rows).toMatchObject([{ kind: 'predictions', entries: expect.stringContaining('first-1') }])
    expect(JSON.stringify(rows)).not.toMatch(/ada@|secret-plan/)
  })
})

describe('a client of the Agent', () => {
  test('with INVALIDATE_USER_CMAB_CACHE has the user predicted anew, for all', async () => {
    const { first, second } = startTwo()
    await decided(first.ask, { userId: 'anew' })
    const decideOptions = ['INVALIDATE_USER_CMAB_CACHE']
    expect(await decided(second.ask, { userId: 'anew', decideOptions })).toMatchObject({ variationKey: 'small' })
    expect(await decided(startTwo().first.ask, { userId: 'anew' })).toMatchObject({ variationKey: 'small' })
  })

  test('with IGNORE_CMAB_CACHE asks, and changes nothing for anybody', async () => {
    const { first, second } = startTwo()
    await decided(first.ask, { userId: 'ignored' })
    const decideOptions = ['IGNORE_CMAB_CACHE']
    expect(await decided(second.ask, { userId: 'ignored', decideOptions })).toMatchObject({ variationKey: 'small' })
    expect(await decided(second.ask, { userId: 'ignored' })).toMatchObject({ variationKey: 'large' })
  })

  test.each([
    ['RESET_CMAB_CACHE', '/v1/decide?keys=offer', { decideOptions: ['RESET_CMAB_CACHE'] }],
    ['POST /v1/reset', '/v1/reset', {}],
  ])('with %s has the isolate that answers ask anew, and others after it', async (name, path, more) => {
    const { first, second } = startTwo()
    await decided(first.ask, { userId: name })
    second.time.nowMs = 1
    await decided(second.ask, { userId: name, ...more }, path)
    second.time.nowMs = 2
    expect(await decided(second.ask, { userId: name })).toMatchObject({ variationKey: 'small' })
    expect(await decided(startTwo().first.ask, { userId: name })).toMatchObject({ variationKey: 'small' })
  })
})

describe('where what isolates share', () => {
  test('is out of reach, a bandit is asked, and the log says so', async () => {
    const { first } = startTwo({ read: async () => Promise.reject(new Error('gone')), settle: unused })
    expect(await decided(first.ask, { userId: 'u1' })).toMatchObject({ variationKey: 'large' })
    expect(first.predictionLog).toEqual([{ level: 'error', code: 'prediction_unread', message: 'gone' }])
  })

  test('cannot be written, what the bandit says stands, and the log says so', async () => {
    const { first } = startTwo({ read: async () => new Map(), settle: async () => Promise.reject(new Error('full')) })
    expect(await decided(first.ask, { userId: 'u1' })).toMatchObject({ variationKey: 'large' })
    expect(first.predictionLog).toEqual([{ level: 'error', code: 'prediction_unkept', message: 'full' }])
  })

  test.each(['', 'null', '{}', '[]', '["62"]', '["62","u",5,1e99]', '[["62"],"u","x",1e99]', '[[[[]]]]'])(
    'is no prediction, as %j, a bandit is asked and it is replaced',
    async (text) => {
      const settled: object[] = []
      const { first } = startTwo({
        read: async () => new Map([['55', text]]),
        settle: async (_, texts) => {
          settled.push(texts)
          return texts.text
        },
      })
      expect(await decided(first.ask, { userId: 'u1' })).toMatchObject({ variationKey: 'large' })
      expect(settled).toEqual([{ seen: text, text: expect.stringContaining('"62","first-1"') }])
    },
  )

  test('is not asked for where the isolate knows it, nor where no bandit is needed', async () => {
    let reads = 0
    const { first } = startTwo({
      read: async () => {
        reads++
        return new Map()
      },
      settle: async (_, { text }) => text,
    })
    await decided(first.ask, { userId: 'listed' })
    expect(reads).toBe(0)
    await decided(first.ask, { userId: 'u1' })
    await decided(first.ask, { userId: 'u1' })
    expect(reads).toBe(1)
  })
})

async function unused(): Promise<never> {
  throw new Error('Nobody writes here.')
}
