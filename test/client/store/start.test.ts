import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDecisionStore, decisionsScript, type Handoff, type StoreOptions } from '../../../src/client/index.ts'
import { closeBrowser, decision, known, ok, openBrowser, takeRequests } from './browser.ts'

const OPTIONS = { url: '/_turnout', key: 'shop', user: { userId: 'ada' } }
const HANDOFF: Handoff = { user: { userId: 'ada', attributes: { plan: 'pro' } }, decisions: [known('a')] }

afterEach(closeBrowser)

describe('decisions that were handed over', () => {
  it('are there at once, and nothing is asked', async () => {
    const browser = openBrowser()
    const store = createDecisionStore({ ...OPTIONS, initial: HANDOFF })
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'ready' }, decisions: { a: known('a') } })
    expect(store.getServerSnapshot()).toEqual(store.getSnapshot())
    expect(store.get('a')).toEqual(known('a'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(browser.requests).toHaveLength(0)
  })

  it('name the user', () => {
    openBrowser()
    const { user, ...rest } = OPTIONS
    const store = createDecisionStore({ ...rest, initial: HANDOFF })
    expect(store.getSnapshot().user).toEqual(HANDOFF.user)
  })

  it('are refreshed as others are', async () => {
    const browser = openBrowser()
    createDecisionStore({ ...OPTIONS, initial: HANDOFF })
    await vi.advanceTimersByTimeAsync(60_000)
    browser.show()
    expect(browser.requests).toHaveLength(1)
  })

  it('keep their identity when the first answer says the same', async () => {
    const browser = openBrowser()
    const store = createDecisionStore({ ...OPTIONS, initial: HANDOFF })
    const snapshot = store.getSnapshot()
    void store.refresh()
    await browser.requests[0]?.answer(ok([decision('a')]))
    expect(store.getSnapshot()).toBe(snapshot)
  })

  it('are read from the page, as `decisionsScript` writes them', () => {
    const script = decisionsScript({ ...HANDOFF, decisions: [known('a', { variables: { html: '</script>' } })] })
    const browser = openBrowser(/>(.*)</s.exec(script)?.[1])
    const store = createDecisionStore(OPTIONS)
    expect(store.get('a')?.variables).toEqual({ html: '</script>' })
    expect(browser.requests).toHaveLength(0)
  })

  it('are not read from the page where there are to be none', () => {
    const browser = openBrowser(JSON.stringify(HANDOFF))
    const store = createDecisionStore({ ...OPTIONS, initial: null })
    expect(store.getSnapshot().status.kind).toBe('loading')
    expect(browser.requests).toHaveLength(1)
  })

  it('to another user are nobody’s: the store asks', () => {
    const browser = openBrowser(JSON.stringify(HANDOFF))
    const store = createDecisionStore({ ...OPTIONS, user: { userId: 'bob' } })
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'loading' }, user: { userId: 'bob' } })
    expect(store.get('a')).toBeUndefined()
    expect(browser.requests).toHaveLength(1)
  })

  it.each([
    ['not JSON', '{"user":'],
    ['empty', ''],
    ['null', 'null'],
    ['an array', '[]'],
    ['without a user', '{"decisions":[]}'],
    ['for a user who is a number', '{"user":{"userId":7,"attributes":{}},"decisions":[]}'],
    ['with attributes that are a text', '{"user":{"userId":"ada","attributes":"x"},"decisions":[]}'],
    ['without decisions', '{"user":{"userId":"ada","attributes":{}}}'],
    ['with a decision that is none', '{"user":{"userId":"ada","attributes":{}},"decisions":[{"flagKey":"a"}]}'],
  ])('but are %s count as none', (_name, text) => {
    const browser = openBrowser(text)
    const store = createDecisionStore(OPTIONS)
    expect(store.getSnapshot().status.kind).toBe('loading')
    expect(browser.requests).toHaveLength(1)
  })
})

describe('a store for nobody', () => {
  it('is a mistake that shows at once', () => {
    openBrowser()
    expect(() => createDecisionStore({ url: '/_turnout', key: 'shop' })).toThrow(new TypeError('no user'))
  })

  it('is one also where the page names a user who is none', () => {
    openBrowser('{"user":{"userId":null},"decisions":[]}')
    expect(() => createDecisionStore({ url: '/_turnout', key: 'shop' })).toThrow('no user')
  })

  it('cannot come from `identify`', async () => {
    openBrowser()
    const store = createDecisionStore(OPTIONS)
    await expect(store.identify(JSON.parse('{"userId":7}'))).rejects.toThrow('no user')
    expect(store.getSnapshot().user.userId).toBe('ada')
  })
})

describe('on a server', () => {
  it('nothing is asked, and no timer is left', () => {
    vi.useFakeTimers()
    const requests = takeRequests()
    const store = createDecisionStore(OPTIONS)
    expect(requests).toHaveLength(0)
    expect(vi.getTimerCount()).toBe(0)
    expect(store.getServerSnapshot()).toMatchObject({ status: { kind: 'loading' }, decisions: {} })
  })

  it('the decisions that are given are shown, to nobody else', () => {
    const store = createDecisionStore({ ...OPTIONS, initial: HANDOFF })
    expect(store.getServerSnapshot().decisions.a).toEqual(known('a'))
    expect(createDecisionStore(OPTIONS).getServerSnapshot().decisions).toEqual({})
  })

  it('nothing is kept, whatever the server has for storage', async () => {
    vi.useFakeTimers()
    const storage: Record<string, string> = {}
    vi.stubGlobal('sessionStorage', storage)
    const requests = takeRequests()
    const store = createDecisionStore({ ...OPTIONS, persist: true })
    const refreshed = store.refresh()
    await requests[0]?.answer(ok([decision('a')]))
    expect((await refreshed).decisions.a).toEqual(known('a'))
    expect(storage).toEqual({})
  })

  it('a refresh by hand asks once', async () => {
    vi.useFakeTimers()
    const requests = takeRequests()
    const store = createDecisionStore(OPTIONS)
    const refreshed = store.refresh()
    await requests[0]?.fail()
    expect((await refreshed).status.kind).toBe('failed')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('decisions that are kept for the tab', () => {
  const KEPT = { ...OPTIONS, persist: true }

  /** A page after which another one of the same tab is opened. */
  async function secondPage(options: StoreOptions = KEPT, spoil = (text: string): string => text) {
    const first = openBrowser()
    createDecisionStore(KEPT)
    await first.requests[0]?.answer(ok([decision('a')], 'W/"1"'))
    const entries = Object.entries(first.storage).map(([name, text]) => [name, spoil(text)])
    closeBrowser()
    const second = openBrowser()
    Object.assign(second.storage, Object.fromEntries(entries))
    return { browser: second, store: createDecisionStore(options) }
  }

  it('are there at once on its next page, which asks anew', async () => {
    const { browser, store } = await secondPage()
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'ready' }, decisions: { a: known('a') } })
    expect(browser.requests).toHaveLength(1)
    await browser.requests[0]?.fail()
    expect(store.getSnapshot().status.kind).toBe('stale')
    expect(store.get('a')).toEqual(known('a'))
  })

  it('are not what the server rendered', async () => {
    const { store } = await secondPage()
    expect(store.getServerSnapshot()).toMatchObject({ status: { kind: 'loading' }, decisions: {} })
  })

  it.each([
    ['user', { ...KEPT, user: { userId: 'bob' } }],
    ['attributes', { ...KEPT, user: { userId: 'ada', attributes: { plan: 'pro' } } }],
    ['key', { ...KEPT, key: 'other' }],
    ['url', { ...KEPT, url: 'https://flags.example' }],
    ['flags', { ...KEPT, flags: ['a'] }],
    ['wish to keep any', { ...KEPT, persist: false }],
  ])('are not those of another %s', async (_what, options) => {
    const { store } = await secondPage(options)
    expect(store.getSnapshot().status.kind).toBe('loading')
  })

  it.each([
    ['cut off', (text: string) => text.slice(0, -5)],
    ['null', () => 'null'],
    ['junk', () => '{"user":{"userId":"ada","attributes":{}},"decisions":[7]}'],
    ['a number', () => '7'],
  ])('but are %s are as if they were not', async (_name, spoil) => {
    const { browser, store } = await secondPage(KEPT, spoil)
    expect(store.getSnapshot().status.kind).toBe('loading')
    expect(browser.requests).toHaveLength(1)
  })

  it('yield to what is handed over', async () => {
    const { browser, store } = await secondPage({ ...KEPT, initial: { ...HANDOFF, decisions: [known('b')] } })
    expect(store.get('a')).toBeUndefined()
    expect(store.get('b')).toEqual(known('b'))
    expect(browser.requests).toHaveLength(0)
  })

  it('are none unless that is wished', async () => {
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    await browser.requests[0]?.answer(ok([decision('a')]))
    expect(browser.storage).toEqual({})
  })

  it('are none where storage is blocked or full, and nothing else is different', async () => {
    const browser = openBrowser()
    const refuse = () => {
      throw new DOMException('no', 'SecurityError')
    }
    vi.stubGlobal('sessionStorage', new Proxy({}, { get: refuse, set: refuse }))
    const store = createDecisionStore(KEPT)
    await browser.requests[0]?.answer(ok([decision('a')]))
    expect(store.getSnapshot()).toMatchObject({ status: { kind: 'ready' }, decisions: { a: known('a') } })
  })
})
