import type { Page } from 'playwright-core'
import { beforeAll, expect, it, vi } from 'vitest'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium } from './chromium.ts'
import { DAWN, DAY, type ReactShop, requestsForDecisions, SDK_KEY, startReactShop } from './react-shop.ts'
import { visitor } from './shop.ts'

/** What the app shows without a decision. */
const DEFAULT_LEAD = 'Roasted by hand, and sent the day it cools.'
const LEAD_OF_DAY = /^Four coffees from small farms/

inChromium('the React shop, while it is open', (chromium) => {
  let shop: ReactShop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startReactShop(whenDone)
  })

  async function open(who: string): Promise<Page> {
    const { page } = await chromium.open(visitor(who, shop))
    await page.goto(shop.url, { waitUntil: 'networkidle' })
    return page
  }

  it('drops the decisions of one user at once when another signs in, and shows those of the other', async () => {
    const page = await open('jonas')
    let answer = () => {}
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route('**/_turnout/', async (route) => {
      await mayAnswer
      await route.continue()
    })
    expect(await page.locator('h1').textContent()).toBe(DAWN)

    await page.getByRole('button', { name: 'Mila' }).click()
    expect(await page.locator('.lead').textContent()).toBe(DEFAULT_LEAD)
    expect(await page.locator('.hero.dawn').count()).toBe(0)

    answer()
    await page.locator('.lead', { hasText: LEAD_OF_DAY }).waitFor()
    expect(await page.locator('h1').textContent()).toBe(DAY)
  })

  it('is handed over to whoever has signed in when it is opened again', async () => {
    const page = await open('jonas')
    await page.getByRole('button', { name: 'Mila' }).click()
    await page.locator('.lead', { hasText: LEAD_OF_DAY }).waitFor()
    const asked = requestsForDecisions(page)
    await page.reload({ waitUntil: 'networkidle' })
    expect(await page.locator('h1').textContent()).toBe(DAY)
    expect(await page.getByRole('button', { name: 'Mila' }).getAttribute('aria-pressed')).toBe('true')
    expect(asked).toEqual([])
  })

  it('stays as it was last known while it is offline, says so, and comes back with what was done meanwhile', async () => {
    const page = await open('jonas')
    await page.context().setOffline(true)
    await showAgain(page)
    await page.locator('#freshness[data-status="stale"]').waitFor()
    expect(await page.locator('h1').textContent()).toBe(DAWN)
    await page.locator('.add').first().click()
    expect(shop.collected).not.toContain('jonas did add_to_basket')

    await page.context().setOffline(false)
    await page.locator('#freshness').waitFor({ state: 'detached' })
    expect(await page.locator('h1').textContent()).toBe(DAWN)
    await vi.waitFor(() => expect(shop.collected).toContain('jonas did add_to_basket'), 20_000)
  })

  it('shows a flag that was flipped in KV when the tab is shown again, and not before', async () => {
    const page = await open('mila')
    shop.setDeliveryNote('on')
    await vi.waitFor(async () => expect(await decidedNow(shop)).toBe('on'), 20_000)
    expect(await page.locator('#delivery-note').count()).toBe(0)

    await showAgain(page)
    await page.locator('#delivery-note').waitFor()
    expect(await page.locator('#delivery-note').textContent()).toBe('This week every parcel travels free of charge.')
    expect(await page.locator('h1').textContent()).toBe(DAY)
    await vi.waitFor(() => expect(shop.collected).toContain('mila saw delivery_note_for_all:on'), 20_000)
  })
})

/** The tab is hidden, and shown more than a minute later. A headless browser shows all of its tabs all the time. */
async function showAgain(page: Page): Promise<void> {
  await page.evaluate((laterMs) => {
    const become = (hidden: boolean) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: hidden ? 'hidden' : 'visible' })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }
    become(true)
    const now = Date.now
    Date.now = () => now() + laterMs
    become(false)
  }, 61_000)
}

/** What the Worker decides about the delivery note. */
async function decidedNow({ url }: ReactShop): Promise<string | null> {
  const query = new URLSearchParams({ feature: 'delivery_note', userId: 'u1', key: SDK_KEY, disableTracking: 'true' })
  const decision: { variationKey: string | null } = await (await fetch(`${url}/?${query}`)).json()
  return decision.variationKey
}
