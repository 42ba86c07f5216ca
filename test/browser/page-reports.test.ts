import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium } from './chromium.ts'
import { type Shop, startShop, visitor } from './shop.ts'
import { experimentsOn } from './shop-experiments.ts'

const CODE = [{ type: 'custom_code', value: 'document.documentElement.dataset.ran = "yes"' }]
/** To another place, which is done in the browser. */
const moved = (selector: string) => [
  { type: 'rearrange', selector, insertSelector: '#main', operator: 'append' },
  { type: 'attribute', selector: 'h1', attributes: { class: 'title bold' } },
]
/** To a place that is not there. */
const AIMLESS = { type: 'rearrange', selector: '#price', insertSelector: '#nowhere', operator: 'append' }
/** Once something has gone that the code could not find any more. */
const WAITS = [
  { id: 'gone', type: 'attribute', selector: 'h1', attributes: { remove: true } },
  { type: 'custom_code', value: 'document.documentElement.dataset.ran = "yes"', dependencies: ['gone'] },
]
const EDGE = [{ type: 'attribute', selector: 'h1', attributes: { class: 'title bold' } }]
const NAVIGATES = { page: { clientNavigation: true } }

const EXPERIMENTS = experimentsOn(
  { key: 'code', path: '/', changes: CODE },
  { key: 'moved', path: '/product', changes: moved('#price') },
  { key: 'aimless', path: '/product', changes: [AIMLESS] },
  { key: 'waits', path: '/index', page: { hydrates: false }, changes: WAITS },
  { key: 'late', path: '/cart', changes: moved('#late') },
  { key: 'still', path: '/new', page: { hydrates: false }, changes: moved('#late') },
  { key: 'edge', path: '/vue', changes: EDGE },
  { key: 'kettle', path: '/react', ...NAVIGATES, changes: EDGE },
  { key: 'care', path: '/react/care', ...NAVIGATES, changes: CODE },
)

/** Who sees what, and so what is reported of them. */
const ARMS = [
  ['bea', 'bold'],
  ['carl', 'control'],
] as const

inChromium('what a page says that it has shown', (chromium) => {
  let shop: Shop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startShop(whenDone, { datafile: () => EXPERIMENTS })
  })

  /** Everything that is reported from now on, as `variation answer`. */
  async function open(who: string, options: BrowserContextOptions = {}) {
    const opened = await chromium.open({ ...visitor(who, shop), ...options })
    const reported: string[] = []
    opened.page.context().on('response', async (response) => {
      const request = response.request()
      if (!response.url().endsWith('/_turnout/v1/events')) return
      const { events } = JSON.parse(request.postData() ?? '') as Report
      reported.push(`${events.map(({ variationId }) => variationId).join()} ${await response.text()}`)
    })
    return { ...opened, reported }
  }

  const taken = (variationId: string) => `${variationId} {"accepted":1,"refused":[]}`

  describe.each(ARMS)('to %s, who has %s', (who, variation) => {
    it.each([
      ['code', '/'],
      ['moved', '/product'],
      ['waits', '/index'],
    ])('is that it has the experiment %s, once for each time', async (key, path) => {
      const { page, reported, problems } = await open(who)
      await page.goto(`${shop.url}${path}`, { waitUntil: 'networkidle' })
      await vi.waitFor(() => expect(reported).toEqual([taken(`${key}-${variation}`)]))
      await page.reload({ waitUntil: 'networkidle' })
      await vi.waitFor(() => expect(reported).toHaveLength(2))
      expect(problems).toEqual([])
    })

    it('is nothing of what is not there, until it is', async () => {
      const { page, reported } = await open(who)
      await page.goto(`${shop.url}/cart`, { waitUntil: 'networkidle' })
      await settle(page)
      expect(reported).toEqual([])
      await addLate(page)
      await vi.waitFor(() => expect(reported).toEqual([taken(`late-${variation}`)]))
    })

    it('is nothing of what comes after a page has loaded that nobody renders again', async () => {
      const { page, reported } = await open(who)
      await page.goto(`${shop.url}/new`, { waitUntil: 'networkidle' })
      await addLate(page)
      await settle(page)
      expect(reported).toEqual([])
    })

    it('is nothing where no script runs', async () => {
      const { page, reported } = await open(who, { javaScriptEnabled: false })
      await page.goto(`${shop.url}/`, { waitUntil: 'networkidle' })
      expect([reported, await page.locator('html').getAttribute('data-ran')]).toEqual([[], null])
    })

    it('is what the next page has that the app goes to, which does not count when it is asked for', async () => {
      const { page, reported } = await open(who)
      await page.goto(`${shop.url}/react`, { waitUntil: 'networkidle' })
      const plan = page.waitForResponse((response) => response.url().includes('/_turnout/v1/page?'))
      await page.click('.tabs a[href="/react/care"]')
      expect((await plan).url()).toContain('&reports=true')
      await vi.waitFor(() => expect(reported).toEqual([taken(`care-${variation}`)]))
    })
  })

  it('is nothing of a page that the app has left before its plan was there, and what it has once it comes back', async () => {
    const { page, reported } = await open('bea')
    await page.goto(`${shop.url}/react`, { waitUntil: 'networkidle' })
    let isSlow = true
    await page.route('**/_turnout/v1/page?**', async (route) => {
      if (isSlow) await wait(SETTLED_MS)
      await route.continue()
    })
    await page.click('.tabs a[href="/react/care"]')
    await page.goBack()
    await page.waitForTimeout(3 * SETTLED_MS)
    expect(reported).toEqual([])
    isSlow = false
    await page.goForward()
    await vi.waitFor(() => expect(reported).toEqual([taken('care-bold')]))
  })

  it('is nothing where the browser has no beacons, and the page is no worse for it', async () => {
    const { page, reported, problems } = await open('bea')
    await page.addInitScript(() => Object.defineProperty(navigator, 'sendBeacon', { value: undefined }))
    await page.goto(`${shop.url}/react/care`, { waitUntil: 'networkidle' })
    expect(await page.locator('html').getAttribute('data-ran')).toBe('yes')
    const plan = page.waitForRequest((request) => request.url().includes('/_turnout/v1/page?'))
    await page.click('.tabs a[href="/react"]')
    await plan
    expect([reported, problems]).toEqual([[], []])
  })

  it('is everything, where it was fetched ahead', async () => {
    const { page, reported } = await open('bea')
    await page.route('**/vue', (route) =>
      route.continue({ headers: { ...route.request().headers(), purpose: 'prefetch' } }),
    )
    await page.goto(`${shop.url}/vue`)
    await vi.waitFor(() => expect(reported).toEqual([taken('edge-bold')]))
  })

  it('is said once the visitor turns to it, where it was rendered ahead', async () => {
    const { page, reported } = await open('bea')
    await page.addInitScript(() => Object.defineProperty(document, 'prerendering', { value: true, writable: true }))
    await page.goto(`${shop.url}/`, { waitUntil: 'networkidle' })
    await settle(page)
    expect([reported, await page.locator('html').getAttribute('data-ran')]).toEqual([[], 'yes'])
    await page.evaluate(() => {
      Object.assign(document, { prerendering: false }).dispatchEvent(new Event('prerenderingchange'))
    })
    await vi.waitFor(() => expect(reported).toEqual([taken('code-bold')]))
  })
})

interface Report {
  readonly events: readonly { readonly variationId: string }[]
}

const SETTLED_MS = 300

/** Long enough for whatever would be reported to be. */
function settle(page: Page): Promise<void> {
  return page.waitForTimeout(SETTLED_MS)
}

function addLate(page: Page): Promise<void> {
  return page.evaluate(() => {
    const late = document.createElement('p')
    late.id = 'late'
    document.body.append(late)
  })
}
