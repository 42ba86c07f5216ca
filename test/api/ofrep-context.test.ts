import { describe, expect, test } from 'vitest'
import { evaluate, FLAGS, send } from '../support/ofrep.ts'
import { type Ask, startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const RULE = { layerId: 'l', status: 'Running', forcedVariations: {}, audienceIds: [] }
const ON = { id: 'on', key: 'on', featureEnabled: true, variables: [] }

/** A service whose flag `targeted` is on for whom an attribute is a value. */
function startTargeting(name: string, value: unknown): Promise<Ask> {
  const conditions = ['or', { type: 'custom_attribute', name, match: 'exact', value }]
  return startWith(shopDatafile({ typedAudiences: [{ id: 'a1', name: 'Them', conditions }] }))
}

async function isOn(ask: Ask, context: object): Promise<unknown> {
  const response = await evaluate(ask, { flagKey: 'targeted', context: { targetingKey: 'u1', ...context } })
  const { value }: { value?: unknown } = await response.json()
  return value
}

describe('a context becomes attributes:', () => {
  test.each<[string, object, string, unknown, boolean]>([
    ['a field is one of its name', { plan: 'pro' }, 'plan', 'pro', true],
    ['a number stays one', { orders: 5 }, 'orders', 5, true],
    ['a boolean stays one', { isStaff: true }, 'isStaff', true, true],
    ['an object is one for each field, with dots', { address: { country: 'CH' } }, 'address.country', 'CH', true],
    ['as deep as it goes', { a: { b: { c: { d: 1 } } } }, 'a.b.c.d', 1, true],
    ['a name may have dots of its own', { 'address.country': 'CH' }, 'address.country', 'CH', true],
    ['of two values the less nested holds', { a: { b: 1 }, 'a.b': 2 }, 'a.b', 2, true],
    ['in whatever order they come', { 'a.b': 2, a: { b: 1 } }, 'a.b', 2, true],
    ['and of those as deep the first', { a: { 'b.c': 1 }, 'a.b': { c: 2 } }, 'a.b.c', 1, true],
    ['the targeting key is none', {}, 'targetingKey', 'u1', false],
    ['an array is no value', { tags: ['pro'] }, 'tags', 'pro', false],
    ['and its items have no names', { tags: ['pro'] }, 'tags.0', 'pro', false],
    ['an object is no value by itself', { plan: { name: 'pro' } }, 'plan', 'pro', false],
    ['what every object inherits is none', {}, 'constructor.name', 'Object', false],
    ['but it may be one', { constructor: { name: 'x' } }, 'constructor.name', 'x', true],
    ['an empty name is a name', { '': { '': 'x' } }, '.', 'x', true],
  ])('%s', async (_, context, name, value, expected) => {
    expect(await isOn(await startTargeting(name, value), context)).toBe(expected)
  })

  test.each<[string, string]>([
    ['at the top', '{"__proto__":"x","targetingKey":"u1"}'],
    ['and inside', '{"a":{"__proto__":"x"},"targetingKey":"u1"}'],
  ])('__proto__ is a name like any other, %s', async (_, context) => {
    const name = context.startsWith('{"a"') ? 'a.__proto__' : '__proto__'
    const ask = await startTargeting(name, 'x')
    const response = await send(ask, `${FLAGS}/targeted`, { body: `{"context":${context}}` })
    expect(await told(response)).toMatchObject({ status: 200, body: { value: true } })
  })

  test('__proto__ smuggles in no attribute that was not given', async () => {
    const ask = await startTargeting('plan', 'pro')
    const body = '{"context":{"__proto__":{"plan":"pro"},"targetingKey":"u1"}}'
    expect(await told(await send(ask, `${FLAGS}/targeted`, { body }))).toMatchObject({ body: { value: false } })
  })

  test('the reserved ones of the SDKs stay whole, so that a bucketing id and sticky variations count', async () => {
    const ask = await startWith(
      shopDatafile({
        experiments: [
          {
            ...RULE,
            id: 'e1',
            key: 'ab',
            variations: [ON, { ...ON, id: 'b', key: 'other' }],
            trafficAllocation: [{ entityId: 'on', endOfRange: 10_000 }],
          },
        ],
      }),
    )
    const sticky = { e1: { variation_id: 'b' } }
    const context = { targetingKey: 'u1', $opt_experiment_bucket_map: sticky }
    expect(await told(await evaluate(ask, { flagKey: 'tested', context }))).toMatchObject({
      body: { variant: 'other' },
    })
    const nested = { targetingKey: 'u1', x: { $opt_experiment_bucket_map: sticky } }
    expect(await told(await evaluate(ask, { flagKey: 'tested', context: nested }))).toMatchObject({
      body: { variant: 'on' },
    })
  })
})

describe('a body that is no evaluation is 400 in the words of the protocol:', () => {
  const ok = '"targetingKey":"u1"'
  const deep = (levels: number) => `{"context":{${ok},"a":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}}`
  test.each<[string, string | Uint8Array<ArrayBuffer>, string, string]>([
    ['nothing', '', 'PARSE_ERROR', 'Expected the body to be a JSON object.'],
    ['no JSON', '{"context":', 'PARSE_ERROR', 'The body is not JSON:'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'PARSE_ERROR', 'The body is not UTF-8.'],
    ['an array', '[]', 'PARSE_ERROR', 'Expected the body to be a JSON object.'],
    ['null', 'null', 'PARSE_ERROR', 'Expected the body to be a JSON object.'],
    ['deeper than 32 levels', deep(31), 'PARSE_ERROR', 'more than 32 levels'],
    ['a context that is null', '{"context":null}', 'INVALID_CONTEXT', 'Expected context to be a JSON object.'],
    ['an array', '{"context":[]}', 'INVALID_CONTEXT', 'Expected context to be a JSON object.'],
    ['a text', '{"context":"u1"}', 'INVALID_CONTEXT', 'Expected context to be a JSON object.'],
    ['no context', '{}', 'TARGETING_KEY_MISSING', 'Expected targetingKey'],
    ['no targeting key', '{"context":{"plan":"pro"}}', 'TARGETING_KEY_MISSING', 'Expected targetingKey'],
    ['an empty one', '{"context":{"targetingKey":""}}', 'TARGETING_KEY_MISSING', 'Expected targetingKey'],
    ['a number', '{"context":{"targetingKey":7}}', 'TARGETING_KEY_MISSING', 'Expected targetingKey'],
    ['null', '{"context":{"targetingKey":null}}', 'TARGETING_KEY_MISSING', 'Expected targetingKey'],
    [
      'what a program writes that has none',
      '{"context":{"targetingKey":"undefined"}}',
      'TARGETING_KEY_MISSING',
      'Expected',
    ],
    ['one in a prototype', '{"context":{"__proto__":{"targetingKey":"u1"}}}', 'TARGETING_KEY_MISSING', 'Expected'],
    ['one of 1,026 bytes', `{"context":{"targetingKey":"${'é'.repeat(513)}"}}`, 'INVALID_CONTEXT', '1024 bytes'],
    ['a switch that is none', `{"context":{${ok},"disableTracking":"yes"}}`, 'INVALID_CONTEXT', 'true or false'],
    [
      'attributes over 16,384 bytes',
      `{"context":{${ok},"a":"${'x'.repeat(16_400)}"}}`,
      'INVALID_CONTEXT',
      '16384 bytes',
    ],
    ['a body over 65,536 bytes', `{"context":{${ok},"a":"${'x'.repeat(65_536)}"}}`, 'INVALID_CONTEXT', '65536 bytes'],
  ])('%s', async (_, body, errorCode, details) => {
    const ask = await startWith(shopDatafile())
    const one = await send(ask, `${FLAGS}/off`, { body })
    const all = await send(ask, FLAGS, { body })
    const errorDetails = expect.stringContaining(details)
    expect(await told(one)).toEqual({ status: 400, body: { key: 'off', errorCode, errorDetails } })
    expect(await told(all)).toEqual({ status: 400, body: { errorCode, errorDetails } })
  })

  test('long names around many fields, which would grow a thousandfold', async () => {
    const ask = await startWith(shopDatafile())
    const fields = Array.from({ length: 4_000 }, (_, index) => `"${index}":1`).join()
    const body = `{"context":{"targetingKey":"u1","${'n'.repeat(20_000)}":{${fields}}}}`
    expect(await told(await send(ask, FLAGS, { body }))).toMatchObject({
      status: 400,
      body: { errorCode: 'INVALID_CONTEXT', errorDetails: expect.stringContaining('nested names written out') },
    })
  })
})

test('a body is JSON whatever type it claims, as deep and as large as it may be', async () => {
  const ask = await startWith(shopDatafile())
  const deep = `${'{"a":'.repeat(29)}1${'}'.repeat(29)}`
  const body = `{"context":{"targetingKey":"${'x'.repeat(1_024)}","a":${deep},"b":"${'x'.repeat(16_000)}"}}`
  const headers = { 'Content-Type': 'text/plain' }
  expect(await told(await send(ask, `${FLAGS}/off`, { body, headers }))).toMatchObject({ status: 200 })
})
