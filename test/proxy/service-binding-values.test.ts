/** Flags as values of a type, as OpenFeature has them, by RPC from one Worker to the other. */
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { shopDatafile } from '../support/shop-datafile.ts'
import { fieldsOf, startRpcCaller } from './rpc-caller.ts'

const variables = { SDK_KEY: 'shop' }
const TARGET = { targetingKey: 'u1' }

const VALUES = {
  ...shopDatafile(),
  featureFlags: [
    ['on', []],
    ['text', [['string', 'Hi']]],
    ['yes', [['boolean', 'true']]],
    ['count', [['integer', '7']]],
    ['json', [['json', '{"a":[1]}']]],
    ['list', [['json', '[1]']]],
    ['nothing', [['json', 'null']]],
    [
      'several',
      [
        ['string', 'Hi'],
        ['integer', '7'],
      ],
    ],
  ].map(([key, variables]) => ({
    id: `f-${key}`,
    key,
    rolloutId: 'r1',
    experimentIds: [],
    variables: [...(variables ?? [])].map(([type, defaultValue], index) => ({
      id: `${key}${index}`,
      key: `v${index}`,
      ...(type === 'json' ? { type: 'string', subType: 'json' } : { type }),
      defaultValue,
    })),
  })),
}

describe('getBooleanValue and its like', async () => {
  const { call } = await startRpcCaller(afterAll, { datafile: VALUES, variables })

  it.each<[method: string, flagKey: string, byDefault: unknown, value: unknown]>([
    ['getBooleanValue', 'on', false, true],
    ['getBooleanValue', 'yes', false, true],
    ['getBooleanValue', 'text', false, false],
    ['getBooleanValue', 'several', false, false],
    ['getStringValue', 'text', 'x', 'Hi'],
    ['getStringValue', 'on', 'x', 'x'],
    ['getStringValue', 'count', 'x', 'x'],
    ['getNumberValue', 'count', 1, 7],
    ['getNumberValue', 'text', 1, 1],
    ['getObjectValue', 'json', { b: 1 }, { a: [1] }],
    ['getObjectValue', 'list', { b: 1 }, [1]],
    ['getObjectValue', 'several', { b: 1 }, { v0: 'Hi', v1: 7 }],
    ['getObjectValue', 'nothing', { b: 1 }, { b: 1 }],
    ['getObjectValue', 'on', { b: 1 }, { b: 1 }],
  ])('%s of “%s”, else %j, is %j', async (method, flagKey, byDefault, value) => {
    expect(await call(method, flagKey, byDefault, TARGET)).toEqual(value)
    const details = fieldsOf(await call(method.replace('Value', 'Details'), flagKey, byDefault, TARGET))
    expect([details.flagKey, details.value]).toEqual([flagKey, value])
  })

  it('tells of a flag what OFREP tells', async () => {
    const flagMetadata = { enabled: true, ruleKey: 'everyone' }
    expect(await call('getStringDetails', 'text', 'x', TARGET)).toEqual({
      flagKey: 'text',
      value: 'Hi',
      reason: 'TARGETING_MATCH',
      variant: 'on',
      flagMetadata,
    })
  })

  it.each<[about: string, given: unknown[], errorCode: string]>([
    ['an unknown flag', ['nope', true, TARGET], 'FLAG_NOT_FOUND'],
    ['another type', ['text', true, TARGET], 'TYPE_MISMATCH'],
    ['no context', ['on', true], 'TARGETING_KEY_MISSING'],
    ['a context without a user', ['on', true, { userId: 'u1' }], 'TARGETING_KEY_MISSING'],
    ['a user of another type', ['on', true, { targetingKey: 7 }], 'TARGETING_KEY_MISSING'],
    ['a context that is none', ['on', true, 'u1'], 'INVALID_CONTEXT'],
    ['a context of nothing', ['on', true, null], 'INVALID_CONTEXT'],
    ['many attributes', ['on', true, { ...TARGET, a: 'x'.repeat(20_000) }], 'INVALID_CONTEXT'],
    ['a switch in a text', ['on', true, TARGET, { disableTracking: 'true' }], 'INVALID_CONTEXT'],
    ['a key of another type', [7, true, TARGET], 'GENERAL'],
    ['an unknown SDK key', ['on', true, TARGET, { sdkKey: 'nobody' }], 'GENERAL'],
    ['options that are none', ['on', true, TARGET, 7], 'GENERAL'],
    ['nothing at all', [], 'GENERAL'],
  ])('are the default for %s', async (_, given, errorCode) => {
    const [, byDefault] = given
    expect(await call('getBooleanValue', ...given)).toBe(byDefault)
    const details = await call('getBooleanDetails', ...given)
    expect(details).toMatchObject({ reason: 'ERROR', flagMetadata: {}, errorCode, errorMessage: expect.any(String) })
  })

  it('take nested attributes by their names with dots', async () => {
    const conditions = ['or', { type: 'custom_attribute', name: 'account.plan', match: 'exact', value: 'pro' }]
    const datafile = shopDatafile({ typedAudiences: [{ id: 'a1', name: 'Pros', conditions }] })
    const { call } = await startRpcCaller(onTestFinished, { datafile, variables })
    expect(await call('getBooleanValue', 'targeted', false, { ...TARGET, account: { plan: 'pro' } })).toBe(true)
    expect(await call('getBooleanValue', 'targeted', false, { ...TARGET, plan: 'pro' })).toBe(false)
  })
})
