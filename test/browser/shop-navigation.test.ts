import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium } from './chromium.ts'
import { FOUND_CHANGED, type Shop, startShop, visitor } from './shop.ts'
import { experimentsOn } from './shop-experiments.ts'

const LEAD = 'Ten minutes a month, and no more.'
const LEAD_OF_ORIGIN = 'Ten minutes a month, and it will outlive its owner.'
const PROMISE = '<p class="small" id="promise">Made within a week.</p>'

const KETTLE = {
  key: 'kettle',
  path: '/react',
  page: { clientNavigation: true },
  changes: [
    { type: 'insert_html', selector: '#kettle-actions', operator: 'after', value: PROMISE },
    { type: 'custom_css', value: '.brand { color: rgb(168, 75, 37) }' },
  ],
}

const CARE = {
  key: 'care',
  path: '/react/care',
  page: { clientNavigation: true },
  changes: [{ type: 'attribute', selector: '#care-lead', attributes: { text: LEAD } }],
}

function colourOfBrand(page: Page): Promise<string> {
  return page.locator('.top .brand').evaluate((element) => getComputedStyle(element).color)
}

inChromium('an app that navigates by itself', (chromium) => {
  let shop: Shop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startShop(whenDone, { datafile: () => experimentsOn(KETTLE, CARE) })
  })

  it('has the edits of the page that it goes to, without those of the page that it has left', async () => {
    const { page, problems } = await chromium.open(visitor('bea', shop))
    await page.goto(`${shop.url}/react`)
    expect(await page.locator('#promise').count()).toBe(1)
    await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
    await page.click('.tabs a[href="/react/care"]')
    await page.waitForFunction((text) => document.querySelector('#care-lead')?.textContent === text, LEAD)
    expect(await page.locator('#promise').count()).toBe(0)
    expect(await colourOfBrand(page)).not.toBe('rgb(168, 75, 37)')
    expect(await page.evaluate(() => 'loadedOnce' in window)).toBe(true)
    expect(problems.filter((problem) => !FOUND_CHANGED.test(problem))).toEqual([])
  })

  it('has them again after the back button, once', async () => {
    const { page } = await chromium.open(visitor('bea', shop))
    await page.goto(`${shop.url}/react`)
    await page.click('.tabs a[href="/react/care"]')
    await page.waitForFunction((text) => document.querySelector('#care-lead')?.textContent === text, LEAD)
    await page.goBack()
    await page.waitForSelector('#promise')
    await page.waitForTimeout(200)
    expect(await page.locator('#promise').count()).toBe(1)
    expect(await colourOfBrand(page)).toBe('rgb(168, 75, 37)')
  })

  it('stays as it is for whoever is in control', async () => {
    const { page, problems } = await chromium.open(visitor('carl', shop))
    await page.goto(`${shop.url}/react`)
    await page.click('.tabs a[href="/react/care"]')
    await page.waitForSelector('#care-lead')
    await page.waitForTimeout(300)
    expect(await page.locator('#care-lead').textContent()).toBe(LEAD_OF_ORIGIN)
    expect(problems).toEqual([])
  })
})
