import type { Page } from 'playwright-core'
import { beforeAll, expect, it, vi } from 'vitest'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium } from './chromium.ts'
import { DAWN, type ReactShop, startReactShop } from './react-shop.ts'
import { visitor } from './shop.ts'

inChromium('what the collector hears of the React shop, in strict mode', (chromium) => {
  let shop: ReactShop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startReactShop(whenDone)
  })

  async function open(who: string, path: string): Promise<Page> {
    const { page } = await chromium.open(visitor(who, shop))
    await page.goto(`${shop.url}${path}`, { waitUntil: 'networkidle' })
    return page
  }

  /** All that has arrived about a visitor, once what they did last has. */
  async function collectedAbout(who: string): Promise<readonly string[]> {
    await vi.waitFor(() => expect(shop.collected).toContain(`${who} did add_to_basket`), 20_000)
    return shop.collected.filter((line) => line.startsWith(`${who} `)).toSorted()
  }

  it.each(['/', '/rendered'])('is what was shown of %s, once; not what was decided and never shown', async (path) => {
    const who = `looks-at-${path.slice(1)}`
    const page = await open(who, path)
    expect(await page.locator('script#turnout-decisions').textContent()).toContain('"flagKey":"checkout"')
    await page.locator('.add').first().click()
    expect(await collectedAbout(who)).toEqual([
      `${who} did add_to_basket`,
      `${who} saw delivery_note_for_all:off`,
      expect.stringMatching(/saw hero_test:(?:day|dawn)$/),
    ])
  })

  it('is each variation once, however often it is shown, and to whom it was', async () => {
    const page = await open('jonas', '/')
    const basket = page.locator('.basket-button')
    const checkout = page.locator('#checkout')
    for (const name of ['Buy now', 'Go to checkout', 'Buy now']) {
      await basket.click()
      await checkout.waitFor()
      await page.getByRole('button', { name: 'Close' }).click()
      await page.getByRole('button', { name: name === 'Buy now' ? 'Mila' : 'Jonas' }).click()
      await page.locator(name === 'Buy now' ? '.hero:not(.dawn)' : '.hero.dawn').waitFor()
      await page.waitForLoadState('networkidle')
    }
    await page.getByRole('button', { name: 'Jonas' }).click()
    await page.locator('h1', { hasText: DAWN }).waitFor()
    await page.locator('.add').first().click()
    expect(await collectedAbout('jonas')).toEqual([
      'jonas did add_to_basket',
      'jonas saw checkout_test:one_page',
      'jonas saw delivery_note_for_all:off',
      'jonas saw hero_test:dawn',
    ])
    expect(shop.collected.filter((line) => line.startsWith('mila ')).toSorted()).toEqual([
      'mila saw checkout_test:steps',
      'mila saw delivery_note_for_all:off',
      'mila saw hero_test:day',
    ])
  })

  it('is nothing of whoever takes no part', async () => {
    const who = 'private'
    const { page } = await chromium.open({ ...visitor(who, shop), extraHTTPHeaders: { 'Sec-GPC': '1' } })
    const reported = page.waitForResponse(`${shop.url}/_turnout/v1/events`)
    await page.goto(shop.url)
    expect(await (await reported).json()).toMatchObject({ accepted: 0, leftAlone: 'privacy-signal' })
    expect(shop.collected.filter((line) => line.startsWith(`${who} `))).toEqual([])
  })
})
