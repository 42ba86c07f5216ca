import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDecisionStore } from '../../../src/client/index.ts'
import { type Browser, closeBrowser, decision, known, ok, openBrowser, status } from './browser.ts'

const HANDED = [known('a'), known('b')]
const USER = { userId: 'ada', attributes: { plan: 'pro' } }
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

afterEach(closeBrowser)

function opened(decisions = HANDED) {
  const browser = openBrowser()
  const initial = { user: USER, decisions }
  return { browser, store: createDecisionStore({ url: '/_turnout', key: 'shop', initial }) }
}

async function endOfTask(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}

function events({ beacons }: Browser) {
  return beacons.flatMap(({ body }) => body.events)
}

/** A browser without beacons. */
function withoutBeacons() {
  const { browser, store } = opened()
  delete browser.navigator.sendBeacon
  return { browser, store }
}

describe('what was seen', () => {
  it('is sent at the end of the task, together, as text without a header', async () => {
    const { browser, store } = opened()
    store.expose('a')
    store.expose('b')
    expect(browser.beacons).toHaveLength(0)
    await endOfTask()
    expect(browser.beacons).toEqual([
      {
        url: '/_turnout/v1/events',
        body: {
          key: 'shop',
          userId: 'ada',
          attributes: { plan: 'pro' },
          events: [
            {
              type: 'exposure',
              flagKey: 'a',
              ruleKey: 'rule',
              variationKey: 'on',
              uuid: expect.stringMatching(UUID),
              ageMs: 0,
            },
            {
              type: 'exposure',
              flagKey: 'b',
              ruleKey: 'rule',
              variationKey: 'on',
              uuid: expect.stringMatching(UUID),
              ageMs: 0,
            },
          ],
        },
      },
    ])
  })

  it('counts once', async () => {
    const { browser, store } = opened()
    store.expose('a')
    await endOfTask()
    store.expose('a')
    store.expose('a')
    await endOfTask()
    expect(events(browser)).toHaveLength(1)
  })

  it.each([
    ['variation', { variationKey: 'off' }],
    ['rule', { ruleKey: 'other' }],
  ])('counts again for another %s', async (_what, fields) => {
    const { browser, store } = opened()
    store.expose('a')
    void store.refresh()
    await browser.requests[0]?.answer(ok([decision('a', fields)]))
    store.expose('a')
    await endOfTask()
    expect(events(browser)).toMatchObject([{ flagKey: 'a' }, { flagKey: 'a', ...fields }])
  })

  it('does not count again when only a variable changed', async () => {
    const { browser, store } = opened()
    store.expose('a')
    void store.refresh()
    await browser.requests[0]?.answer(ok([decision('a', { variables: { color: 'blue' } })]))
    store.expose('a')
    await endOfTask()
    expect(events(browser)).toHaveLength(1)
  })

  it('counts for each user, and each user’s goes by itself', async () => {
    const { browser, store } = opened()
    store.expose('a')
    void store.identify({ userId: 'bob' })
    await browser.requests[0]?.answer(ok([decision('a')]))
    store.expose('a')
    void store.identify(USER)
    await browser.requests[1]?.answer(ok([decision('a')]))
    store.expose('a')
    await endOfTask()
    expect(browser.beacons.map(({ body }) => [body.userId, body.events.length])).toEqual([
      ['ada', 1],
      ['bob', 1],
    ])
  })

  it('is nothing where the flag is not known', async () => {
    const { browser, store } = opened()
    store.expose('none')
    store.expose('toString')
    await endOfTask()
    expect(browser.beacons).toHaveLength(0)
  })
})

describe('what was done', () => {
  it('is sent with its tags as they were then', async () => {
    const { browser, store } = opened()
    const tags = { revenue: 4200, items: ['shoe'] }
    store.track('purchase', tags)
    tags.items.push('hat')
    store.track('purchase')
    await endOfTask()
    expect(events(browser)).toEqual([
      {
        type: 'conversion',
        eventKey: 'purchase',
        tags: { revenue: 4200, items: ['shoe'] },
        uuid: expect.stringMatching(UUID),
        ageMs: 0,
      },
      { type: 'conversion', eventKey: 'purchase', uuid: expect.stringMatching(UUID), ageMs: 0 },
    ])
  })

  it('counts as often as it is said, each with an id of its own', async () => {
    const { browser, store } = opened()
    store.track('purchase')
    store.track('purchase')
    await endOfTask()
    const [first, second] = events(browser)
    expect(first?.uuid).not.toBe(second?.uuid)
  })

  it('is an error at once where the tags are no JSON, and hurts no other event', async () => {
    const { browser, store } = opened()
    expect(() => store.track('purchase', { amount: 1n })).toThrow(TypeError)
    store.track('purchase')
    await endOfTask()
    expect(events(browser)).toHaveLength(1)
  })

  it('has no id where the page is not secure', async () => {
    const { browser, store } = opened()
    vi.stubGlobal('crypto', {})
    store.track('purchase')
    await endOfTask()
    expect(events(browser)).toEqual([{ type: 'conversion', eventKey: 'purchase', ageMs: 0 }])
  })
})

describe('many events', () => {
  it('go in requests of at most 50, and all of them', async () => {
    const { browser, store } = opened()
    Array.from({ length: 230 }, (_, index) => store.track(`event-${index}`))
    await endOfTask()
    expect(Math.max(...browser.beacons.map(({ body }) => body.events.length))).toBeLessThanOrEqual(50)
    expect(events(browser).map(({ eventKey }) => eventKey)).toEqual(
      Array.from({ length: 230 }, (_, index) => `event-${index}`),
    )
  })

  it('go in requests of at most 60,000 bytes', async () => {
    const { browser, store } = opened()
    const note = '€'.repeat(5_000)
    Array.from({ length: 20 }, () => store.track('purchase', { note }))
    await endOfTask()
    const sizes = browser.beacons.map(({ body }) => new TextEncoder().encode(JSON.stringify(body)).length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(60_000)
    expect(events(browser)).toHaveLength(20)
  })
})

describe('a browser that takes no beacon', () => {
  it('is asked to send it otherwise, also when the page ends', async () => {
    const { browser, store } = opened()
    browser.navigator.sendBeacon = () => false
    store.track('purchase')
    await endOfTask()
    expect(browser.requests[0]).toMatchObject({
      url: '/_turnout/v1/events',
      init: { method: 'POST', keepalive: true },
      body: { userId: 'ada', events: [{ eventKey: 'purchase' }] },
    })
  })

  it('has none at all: the same', async () => {
    const { browser, store } = withoutBeacons()
    store.track('purchase')
    await endOfTask()
    expect(browser.requests).toHaveLength(1)
  })

  it.each([200, 400, 404, 413])('is done with HTTP %i', async (code) => {
    const { browser, store } = withoutBeacons()
    store.track('purchase')
    await endOfTask()
    await browser.requests[0]?.answer(status(code))
    browser.hide()
    expect(browser.requests).toHaveLength(1)
  })

  it.each([429, 500, 503])('tries again after HTTP %i, with the same id and a greater age', async (code) => {
    const { browser, store } = withoutBeacons()
    store.track('purchase')
    await endOfTask()
    await browser.requests[0]?.answer(status(code))
    await vi.advanceTimersByTimeAsync(1_500)
    browser.hide()
    const [first] = sent(browser, 0)
    expect(first).toMatchObject({ ageMs: 0, uuid: expect.stringMatching(UUID) })
    expect(sent(browser, 1)).toEqual([Object.assign({}, first, { ageMs: 1_500 })])
  })

  it('tries again after the network failed, before what came later', async () => {
    const { browser, store } = withoutBeacons()
    store.track('first')
    await endOfTask()
    await browser.requests[0]?.fail()
    store.track('second')
    await endOfTask()
    expect(sent(browser, 1)).toMatchObject([{ eventKey: 'first' }, { eventKey: 'second' }])
  })

  it('keeps the order in which things happened', async () => {
    const { browser, store } = withoutBeacons()
    store.track('first')
    await endOfTask()
    browser.navigator.onLine = false
    store.track('second')
    await browser.requests[0]?.fail()
    browser.navigator.onLine = true
    browser.fire('online')
    expect(sent(browser, 1)).toMatchObject([{ eventKey: 'first' }, { eventKey: 'second' }])
  })

  it('does not give one user’s events to the next', async () => {
    const { browser, store } = withoutBeacons()
    store.track('first')
    await endOfTask()
    await browser.requests[0]?.fail()
    void store.identify({ userId: 'bob' })
    store.track('second')
    await endOfTask()
    const bodies = browser.requests.slice(1).map(({ body }) => body)
    expect(bodies.filter(({ events }) => Array.isArray(events))).toMatchObject([
      { userId: 'ada', events: [{ eventKey: 'first' }] },
      { userId: 'bob', events: [{ eventKey: 'second' }] },
    ])
  })

  it('keeps the first hundred', async () => {
    const { browser, store } = withoutBeacons()
    Array.from({ length: 150 }, (_, index) => store.track(`event-${index}`))
    await endOfTask()
    await Promise.all(browser.requests.map((request) => request.fail()))
    const tried = browser.requests.length
    browser.hide()
    const again = browser.requests.slice(tried).flatMap(({ body }) => body.events)
    expect(again).toHaveLength(100)
  })
})

describe('offline', () => {
  it('events wait, a hundred of them, until the network is back', async () => {
    const { browser, store } = opened()
    browser.navigator.onLine = false
    Array.from({ length: 150 }, (_, index) => store.track(`event-${index}`))
    await endOfTask()
    browser.hide()
    expect(browser.beacons).toHaveLength(0)
    browser.navigator.onLine = true
    browser.fire('online')
    expect(events(browser)).toHaveLength(100)
    expect(events(browser)[99]).toMatchObject({ eventKey: 'event-99' })
  })
})

describe('the end of a page', () => {
  it.each(['hide', 'pagehide', 'close'] as const)('sends what there is, at once: %s', (how) => {
    const { browser, store } = opened()
    store.track('purchase')
    const ends = { hide: browser.hide, pagehide: () => browser.fire('pagehide'), close: store.close }
    ends[how]()
    expect(events(browser)).toHaveLength(1)
  })

  it('is the end of counting', async () => {
    const { browser, store } = opened()
    store.close()
    store.expose('a')
    store.track('purchase')
    await endOfTask()
    expect(browser.beacons).toHaveLength(0)
  })
})

/** The events of a request. */
function sent({ requests }: Browser, index: number): readonly unknown[] {
  const events = requests[index]?.body.events
  return Array.isArray(events) ? events : []
}
