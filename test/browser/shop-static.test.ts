import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium, layoutShift } from './chromium.ts'
import { paintedTexts, watchFrames } from './frames.ts'
import { type Shop, startShop, visitor } from './shop.ts'
import { experimentsOn } from './shop-experiments.ts'

const HEADLINE = 'Buy once. Keep forever.'
const HEADLINE_OF_ORIGIN = 'Well-made things for an unhurried home.'

/** What the Worker can do in the HTML, and CSS. */
const AT_THE_EDGE = {
  key: 'hero',
  path: '/',
  page: { hydrates: false },
  changes: [
    {
      type: 'attribute',
      selector: 'h1.hero',
      attributes: { text: HEADLINE, class: 'hero bold' },
      css: { color: 'rgb(168, 75, 37)' },
    },
    { type: 'attribute', selector: '#cta', attributes: { href: '/product' } },
    { type: 'insert_html', selector: '#cta', operator: 'after', value: '<p id="promise">Free returns</p>' },
    { type: 'insert_image', selector: '#cta', operator: 'before', value: '/pictures/seal.svg' },
    // Stands before the page's own styles, so that what is as specific as these loses; and gives the picture its place.
    { type: 'custom_css', value: '.hero.bold { letter-spacing: 2px } img:has(+ #cta) { width: 72px; height: 72px }' },
  ],
}

/** What only the browser can do. */
const IN_THE_BROWSER = {
  key: 'order',
  path: '/',
  page: { hydrates: false },
  changes: [
    { type: 'rearrange', selector: '#reviews', insertSelector: '#gallery', operator: 'before' },
    { type: 'attribute', selector: 'main > :is(.letter)', attributes: { remove: true } },
    { type: 'custom_code', value: 'document.documentElement.dataset.greeting = "Gr\u00fc\u00dfe"' },
    { type: 'custom_code', value: 'throw new Error("of the author")' },
    { type: 'custom_code', value: 'document.documentElement.dataset.after = "yes"' },
  ],
}

inChromium('a static page with edits that the Worker makes', (chromium) => {
  let shop: Shop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startShop(whenDone, { datafile: () => experimentsOn(AT_THE_EDGE) })
  })

  it('is painted as the variation from its first frame on, and never moves', async () => {
    const { page, problems } = await chromium.open(visitor('bea', shop))
    await watchFrames(page, 'h1.hero')
    await page.goto(`${shop.url}/`)
    expect(await layoutShift(page)).toBe(0)
    expect(await paintedTexts(page)).toEqual([HEADLINE])
    expect(problems).toEqual([])
  })

  it('has every edit in it', async () => {
    const { page } = await chromium.open(visitor('bea', shop))
    await page.goto(`${shop.url}/`)
    const hero = page.locator('h1.hero')
    expect(await hero.getAttribute('class')).toBe('hero bold')
    const look = await hero.evaluate((element) => {
      const { color, letterSpacing } = getComputedStyle(element)
      return { color, letterSpacing }
    })
    expect(look).toEqual({ color: 'rgb(168, 75, 37)', letterSpacing: '2px' })
    expect(await page.locator('#cta').getAttribute('href')).toBe('/product')
    expect(await page.locator('#cta + #promise').textContent()).toBe('Free returns')
    expect(await page.locator('img:has(+ #cta)').evaluate((image: HTMLImageElement) => image.src)).toBe(
      `${shop.url}/pictures/seal.svg`,
    )
  })

  it('keeps the strict policy of the origin, with nothing in it that would let other scripts run', async () => {
    const { page, problems } = await chromium.open(visitor('bea', shop))
    const response = await page.goto(`${shop.url}/`)
    const policy = response?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.documentElement.dataset.foreign = "yes"'
      document.head.append(script)
    })
    expect(await page.locator('html').getAttribute('data-foreign')).toBeNull()
    expect(problems).toEqual([expect.stringContaining('Content Security Policy')])
  })

  it('is the page of the origin for whoever is in control', async () => {
    const { page, problems } = await chromium.open(visitor('carl', shop))
    await watchFrames(page, 'h1.hero')
    await page.goto(`${shop.url}/`)
    expect(await paintedTexts(page)).toEqual([HEADLINE_OF_ORIGIN])
    expect(await page.locator('#promise').count()).toBe(0)
    expect(await page.locator('[data-turnout]').count()).toBe(0)
    expect(problems).toEqual([])
  })

  it('is the same when it is reloaded, and when a visitor comes back to it', async () => {
    const { page, problems } = await chromium.open(visitor('bea', shop))
    await page.goto(`${shop.url}/`)
    await page.reload()
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE)
    await page.goto(`${shop.url}/cart`)
    await page.goBack()
    expect(await page.locator('h1.hero').textContent()).toBe(HEADLINE)
    expect(await page.locator('#promise').count()).toBe(1)
    expect(problems).toEqual([])
  })

  it('gives a new visitor one cookie, and the same variation ever after', async () => {
    const { page } = await chromium.open()
    await page.goto(`${shop.url}/`)
    const first = await page.locator('h1.hero').textContent()
    const cookies = await page.context().cookies()
    expect(cookies).toEqual([
      expect.objectContaining({ name: 'turnout_visitor', path: '/', secure: true, sameSite: 'Lax' }),
    ])
    await page.goto(`${shop.url}/`)
    expect(await page.locator('h1.hero').textContent()).toBe(first)
    expect(await page.context().cookies()).toEqual(cookies)
  })

  it('is left alone where no experiment is about it', async () => {
    const { page } = await chromium.open()
    const response = await page.goto(`${shop.url}/cart`)
    expect(await response?.text()).toBe(await (await fetch(`${shop.originUrl}/cart`)).text())
    expect(await page.context().cookies()).toEqual([])
  })
})

inChromium('a static page with edits that only the browser can make', (chromium) => {
  let shop: Shop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startShop(whenDone, { datafile: () => experimentsOn(IN_THE_BROWSER) })
  })

  it('has them when it is loaded, one that throws among them stopping no other', async () => {
    const { page } = await chromium.open(visitor('bea', shop))
    await page.goto(`${shop.url}/`)
    const sections = await page.locator('main > section').evaluateAll((all) => all.map(({ id }) => id))
    expect(sections.slice(1, 4)).toEqual(['products', 'reviews', 'gallery'])
    expect(await page.locator('.letter:visible').count()).toBe(0)
    const { dataset } = await page.locator('html').evaluate((html) => ({ dataset: { ...html.dataset } }))
    expect(dataset).toMatchObject({ greeting: 'Gr\u00fc\u00dfe', after: 'yes' })
  })

  it('never shows an element that is removed', async () => {
    const { page } = await chromium.open(visitor('bea', shop))
    await watchFrames(page, '.letter')
    await page.goto(`${shop.url}/`)
    expect(await paintedTexts(page)).toEqual([])
  })
})

inChromium('a page that its origin sends slowly', (chromium) => {
  const pauseMs = 2_000
  let shop: Shop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startShop(whenDone, { datafile: () => experimentsOn(AT_THE_EDGE), pauseMs })
  })

  it('is painted as the variation as far as it has come', async () => {
    const { page, problems } = await chromium.open(visitor('bea', shop))
    await watchFrames(page, 'h1.hero')
    await page.goto(`${shop.url}/`)
    expect(await firstPaintMs(page)).toBeLessThan(pauseMs)
    expect(await paintedTexts(page)).toEqual([HEADLINE])
    expect(problems).toEqual([])
  })
})

/** Milliseconds from the click to the first content on the screen. */
async function firstPaintMs(page: Page): Promise<number> {
  return await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.POSITIVE_INFINITY,
  )
}
