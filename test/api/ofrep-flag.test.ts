import { beforeAll, describe, expect, test } from 'vitest'
import { evaluate, FLAGS, send } from '../support/ofrep.ts'
import { type Ask, startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile(VALUES))
})

/** Flags with one variable of each type, some of which cannot be cast. */
const VARIABLES = [
  ['text', 'string', 'Pay now'],
  ['whole', 'integer', '3'],
  ['fraction', 'double', '0.5'],
  ['switched', 'boolean', 'false'],
  ['object', 'json', '{"b":1,"a":{"c":[2]}}'],
  ['list', 'json', '[1,2]'],
  ['nothing', 'json', 'null'],
  ['no_number', 'integer', 'many'],
  ['endless', 'double', 'Infinity'],
] as const

const VALUES = {
  featureFlags: [
    ...VARIABLES.map(([key, type, defaultValue]) => ({
      id: key,
      key,
      rolloutId: '',
      experimentIds: [],
      variables: [{ id: `v-${key}`, key: 'value', type, defaultValue }],
    })),
    {
      id: 'two',
      key: 'two',
      rolloutId: 'r1',
      experimentIds: [],
      variables: [
        { id: 'x8', key: 'zeta', type: 'integer', defaultValue: '1' },
        { id: 'x9', key: 'alpha', type: 'json', defaultValue: 'broken' },
      ],
    },
  ],
}

async function evaluated(flagKey: string, context: unknown = { targetingKey: 'u1' }, from: Ask = ask) {
  return await told(await evaluate(from, { flagKey, context }))
}

describe('a flag without variables', () => {
  let shop: Ask
  beforeAll(async () => {
    shop = await startWith(shopDatafile())
  })

  test('is a boolean: on by a delivery', async () => {
    expect(await evaluated('delivered', undefined, shop)).toEqual({
      status: 200,
      body: {
        key: 'delivered',
        reason: 'TARGETING_MATCH',
        variant: 'on',
        value: true,
        metadata: { enabled: true, ruleKey: 'everyone', variationKey: 'on' },
      },
    })
  })

  test('is false, and not the default of the code, where no rule lets the user in', async () => {
    expect(await evaluated('off', undefined, shop)).toEqual({
      status: 200,
      body: { key: 'off', reason: 'STATIC', value: false, metadata: { enabled: false } },
    })
  })

  test('is decided by the attributes', async () => {
    const { body } = await evaluated('targeted', { targetingKey: 'u1', plan: 'pro' }, shop)
    expect(body).toMatchObject({ reason: 'SPLIT', value: true, variant: 'on', metadata: { ruleKey: 'pros' } })
  })

  test.each(['constructor', '__proto__'])('may be called %s', async (flagKey) => {
    expect(await evaluated(flagKey, undefined, shop)).toMatchObject({
      status: 200,
      body: { key: flagKey, value: true },
    })
  })

  test('is false for a user who is held out, by the share that they are in', async () => {
    const heldOut = await startWith(
      shopDatafile({
        holdouts: [
          {
            id: 'h1',
            key: 'everybody',
            status: 'Running',
            audienceIds: [],
            variations: [{ id: 'hv', key: 'off', featureEnabled: false }],
            trafficAllocation: [{ entityId: 'hv', endOfRange: 10_000 }],
          },
        ],
      }),
    )
    expect(await evaluated('delivered', undefined, heldOut)).toEqual({
      status: 200,
      body: {
        key: 'delivered',
        reason: 'SPLIT',
        variant: 'off',
        value: false,
        metadata: { enabled: false, ruleKey: 'everybody', variationKey: 'off' },
      },
    })
  })
})

describe('a flag with one variable is its value', () => {
  test.each([
    ['text', 'Pay now'],
    ['whole', 3],
    ['fraction', 0.5],
    ['switched', false],
    ['object', { b: 1, a: { c: [2] } }],
    ['list', [1, 2]],
  ])('%s', async (flagKey, value) => {
    const body = { key: flagKey, reason: 'STATIC', value, metadata: { enabled: false } }
    expect(await evaluated(flagKey)).toEqual({ status: 200, body })
  })

  test.each(['nothing', 'no_number', 'endless'])(
    'or leaves it to the default of the code where there is none: %s',
    async (flagKey) => {
      const body = { key: flagKey, reason: 'STATIC', metadata: { enabled: false } }
      expect(await evaluated(flagKey)).toEqual({ status: 200, body })
    },
  )
})

describe('a flag with several variables', () => {
  test('is an object of them, in the order of the datafile', async () => {
    const response = await evaluate(ask, { flagKey: 'two' })
    expect(await response.text()).toBe(
      '{"key":"two","reason":"TARGETING_MATCH","variant":"on","value":{"zeta":1,"alpha":null},"metadata":{"enabled":true,"ruleKey":"everyone","variationKey":"on"}}',
    )
  })

  test('has the values of its variation', async () => {
    const shop = await startWith(shopDatafile())
    expect(await evaluated('tested', undefined, shop)).toMatchObject({
      body: { reason: 'SPLIT', variant: 'bold', value: { title: 'Hello <b>', limit: 3 } },
    })
  })
})

describe('a flag that cannot be evaluated', () => {
  test.each(['nope', 'valueOf', '*', 'a/b c', 'flag?x=1', '%', '', 'ü'])(
    'is 404 where there is none, with the key that was asked for: "%s"',
    async (flagKey) => {
      const path = flagKey === '' ? `${FLAGS}/%ff` : `${FLAGS}/${encodeURIComponent(flagKey)}`
      const response = await send(ask, path, { body: '{"context":{"targetingKey":"u1"}}' })
      expect(await told(response)).toEqual({
        status: 404,
        body: { key: flagKey, errorCode: 'FLAG_NOT_FOUND', errorDetails: `No flag was found for key "${flagKey}".` },
      })
      expect(response.headers.get('Cache-Control')).toBe('no-store')
    },
  )

  test('is 500 where its evaluation fails, which providers read', async () => {
    const shop = await startWith(shopDatafile())
    const { status, body } = await evaluated('broken', undefined, shop)
    expect(status).toBe(500)
    expect(body).toEqual({ key: 'broken', errorCode: 'GENERAL', errorDetails: expect.stringContaining('nowhere') })
  })
})

test('an evaluation is JSON by its type, may not be embedded or kept, and has no tag: the protocol knows none for it', async () => {
  const response = await evaluate(ask, { flagKey: 'two', headers: { 'If-None-Match': '*' } })
  expect(response.status).toBe(200)
  expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
  expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(response.headers.get('Cache-Control')).toBe('private, no-cache')
  expect(response.headers.get('Server-Timing')).toMatch(/^datafile;desc="/)
  expect(response.headers.get('ETag')).toBeNull()
})
