import { beforeAll, describe, expect, test } from 'vitest'
import { evaluate } from '../support/ofrep.ts'
import { type Ask, startWith, told, upload } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile())
})

interface BulkAnswer {
  readonly flags: readonly { readonly key: string }[]
}

test('every flag is evaluated, in the order of the datafile, and says of which revision', async () => {
  const response = await evaluate(ask, {})
  const body: BulkAnswer = await response.clone().json()
  expect(body.flags.map(({ key }) => key)).toEqual([
    'delivered',
    'tested',
    'off',
    'broken',
    'targeted',
    'constructor',
    '__proto__',
  ])
  expect(await told(response)).toMatchObject({
    status: 200,
    body: {
      flags: [
        { key: 'delivered', value: true },
        { key: 'tested', value: { title: 'Hello <b>', limit: 3 } },
        { key: 'off', value: false },
        { key: 'broken', errorCode: 'GENERAL', errorDetails: expect.stringContaining('nowhere') },
        { key: 'targeted', value: false },
        { key: 'constructor', value: true },
        { key: '__proto__', value: true },
      ],
      metadata: { revision: '7' },
    },
  })
})

test('each flag is as it is by itself, but for the status of one that failed', async () => {
  const { flags }: { flags: readonly { key: string }[] } = await (await evaluate(ask, {})).json()
  const alone = await Promise.all(flags.map(async ({ key }) => (await evaluate(ask, { flagKey: key })).text()))
  expect(flags.map((flag) => JSON.stringify(flag))).toEqual(alone)
})

test('a datafile without flags gives an empty list', async () => {
  const empty = await startWith(shopDatafile({ featureFlags: [] }))
  expect(await told(await evaluate(empty, {}))).toEqual({
    status: 200,
    body: { flags: [], metadata: { revision: '7' } },
  })
})

test('a flag is the same text after another flag changed, which is how a provider knows which did', async () => {
  const shop = await startWith(shopDatafile())
  const texts = async () => {
    const { flags }: BulkAnswer = await (await evaluate(shop, {})).json()
    return new Map(flags.map((flag) => [flag.key, JSON.stringify(flag)]))
  }
  const before = await texts()
  await upload(shop, 'shop', shopDatafile({ revision: '8', rollouts: [] }))
  const after = await texts()
  const changed = [...after].filter(([key, text]) => before.get(key) !== text).map(([key]) => key)
  expect(changed).toEqual(['delivered', 'constructor', '__proto__'])
})

describe('the entity tag', () => {
  const tagOf = async (context: object, from: Ask = ask) =>
    (await evaluate(from, { context: { targetingKey: 'u1', ...context } })).headers.get('ETag')

  test('is weak, and the same for the same question', async () => {
    expect(await tagOf({})).toMatch(/^W\/"[-\d.]+"$/)
    expect(await tagOf({ plan: 'free' })).toBe(await tagOf({ plan: 'free' }))
  })

  test.each<[string, object, object]>([
    ['the user', {}, { targetingKey: 'u2' }],
    ['an attribute that decides nothing', {}, { colour: 'red' }],
    ['its value', { colour: 'red' }, { colour: 'blue' }],
    ['a nested one', { a: { b: 1 } }, { a: { b: 2 } }],
    ['how it is nested', { a: { b: 1 } }, { 'a.b': 1 }],
    ['an item of an array', { a: [1] }, { a: [2] }],
  ])('depends on the whole context: %s', async (_, one, other) => {
    expect(await tagOf(one)).not.toBe(await tagOf(other))
  })

  test('depends on the configuration, also where all decisions stay', async () => {
    const shop = await startWith(shopDatafile())
    const before = await tagOf({}, shop)
    await upload(shop, 'shop', shopDatafile({ revision: '8' }))
    expect(await tagOf({}, shop)).not.toBe(before)
  })

  test.each([
    ['as it was given', (tag: string) => tag],
    ['made strong by a cache', (tag: string) => tag.slice(2)],
    ['among others', (tag: string) => `"x", ${tag}`],
  ])('gives 304 without a body: %s', async (_, ifNoneMatch) => {
    const tag = (await tagOf({})) ?? ''
    const response = await evaluate(ask, { headers: { 'If-None-Match': ifNoneMatch(tag) } })
    expect(response.status).toBe(304)
    expect(response.body).toBeNull()
    expect(response.headers.get('ETag')).toBe(tag)
    expect(response.headers.get('Cache-Control')).toBe('private, no-cache')
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test('gives the whole answer for another one', async () => {
    const headers = { 'If-None-Match': (await tagOf({ colour: 'red' })) ?? '' }
    expect((await evaluate(ask, { headers })).status).toBe(200)
  })
})
