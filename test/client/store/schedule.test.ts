import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDecisionStore } from '../../../src/client/index.ts'
import { type Browser, closeBrowser, decision, ok, openBrowser, status } from './browser.ts'

const OPTIONS = { url: 'https://flags.example', key: 'shop', user: { userId: 'ada' } }

afterEach(() => {
  vi.restoreAllMocks()
  closeBrowser()
})

/** A page whose store has its first answer. */
async function ready(options: { readonly refreshSeconds?: number } = {}) {
  const browser = openBrowser()
  const store = createDecisionStore({ ...OPTIONS, ...options })
  await browser.requests[0]?.answer(ok([decision('a')]))
  return { browser, store }
}

async function seconds(count: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(count * 1_000)
}

function leaveAndReturn({ hide, show }: Browser): void {
  hide()
  show()
}

describe('a tab that is shown again', () => {
  it('asks when the last answer is a minute old, and not before', async () => {
    const { browser } = await ready()
    await seconds(59)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(1)
    await seconds(1)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(2)
  })

  it('asks after as many seconds as it is told', async () => {
    const { browser } = await ready({ refreshSeconds: 10 })
    await seconds(9)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(1)
    await seconds(1)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(2)
  })

  it('never asks with 0', async () => {
    const { browser } = await ready({ refreshSeconds: 0 })
    await seconds(86_400)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(1)
  })

  it('does not ask while it is hidden', async () => {
    const { browser } = await ready()
    await seconds(600)
    browser.hide()
    expect(browser.requests).toHaveLength(1)
  })

  it('counts from the last answer, also of a refresh', async () => {
    const { browser, store } = await ready()
    await seconds(50)
    void store.refresh()
    await browser.requests[1]?.answer(ok([decision('a')]))
    await seconds(20)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(2)
  })

  it('does not ask for the network’s sake when it has an answer', async () => {
    const { browser } = await ready()
    await seconds(10)
    browser.fire('online')
    expect(browser.requests).toHaveLength(1)
  })

  it('is not polled for', async () => {
    const { browser } = await ready()
    await seconds(3_600)
    expect(browser.requests).toHaveLength(1)
  })
})

describe('after a failure', () => {
  it('asks again later each time, up to 16 seconds and a jitter of as much again, and then goes on so', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    const waits: number[] = []
    let before = Date.now()
    vi.stubGlobal('fetch', () => {
      waits.push((Date.now() - before) / 1_000)
      before = Date.now()
      return Promise.reject(new TypeError('Failed to fetch'))
    })
    await browser.requests[0]?.fail()
    await seconds(1 + 2 + 4 + 8 + 16 + 16)
    expect(waits).toEqual([1, 2, 4, 8, 16, 16])
  })

  it('waits up to twice as long, for each browser another time', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.999)
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    await browser.requests[0]?.fail()
    await seconds(1.9)
    expect(browser.requests).toHaveLength(1)
    await seconds(0.1)
    expect(browser.requests).toHaveLength(2)
  })

  it('starts over once there was an answer', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await browser.requests[0]?.fail()
    await seconds(1)
    await browser.requests[1]?.fail()
    await seconds(2)
    await browser.requests[2]?.answer(ok([decision('a')]))
    void store.refresh()
    await browser.requests[3]?.fail()
    await seconds(1)
    expect(browser.requests).toHaveLength(5)
  })

  it('does not ask while the tab is hidden, but as soon as it is shown', async () => {
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    await browser.requests[0]?.fail()
    browser.hide()
    await seconds(600)
    expect(browser.requests).toHaveLength(1)
    browser.show()
    expect(browser.requests).toHaveLength(2)
  })

  it('asks at once when the network is back', async () => {
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    await browser.requests[0]?.fail()
    browser.fire('online')
    expect(browser.requests).toHaveLength(2)
  })

  it.each([429, 500, 503])('asks again after HTTP %i', async (code) => {
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    await browser.requests[0]?.answer(status(code))
    await seconds(2)
    expect(browser.requests).toHaveLength(2)
  })

  it.each([400, 401, 403, 404, 413])('that asking cannot mend, HTTP %i, asks when the tab is shown', async (code) => {
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    await browser.requests[0]?.answer(status(code))
    await seconds(59)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(1)
    await seconds(1)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(2)
  })

  it.each([429, 503])('waits as long as HTTP %i says', async (code) => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    await browser.requests[0]?.answer(status(code, { 'Retry-After': '30' }))
    await seconds(29)
    leaveAndReturn(browser)
    expect(browser.requests).toHaveLength(1)
    await seconds(1)
    expect(browser.requests).toHaveLength(2)
  })

  it.each(['-5', 'soon', 'NaN', '', 'Wed, 21 Oct 2099 07:28:00 GMT'])(
    'takes a Retry-After of %j for none',
    async (text) => {
      vi.spyOn(Math, 'random').mockReturnValue(0)
      const browser = openBrowser()
      createDecisionStore(OPTIONS)
      await browser.requests[0]?.answer(status(503, { 'Retry-After': text }))
      expect(browser.requests).toHaveLength(1)
      await seconds(1)
      expect(browser.requests).toHaveLength(2)
    },
  )

  it.each(['1e99', 'Infinity', '99999999999'])('waits an hour at most, also for a Retry-After of %j', async (text) => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const browser = openBrowser()
    createDecisionStore(OPTIONS)
    await browser.requests[0]?.answer(status(503, { 'Retry-After': text }))
    await seconds(3_599)
    expect(browser.requests).toHaveLength(1)
    await seconds(1)
    expect(browser.requests).toHaveLength(2)
  })

  it('is over for who asks by hand, and the request that was planned is not made besides', async () => {
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await browser.requests[0]?.fail()
    void store.refresh()
    await browser.requests[1]?.answer(ok([decision('a')]))
    await seconds(600)
    expect(browser.requests).toHaveLength(2)
  })

  it('is forgotten with the user', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const browser = openBrowser()
    const store = createDecisionStore(OPTIONS)
    await browser.requests[0]?.fail()
    void store.identify({ userId: 'bob' })
    await browser.requests[1]?.answer(ok([decision('a')]))
    await seconds(600)
    expect(browser.requests).toHaveLength(2)
  })
})
