/** What a newcomer sees: the shop with datafiles/pages.json. Leaves pictures in test-results/screenshots. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { previewLink } from '../../src/pages/proxy/preview.ts'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium, layoutShift } from './chromium.ts'
import { FOUND_CHANGED, PREVIEW_SECRET, type Shop, startShop } from './shop.ts'
import { sideBySide } from './side-by-side.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PICTURES = join(ROOT, 'test-results/screenshots')
const datafile = JSON.parse(await readFile(join(ROOT, 'datafiles/pages.json'), 'utf8'))
const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

async function preview(shop: Shop, path: string, forces: readonly string[]): Promise<string> {
  const expiresSeconds = Math.ceil(Date.now() / 1000) + 600
  const link = await previewLink(new URL(path, shop.url), { expiresSeconds, forces, isDebug: false }, PREVIEW_SECRET)
  return link.href
}

/** Pictures that are loaded when they come into view would be missing on a picture of the whole page. */
async function takePicture(page: Page, name: string): Promise<void> {
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = 'eager'
    await Promise.all([...document.images].map((image) => image.decode()))
  })
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
}

inChromium('the shop with the sample datafile', (chromium) => {
  let shop: Shop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    await mkdir(PICTURES, { recursive: true })
    shop = await startShop(whenDone, { datafile: () => datafile, mode: 'assets' })
  })

  it.each([
    ['home', '/', ['hero:control', 'reviews_first:control'], 'h1.hero', 'Well-made things for an unhurried home.'],
    ['home-bold', '/', ['hero:bold', 'reviews_first:control'], 'h1.hero', 'Buy once. Keep forever.'],
    [
      'home-reviews-first',
      '/',
      ['hero:control', 'reviews_first:reviews_first'],
      '#reviews[data-moved] h2',
      'What people tell us',
    ],
    ['product', '/product', ['product_facts:control'], '#add', 'Add to basket'],
    ['product-reassure', '/product', ['product_facts:reassure'], '#add', 'Take it home'],
    ['cart', '/cart', ['checkout_cta:control'], '#checkout', 'Go to checkout'],
    ['cart-short', '/cart', ['checkout_cta:short'], '#checkout', 'Check out'],
    [
      'kettle',
      '/react',
      ['kettle_title:control'],
      '#kettle-lead',
      'Enamelled to order in Lower Saxony, and with you in two weeks.',
    ],
    [
      'kettle-personal',
      '/react',
      ['kettle_title:personal'],
      '#kettle-lead',
      'Yours in the colour you like, and ours to mend.',
    ],
    [
      'lamp',
      '/vue',
      ['lamp_title:control'],
      '#lamp-lead',
      'Spun from one sheet of steel, and dimmed with a turn of the knob.',
    ],
    [
      'lamp-personal',
      '/vue',
      ['lamp_title:personal'],
      '#lamp-lead',
      'Spun for you, and dimmed with a turn of the knob.',
    ],
  ])('shows %s (%s with %j)', async (name, path, forces, selector, text) => {
    const { page, problems } = await chromium.open({ viewport: DESKTOP })
    await page.goto(await preview(shop, path, forces), { waitUntil: 'networkidle' })
    await takePicture(page, name)
    expect(await page.locator(selector).textContent()).toBe(text)
    expect(problems.filter((problem) => !FOUND_CHANGED.test(problem))).toEqual([])
  })

  it.each([
    ['home-phone', ['hero:control', 'reviews_first:control']],
    ['home-bold-phone', ['hero:bold', 'reviews_first:control']],
  ])('fits a phone: %s', async (name, forces) => {
    const { page } = await chromium.open({ viewport: PHONE, isMobile: true, hasTouch: true })
    await page.goto(await preview(shop, '/', forces), { waitUntil: 'networkidle' })
    await takePicture(page, name)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width)
  })

  it('shows both variations beside each other, neither of which moves', async () => {
    const both = ['hero:control', 'hero:bold'].map(async (force) => {
      const { page } = await chromium.open({ viewport: { width: 1120, height: 760 } })
      await page.goto(await preview(shop, '/', [force, 'reviews_first:control']), { waitUntil: 'networkidle' })
      expect(await layoutShift(page)).toBe(0)
      return await page.screenshot()
    })
    const [control, bold] = await Promise.all(both)
    const { page } = await chromium.open({ viewport: { width: 1600, height: 590 } })
    await page.setContent(sideBySide({ control, bold }))
    // The picture of the README.
    await page.screenshot({ path: join(PICTURES, 'shop-two-variations.png') })
  })
})
