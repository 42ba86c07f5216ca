import { beforeAll, expect, it } from 'vitest'
import { previewLink } from '../../src/pages/proxy/preview.ts'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium } from './chromium.ts'
import { paintedTexts, watchFrames } from './frames.ts'
import { PREVIEW_SECRET, type Shop, startShop, visitor } from './shop.ts'
import { experimentsOn } from './shop-experiments.ts'

const HEADLINE = 'Buy once. Keep forever.'
const HEADLINE_OF_ORIGIN = 'Well-made things for an unhurried home.'

function datafile(url: string): object {
  return experimentsOn(
    {
      key: 'hero',
      path: '/',
      page: { hydrates: false },
      changes: [{ type: 'attribute', selector: 'h1.hero', attributes: { text: HEADLINE } }],
    },
    {
      key: 'landing',
      path: '/product',
      page: { hydrates: false },
      changes: [{ type: 'redirect', destination: `${url}/new`, preserveParameters: true }],
    },
  )
}

inChromium('a visit to the shop', (chromium) => {
  let shop: Shop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startShop(whenDone, { datafile })
  })

  it('goes to another page by a redirect, with its parameters, and back to the page before', async () => {
    const { page, problems } = await chromium.open(visitor('bea', shop))
    await page.goto(`${shop.url}/cart`)
    await page.goto(`${shop.url}/product?utm_source=letter`)
    expect(page.url()).toBe(`${shop.url}/new?utm_source=letter`)
    expect(await page.locator('h1').textContent()).toBe('The new collection is here.')
    await page.goBack()
    expect(page.url()).toBe(`${shop.url}/cart`)
    expect(problems).toEqual([])
  })

  it('stays on the page that control has', async () => {
    const { page } = await chromium.open(visitor('carl', shop))
    await page.goto(`${shop.url}/product?utm_source=letter`)
    expect(page.url()).toBe(`${shop.url}/product?utm_source=letter`)
  })

  it('is left alone once it has opted out, and leaves no trace of a visitor', async () => {
    const { page, problems } = await chromium.open()
    await page.goto(`${shop.url}/?turnout_opt_out=true`)
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE_OF_ORIGIN)
    await page.goto(`${shop.url}/`)
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE_OF_ORIGIN)
    const cookies = await page.context().cookies()
    expect(cookies.map(({ name, value }) => `${name}=${value}`)).toEqual(['turnout_opt_out=1'])
    expect(problems).toEqual([])
  })

  it('is left alone by an opt-out from inside a variation', async () => {
    const { page } = await chromium.open(visitor('bea', shop))
    await page.goto(`${shop.url}/`)
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE)
    await page.goto(`${shop.url}/?turnout_opt_out=true`)
    await page.goto(`${shop.url}/`)
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE_OF_ORIGIN)
  })

  it.each([
    ['bold', HEADLINE],
    ['control', HEADLINE_OF_ORIGIN],
  ])('shows the variation %s to whoever has a link to a preview, and keeps nothing', async (variation, headline) => {
    const { page, problems } = await chromium.open()
    const expiresSeconds = Math.ceil(Date.now() / 1000) + 60
    const grant = { expiresSeconds, forces: [`hero:${variation}`], isDebug: false }
    const link = await previewLink(new URL(`${shop.url}/`), grant, PREVIEW_SECRET)
    await watchFrames(page, 'h1.hero')
    await page.goto(link.href)
    expect(await paintedTexts(page)).toEqual([headline])
    expect(await page.context().cookies()).toEqual([])
    expect(problems).toEqual([])
  })

  it('shows nobody a variation for an address that they have made up', async () => {
    const { page } = await chromium.open(visitor('carl', shop))
    await page.goto(`${shop.url}/?turnout_force=hero:bold&turnout_token=1.9999999999.${'A'.repeat(43)}`)
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE_OF_ORIGIN)
  })

  it('is that of the origin for one request with turnout_off', async () => {
    const { page } = await chromium.open(visitor('bea', shop))
    await page.goto(`${shop.url}/?turnout_off=true`)
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE_OF_ORIGIN)
    await page.goto(`${shop.url}/`)
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE)
  })
})

inChromium('a visit to the shop as static assets of the Worker', (chromium) => {
  let shop: Shop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startShop(whenDone, { datafile, mode: 'assets' })
  })

  it('is the same as to a site elsewhere', async () => {
    const { page, problems } = await chromium.open(visitor('bea', shop))
    await watchFrames(page, 'h1.hero')
    await page.goto(`${shop.url}/`)
    expect(await paintedTexts(page)).toEqual([HEADLINE])
    await page.goto(`${shop.url}/product`)
    expect(page.url()).toBe(`${shop.url}/new`)
    expect(problems).toEqual([])
  })
})
