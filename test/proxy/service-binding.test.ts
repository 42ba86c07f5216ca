/** Turnout as other Workers have it in their environment, called by RPC from one Worker to the other. */
import { afterAll, describe, expect, it } from 'vitest'
import { shopDatafile } from '../support/shop-datafile.ts'
import { fieldsOf, startRpcCaller } from './rpc-caller.ts'

const variables = { SDK_KEY: 'shop' }
const { call } = await startRpcCaller(afterAll, { datafile: shopDatafile(), variables })
const U1 = { userId: 'u1' }
const PRO = { plan: 'pro' }

describe('decide', () => {
  it('answers what GET / answers', async () => {
    const { ok, decision } = fieldsOf(await call('decide', 'tested', { ...U1, attributes: PRO }))
    const query = new URLSearchParams({ feature: 'tested', ...U1, key: 'shop', attributes: JSON.stringify(PRO) })
    expect([ok, decision]).toEqual([true, await call('fetch', `https://turnout/?${query}`)])
    expect(decision).toMatchObject({
      flagKey: 'tested',
      variationKey: 'bold',
      variables: { title: 'Hello <b>', limit: 3 },
    })
  })

  it.each([
    ['by attributes', { ...U1, attributes: PRO }, {}, { enabled: true, reasons: [] }],
    ['without attributes', U1, {}, { enabled: false }],
    [
      'with reasons',
      U1,
      { reasons: true },
      { reasons: expect.arrayContaining(['There is no rollout of feature targeted.']) },
    ],
  ])('decides %s', async (_, user, options, expected) => {
    expect(await call('decide', 'targeted', user, options)).toMatchObject({ ok: true, decision: expected })
  })

  it.each([['__proto__'], ['constructor']])('decides the flag %s', async (flagKey) => {
    expect(await call('decide', flagKey, U1)).toMatchObject({ ok: true, decision: { flagKey, enabled: true } })
  })

  it.each<[about: string, given: unknown[], error: object]>([
    ['an unknown flag', ['nope', U1], { code: 'unknown_flag', flagKey: 'nope' }],
    ['a flag that cannot be decided', ['broken', U1], { code: 'flag_failed', flagKey: 'broken' }],
    ['all flags', ['*', U1], { code: 'invalid_parameter', parameter: 'flagKey' }],
    ['several flags', [['tested', 'off'], U1], { code: 'invalid_parameter', parameter: 'flagKey' }],
    ['no flag', ['', U1], { code: 'invalid_parameter', parameter: 'flagKey' }],
    ['nobody', ['tested'], { code: 'invalid_parameter', parameter: 'user' }],
    ['a user without an id', ['tested', {}], { code: 'invalid_parameter', parameter: 'userId' }],
    ['an empty id', ['tested', { userId: '' }], { code: 'invalid_parameter', parameter: 'userId' }],
    ['an id that nobody has set', ['tested', { userId: 'undefined' }], { parameter: 'userId' }],
    ['an id of another type', ['tested', { userId: 7 }], { code: 'invalid_parameter', parameter: 'userId' }],
    ['an id that is long', ['tested', { userId: 'x'.repeat(1_025) }], { parameter: 'userId' }],
    ['attributes in a text', ['tested', { ...U1, attributes: '{}' }], { parameter: 'attributes' }],
    ['many attributes', ['tested', { ...U1, attributes: { a: 'x'.repeat(16_384) } }], { parameter: 'attributes' }],
    ['options that are none', ['tested', U1, 'key'], { code: 'invalid_parameter', parameter: 'options' }],
    ['a switch in a text', ['tested', U1, { disableTracking: 'true' }], { parameter: 'disableTracking' }],
    ['an unknown SDK key', ['tested', U1, { sdkKey: 'nobody' }], { code: 'datafile_not_found' }],
    ['a malformed SDK key', ['tested', U1, { sdkKey: '../shop' }], { code: 'datafile_not_found' }],
    ['an SDK key of another type', ['tested', U1, { sdkKey: ['shop'] }], { code: 'datafile_not_found' }],
  ])('answers why not for %s', async (_, given, error) => {
    expect(await call('decide', ...given)).toMatchObject({
      ok: false,
      error: { ...error, message: expect.any(String) },
    })
  })
})

describe('decideAll', () => {
  it('answers what GET / answers for all', async () => {
    const { ok, decisions } = fieldsOf(await call('decideAll', U1))
    const query = new URLSearchParams({ feature: '*', ...U1, key: 'shop' })
    expect([ok, decisions]).toEqual([true, await call('fetch', `https://turnout/?${query}`)])
    expect(decisions).toContainEqual({ flagKey: 'broken', error: expect.objectContaining({ code: 'flag_failed' }) })
  })

  it('answers why not', async () => {
    expect(await call('decideAll')).toMatchObject({ ok: false, error: { parameter: 'user' } })
  })
})
