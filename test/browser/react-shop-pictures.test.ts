/** What the React shop looks like. Leaves pictures in test-results/screenshots. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium } from './chromium.ts'
import { DAWN, DAY, type ReactShop, startReactShop } from './react-shop.ts'
import { visitor } from './shop.ts'
import { sideBySide } from './side-by-side.ts'

const PICTURES = fileURLToPath(new URL('../../test-results/screenshots', import.meta.url))
const DESKTOP = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 844 }

inChromium('the React shop in pictures', (chromium) => {
  let shop: ReactShop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    await mkdir(PICTURES, { recursive: true })
    shop = await startReactShop(whenDone)
    shop.setDeliveryNote('on')
  })

  it.each([
    ['react-shop-day', '/', 'mila', DAY, DESKTOP],
    ['react-shop-dawn', '/', 'jonas', DAWN, DESKTOP],
    ['react-shop-dawn-rendered', '/rendered', 'jonas', DAWN, DESKTOP],
    ['react-shop-day-phone', '/', 'mila', DAY, PHONE],
    ['react-shop-dawn-phone', '/', 'jonas', DAWN, PHONE],
  ])('shows %s (%s as %s), no wider than its window', async (name, path, who, headline, viewport) => {
    const { page, problems } = await chromium.open({ ...visitor(who, shop), viewport })
    await page.goto(`${shop.url}${path}`, { waitUntil: 'networkidle' })
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
    expect(await page.locator('h1').textContent()).toBe(headline)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width)
    expect(problems).toEqual([])
  })

  it.each([
    ['react-shop-basket', 'mila', 'Go to checkout'],
    ['react-shop-basket-one-page', 'jonas', 'Buy now'],
  ])('shows %s (as %s)', async (name, who, button) => {
    const { page } = await chromium.open({ ...visitor(who, shop), viewport: DESKTOP })
    await page.goto(shop.url)
    for (const index of [0, 3, 3]) await page.locator('.add').nth(index).click()
    await page.locator('.basket-button').click()
    expect(await page.locator('#checkout').textContent()).toBe(button)
    await page.screenshot({ path: join(PICTURES, `${name}.png`) })
  })

  it('shows both variations beside each other', async () => {
    const both = ['mila', 'jonas'].map(async (who) => {
      const { page } = await chromium.open({ ...visitor(who, shop), viewport: { width: 1180, height: 905 } })
      await page.goto(`${shop.url}/rendered`, { waitUntil: 'networkidle' })
      return { caption: await page.locator('h1').textContent(), picture: await page.screenshot() }
    })
    const [day, dawn] = await Promise.all(both)
    expect([day?.caption, dawn?.caption]).toEqual([DAY, DAWN])
    const { page } = await chromium.open({ viewport: { width: 1600, height: 668 } })
    await page.setContent(sideBySide({ day: day?.picture, dawn: dawn?.picture }))
    // The picture of docs/react.md.
    await page.screenshot({ path: join(PICTURES, 'react-shop.png') })
  })
})
