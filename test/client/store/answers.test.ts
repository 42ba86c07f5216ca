import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDecisionStore } from '../../../src/client/index.ts'
import { closeBrowser, decision, known, ok, openBrowser, status } from './browser.ts'

const OPTIONS = { url: 'https://flags.example', key: 'shop', user: { userId: 'ada' } }

afterEach(closeBrowser)

/** A store that knows flag `a`, and then gets this answer. */
async function afterAnswer(answer: Response) {
  const browser = openBrowser()
  const store = createDecisionStore(OPTIONS)
  await browser.requests[0]?.answer(ok([decision('a')]))
  const refreshed = store.refresh()
  await browser.requests[1]?.answer(answer)
  await refreshed
  return store
}

describe('an answer that is not understood leaves the last decisions, stale', () => {
  it.each([
    ['HTML', '<!doctype html><title>Sign in</title>'],
    ['nothing', ''],
    ['JSON that ends too early', '[{"flagKey":"a","enabled":tr'],
    ['one decision that is not in an array', JSON.stringify(decision('a'))],
    ['null', 'null'],
    ['a text', '"a"'],
    ['an object with a length', '{"length":1,"0":{}}'],
    ['junk in an array', '[1]'],
    ['null in an array', '[null]'],
    ['an array in an array', '[[]]'],
    ['an object without fields', '[{}]'],
    ['a decision after which there is junk', JSON.stringify([decision('a', { variationKey: 'new' }), 7])],
    ['a key that is none', JSON.stringify([{ ...decision('a'), flagKey: 7 }])],
    ['a switch that is a text', JSON.stringify([{ ...decision('a'), enabled: 'true' }])],
    ['a variation that is a number', JSON.stringify([{ ...decision('a'), variationKey: 1 }])],
    ['a rule that is an object', JSON.stringify([{ ...decision('a'), ruleKey: {} }])],
    ['variables that are an array', JSON.stringify([{ ...decision('a'), variables: [] }])],
    ['variables that are null', JSON.stringify([{ ...decision('a'), variables: null }])],
  ])('%s', async (_name, text) => {
    const store = await afterAnswer(new Response(text))
    expect(store.getSnapshot().status).toMatchObject({ kind: 'stale', error: { code: 'malformed' } })
    expect(store.get('a')).toEqual(known('a'))
  })

  it.each([400, 401, 403, 404, 413, 429, 500, 502, 503])('HTTP %i', async (code) => {
    const store = await afterAnswer(status(code))
    const error = { code: 'http', status: code, message: `HTTP ${code}` }
    expect(store.getSnapshot().status).toEqual({ kind: 'stale', error })
    expect(store.get('a')).toEqual(known('a'))
  })

  it('a 200 with an error of ours in it', async () => {
    const store = await afterAnswer(ok({ error: { code: 'internal_error', message: 'no' } }))
    expect(store.getSnapshot().status).toMatchObject({ kind: 'stale', error: { code: 'malformed' } })
  })

  it('bytes that break off', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('[{"flagKey"'))
        controller.error(new TypeError('network error'))
      },
    })
    const store = await afterAnswer(new Response(body))
    expect(store.getSnapshot().status).toMatchObject({ kind: 'stale', error: { code: 'malformed' } })
  })
})

describe('an answer', () => {
  it('without flags is one', async () => {
    const store = await afterAnswer(ok([]))
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'ready' }, decisions: {} })
    expect(store.get('a')).toBeUndefined()
  })

  it('may name flags as prototypes name things, and no other flag is found through them', async () => {
    const text = `[${JSON.stringify(decision('constructor'))},${JSON.stringify(decision('x')).replaceAll('"x"', '"__proto__"')}]`
    const store = await afterAnswer(new Response(text))
    expect(store.get('__proto__')).toEqual(known('__proto__'))
    expect(store.get('constructor')).toEqual(known('constructor'))
    expect(store.get('toString')).toBeUndefined()
    expect(store.get('enabled')).toBeUndefined()
    expect(Object.getPrototypeOf(store.getSnapshot().decisions)).toBeNull()
  })

  it('may carry a prototype key in variables, which changes no prototype', async () => {
    const text = JSON.stringify([decision('a')]).replace('"color":"red"', '"__proto__":{"polluted":true}')
    const store = await afterAnswer(new Response(text))
    expect(Object.getOwnPropertyNames(store.get('a')?.variables)).toEqual(['__proto__'])
    expect('polluted' in {}).toBe(false)
  })

  it('that names a flag twice means the last', async () => {
    const store = await afterAnswer(ok([decision('a'), decision('a', { variationKey: 'last' })]))
    expect(store.get('a')?.variationKey).toBe('last')
  })

  it('may be large', async () => {
    const flags = Array.from({ length: 5_000 }, (_, index) => decision(`flag-${index}`))
    const store = await afterAnswer(ok(flags))
    expect(Object.keys(store.getSnapshot().decisions)).toHaveLength(5_000)
  })

  it('may be deeper than a stack', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const store = await afterAnswer(new Response(JSON.stringify([decision('a')]).replace('"red"', deep)))
    expect(store.getSnapshot().status.kind).toBe('stale')
    expect(store.get('a')).toEqual(known('a'))
  })

  it('that says 304 though nothing was known is none', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await browser.requests[0]?.answer(status(304))
    expect(store.getSnapshot().status).toEqual({
      kind: 'failed',
      error: { code: 'http', status: 304, message: 'HTTP 304' },
    })
  })

  it('whose decision lacks a key has none for it', async () => {
    const { variationKey, ...rest } = decision('a')
    const store = await afterAnswer(ok([rest]))
    expect(store.getSnapshot().status.kind).toBe('ready')
    expect(store.get('a')?.variationKey ?? null).toBeNull()
  })
})

describe('without an answer', () => {
  it('nothing is known and the error says why', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    const refreshed = store.refresh()
    await browser.requests[0]?.fail()
    expect(await refreshed).toMatchObject({
      status: { kind: 'failed', error: { code: 'network', message: 'TypeError: Failed to fetch' } },
      decisions: {},
    })
    expect(store.get('a')).toBeUndefined()
  })

  it('within two seconds it is over', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await vi.advanceTimersByTimeAsync(1_999)
    expect(store.getSnapshot().status.kind).toBe('loading')
    await vi.advanceTimersByTimeAsync(1)
    expect(browser.requests[0]?.isAborted()).toBe(true)
    expect(store.getSnapshot().status).toMatchObject({ kind: 'failed', error: { code: 'timeout' } })
  })

  it('the time counts until the end of the body', async () => {
    const browser = openBrowser()
    const store = createDecisionStore({ ...OPTIONS, timeoutMs: 100 })
    const body = new ReadableStream({
      start(controller) {
        browser.requests[0]?.init.signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
      },
    })
    await browser.requests[0]?.answer(new Response(body))
    expect(store.getSnapshot().status.kind).toBe('loading')
    await vi.advanceTimersByTimeAsync(100)
    expect(store.getSnapshot().status).toMatchObject({ kind: 'failed', error: { code: 'timeout' } })
  })

  it('the same failure again tells nobody', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await browser.requests[0]?.fail()
    const snapshot = store.getSnapshot()
    const listener = vi.fn()
    store.subscribe(listener)
    void store.refresh()
    await browser.requests[1]?.fail()
    expect(store.getSnapshot()).toBe(snapshot)
    expect(listener).not.toHaveBeenCalled()
  })

  it('decisions that come later end the failure', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await browser.requests[0]?.fail()
    void store.refresh()
    await browser.requests[1]?.answer(ok([decision('a')]))
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'ready' }, decisions: { a: known('a') } })
  })
})
