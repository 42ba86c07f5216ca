/** What callers of `env.TURNOUT` get that hand over what they should not, or while Turnout is in trouble. */
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { shopDatafile } from '../support/shop-datafile.ts'
import { OVERSIZED, UNCLONEABLE, UNUSUAL } from '../support/unusual-arguments.ts'
import { type RpcCallerOptions, startRpcCaller } from './rpc-caller.ts'

const variables = { SDK_KEY: 'shop' }
const datafile = shopDatafile()
const { call, workerd } = await startRpcCaller(afterAll, { datafile, variables })
const U1 = { userId: 'u1' }
const TARGET = { targetingKey: 'u1' }
const REFUSED = { ok: false, error: { code: 'invalid_parameter' } }
const UNUSUAL_NAMES = [...Object.keys(UNUSUAL), 'a stub', 'a function', 'an object with functions']

describe('what JSON cannot hold, or not in this size, is refused', () => {
  it.each([...UNUSUAL_NAMES, ...Object.keys(OVERSIZED)])('%s', async (unusual) => {
    const answers = [
      await call('decide', unusual, U1),
      await call('decide', 'tested', unusual),
      await call('decideAll', unusual),
      await call('page', unusual),
    ]
    expect(answers.map((answer) => Object(answer).ok)).toEqual([false, false, false, false])
    expect(await call('getBooleanValue', unusual, true, TARGET)).toBe(true)
    expect(await call('getBooleanValue', 'off', true, unusual)).toBe(true)
  })

  it.each(Object.keys(OVERSIZED))('among attributes: %s', async (oversized) => {
    expect(await call('decide', 'tested', { ...U1, attributes: { a: oversized } })).toMatchObject(REFUSED)
    expect(await call('getBooleanValue', 'off', true, { ...TARGET, a: oversized })).toBe(true)
    expect(await call('page', { url: 'https://shop.example/', ...U1, cf: oversized })).toMatchObject(REFUSED)
  })
})

describe('among attributes there is null in its place', () => {
  const isNull = UNUSUAL_NAMES.filter(
    (name) => !['a date', 'names of Object’s', 'an object with functions'].includes(name),
  )

  it.each(isNull)('%s', async (unusual) => {
    const userContext = { userId: 'u1', attributes: { plan: 'pro', a: null, b: [null, 1] } }
    const given = { ...U1, attributes: { plan: 'pro', a: unusual, b: [unusual, 1] } }
    expect(await call('decide', 'targeted', given)).toMatchObject({
      ok: true,
      decision: { enabled: true, userContext },
    })
    expect(await call('getBooleanValue', 'targeted', false, { ...TARGET, plan: 'pro', a: unusual })).toBe(true)
  })

  it('but of a date its text, and of an object what is one of its own', async () => {
    const attributes = { a: 'a date', b: 'names of Object’s' }
    const answer = await call('decide', 'tested', { ...U1, attributes })
    expect(JSON.stringify(Object(answer).decision.userContext.attributes)).toBe(
      '{"a":"1970-01-01T00:00:00.000Z","b":{"__proto__":{"userId":"u1","targetingKey":"u1"},"constructor":{"a":1}}}',
    )
  })
})

it.each(Object.keys(UNCLONEABLE))('what cannot be cloned does not leave the caller: %s', async (uncloneable) => {
  await expect(call('getBooleanValue', 'off', true, { ...TARGET, a: uncloneable })).rejects.toThrow('DataCloneError')
})

it.each(['env', 'ctx', '#call', 'scheduled'])('%s is nothing to call', async (name) => {
  await expect(call(name)).rejects.toThrow('does not implement the method')
})

it('logs nothing of all this', () => {
  expect(workerd.logged.filter((line) => !line.includes('"code":"events"'))).toEqual([])
})

describe('in trouble', () => {
  it.each<[about: string, options: RpcCallerOptions, code: string]>([
    ['without a datafile', { variables }, 'datafile_not_found'],
    ['without an SDK key', { datafile }, 'invalid_parameter'],
    ['misconfigured', { datafile, variables: { ...variables, FRESH_SECONDS: 'soon' } }, 'misconfigured'],
  ])('%s it says so, and values are the default', async (_, options, code) => {
    const { call } = await startRpcCaller(onTestFinished, options)
    expect(await call('decide', 'delivered', U1)).toMatchObject({ ok: false, error: { code } })
    expect(await call('decideAll', U1)).toMatchObject({ ok: false, error: { code } })
    expect(await call('page', { url: 'https://shop.example/' })).toMatchObject({ ok: false, error: { code } })
    expect(await call('getBooleanValue', 'delivered', false, TARGET)).toBe(false)
    expect(await call('getBooleanDetails', 'delivered', false, TARGET)).toMatchObject({ errorCode: 'GENERAL' })
  })

  it.each([[{ status: 500 }], ['reset'], ['hang']] as const)('while KV is down: %j', async (mode) => {
    const { call, kv } = await startRpcCaller(onTestFinished, { datafile, variables })
    kv.mode = mode
    expect(await call('getBooleanValue', 'delivered', false, TARGET)).toBe(false)
    expect(await call('decide', 'delivered', U1)).toMatchObject({ ok: false, error: { code: 'datafile_unavailable' } })
    expect(await call('page', { url: 'https://shop.example/' })).toMatchObject({ ok: false })
  })
})

describe('the SDK key', () => {
  it.each([
    ['of the call', { sdkKey: 'shop' }, { sdkKey: 'nobody' }, {}],
    ['of the binding', {}, { sdkKey: 'shop' }, { SDK_KEY: 'nobody' }],
    ['of the Worker', {}, { team: 'checkout' }, variables],
  ])('is that %s before others', async (_, options, props, variables) => {
    const { call } = await startRpcCaller(onTestFinished, { datafile, props, variables })
    expect(await call('decide', 'delivered', U1, options)).toMatchObject({ ok: true })
    expect(await call('getBooleanValue', 'delivered', false, TARGET, options)).toBe(true)
    expect(await call('page', { url: 'https://shop.example/', ...options })).toMatchObject({ ok: true })
  })

  it('of a binding is refused where it is none', async () => {
    const { call } = await startRpcCaller(onTestFinished, { datafile, props: { sdkKey: 7 }, variables })
    expect(await call('decide', 'delivered', U1)).toMatchObject({ ok: false, error: { code: 'datafile_not_found' } })
  })
})

it('keeps one memory for calls and requests', async () => {
  const { call, kv } = await startRpcCaller(onTestFinished, { datafile, variables })
  await call('fetch', 'https://turnout/?feature=tested&userId=u1&key=shop')
  await call('decide', 'tested', U1)
  await call('getBooleanValue', 'delivered', false, TARGET)
  expect(kv.reads).toEqual(['datafile:shop'])
})
