import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDecisionStore } from '../../../src/client/index.ts'
import { type Browser, closeBrowser, decision, known, ok, openBrowser, status, takeRequests } from './browser.ts'

const OPTIONS = { url: 'https://flags.example', key: 'shop', user: { userId: 'ada', attributes: { plan: 'pro' } } }

afterEach(closeBrowser)

function opened(browser: Browser, index = 0) {
  const request = browser.requests[index]
  if (request === undefined) throw new Error(`no request ${index}`)
  return request
}

describe('a request', () => {
  it('asks for every flag of the user at once, and counts nothing by that', () => {
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    expect(browser.requests).toHaveLength(1)
    expect(opened(browser)).toMatchObject({ url: 'https://flags.example/', init: { method: 'POST', headers: {} } })
    expect(opened(browser).body).toEqual({
      feature: '*',
      key: 'shop',
      userId: 'ada',
      attributes: { plan: 'pro' },
      disableTracking: true,
    })
  })

  it('is a simple one, which needs no preflight: text, without headers', () => {
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    expect(typeof opened(browser).init.body).toBe('string')
    expect(opened(browser).init.headers).toEqual({})
  })

  it('asks for the listed flags only', () => {
    const browser = openBrowser()
    createDecisionStore({ ...OPTIONS, flags: ['a', 'b'] })
    expect(opened(browser).body.feature).toEqual(['a', 'b'])
  })

  it.each([
    ['https://flags.example', 'https://flags.example/'],
    ['https://flags.example/', 'https://flags.example/'],
    ['/_turnout', '/_turnout/'],
    ['/_turnout/', '/_turnout/'],
    ['', '/'],
  ])('for the API at %j goes to %j', (url, root) => {
    const browser = openBrowser()
    createDecisionStore({ ...OPTIONS, url })
    expect(opened(browser).url).toBe(root)
  })

  it('names the last answer by its entity tag, and 304 keeps the snapshot', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await opened(browser).answer(ok([decision('a')], 'W/"1"'))
    const before = store.getSnapshot()
    const refreshed = store.refresh()
    expect(opened(browser, 1).init.headers).toEqual({ 'If-None-Match': 'W/"1"' })
    await opened(browser, 1).answer(status(304, { ETag: 'W/"1"' }))
    expect(await refreshed).toBe(before)
    expect(store.getSnapshot()).toBe(before)
  })

  it('names no answer that had no tag', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await opened(browser).answer(ok([decision('a')]))
    void store.refresh()
    expect(opened(browser, 1).init.headers).toEqual({})
  })

  it('is joined by whoever asks while it is under way', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    const both = Promise.all([store.refresh(), store.refresh(), store.identify(OPTIONS.user)])
    expect(browser.requests).toHaveLength(1)
    await opened(browser).answer(ok([decision('a')]))
    const [first, second, third] = await both
    expect(first).toBe(second)
    expect(third).toBe(first)
    expect(first.decisions.a).toEqual(known('a'))
  })
})

describe('what is shown', () => {
  it('is loading, and then ready with the decisions and without what is the same for all', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'loading' }, user: OPTIONS.user })
    expect(store.get('a')).toBeUndefined()
    const failed = { flagKey: 'b', error: { code: 'flag_failed', message: 'no' } }
    await opened(browser).answer(ok([decision('a'), failed]))
    expect(store.getSnapshot().status).toEqual({ kind: 'ready' })
    expect(store.get('a')).toEqual(known('a'))
    expect(store.get('b')).toBeUndefined()
  })

  it('stays the same object where a flag is decided the same, and nobody is told when all are', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await opened(browser).answer(ok([decision('a'), decision('b')]))
    const { a, b } = store.getSnapshot().decisions
    const snapshot = store.getSnapshot()
    const listener = vi.fn()
    store.subscribe(listener)
    void store.refresh()
    await opened(browser, 1).answer(ok([decision('a', { reasons: ['why'] }), decision('b')]))
    expect(store.getSnapshot()).toBe(snapshot)
    expect(listener).not.toHaveBeenCalled()
    void store.refresh()
    await opened(browser, 2).answer(ok([decision('a'), decision('b', { variables: { color: 'blue' } })]))
    expect(store.get('a')).toBe(a)
    expect(store.get('b')).not.toBe(b)
    expect(store.getSnapshot()).not.toBe(snapshot)
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('is told to nobody who has ended it', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    const listener = vi.fn()
    const end = store.subscribe(listener)
    end()
    await opened(browser).answer(ok([decision('a')]))
    expect(listener).not.toHaveBeenCalled()
  })

  it('forgets a flag that is gone', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await opened(browser).answer(ok([decision('a'), decision('b')]))
    void store.refresh()
    await opened(browser, 1).answer(ok([decision('a')]))
    expect(Object.keys(store.getSnapshot().decisions)).toEqual(['a'])
  })

  it('does not change when the user object does', async () => {
    const browser = openBrowser()
    const user = { userId: 'ada', attributes: { plan: 'pro' } }
    const store = createDecisionStore({ ...OPTIONS, user })
    user.attributes.plan = 'free'
    expect(store.getSnapshot().user).toEqual({ userId: 'ada', attributes: { plan: 'pro' } })
    expect(opened(browser).body.attributes).toEqual({ plan: 'pro' })
  })
})

describe('another user', () => {
  it('loses the decisions of the one before at once, and the request under way', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await opened(browser).answer(ok([decision('a')], 'W/"1"'))
    void store.refresh()
    const identified = store.identify({ userId: 'bob' })
    expect(opened(browser, 1).isAborted()).toBe(true)
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'loading' }, user: { userId: 'bob', attributes: {} } })
    expect(store.get('a')).toBeUndefined()
    expect(opened(browser, 2).body.userId).toBe('bob')
    expect(opened(browser, 2).init.headers).toEqual({})
    await opened(browser, 2).answer(ok([decision('a', { variationKey: 'bob' })]))
    expect((await identified).decisions.a?.variationKey).toBe('bob')
  })

  it('never sees an answer for the one before, also not from a network that cannot be aborted', async () => {
    const browser = openBrowser()
    const late = Promise.withResolvers<Response>()
    vi.stubGlobal('fetch', () => late.promise)
    const store = createDecisionStore(OPTIONS)
    const refreshed = store.refresh()
    const requests = takeRequests()
    const identified = store.identify({ userId: 'bob' })
    late.resolve(ok([decision('a', { variationKey: 'ada' })]))
    await vi.advanceTimersByTimeAsync(0)
    expect(store.getSnapshot().status).toEqual({ kind: 'loading' })
    await requests[0]?.answer(ok([decision('a', { variationKey: 'bob' })]))
    expect((await identified).decisions.a?.variationKey).toBe('bob')
    expect(await refreshed).toBe(await identified)
    expect(browser.requests).toHaveLength(0)
  })

  it('keeps the decisions until the answer where only attributes changed', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await opened(browser).answer(ok([decision('a')]))
    const before = store.get('a')
    void store.identify({ userId: 'ada', attributes: { plan: 'free' } })
    expect(store.get('a')).toBe(before)
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'ready' }, user: { attributes: { plan: 'free' } } })
    expect(opened(browser, 1).body.attributes).toEqual({ plan: 'free' })
    await opened(browser, 1).answer(ok([decision('a', { variationKey: 'free' })]))
    expect(store.get('a')?.variationKey).toBe('free')
  })

  it('is none when it is the same again: nothing is asked', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await opened(browser).answer(ok([decision('a')]))
    const snapshot = store.getSnapshot()
    expect(await store.identify({ userId: 'ada', attributes: { plan: 'pro' } })).toBe(snapshot)
    expect(browser.requests).toHaveLength(1)
  })
})

describe('the end', () => {
  it('aborts, stops listening, and nothing happens afterwards', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    const listener = vi.fn()
    store.subscribe(listener)
    expect(browser.listeners()).toBe(3)
    store.close()
    expect(opened(browser).isAborted()).toBe(true)
    expect(browser.listeners()).toBe(0)
    const snapshot = store.getSnapshot()
    expect(await store.refresh()).toBe(snapshot)
    expect(await store.identify({ userId: 'bob' })).toBe(snapshot)
    store.track('bought')
    await vi.advanceTimersByTimeAsync(7_200_000)
    expect(listener).not.toHaveBeenCalled()
    expect(browser.requests).toHaveLength(1)
    expect(browser.beacons).toHaveLength(0)
  })
})
