import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium, layoutShift } from './chromium.ts'
import { paintedTexts, watchFrames } from './frames.ts'
import { DAWN, DAY, type ReactShop, requestsForDecisions, startReactShop } from './react-shop.ts'
import { visitor } from './shop.ts'

describe.each(['production', 'development'] as const)('the React shop, built for %s', (mode) => {
  inChromium('on its first paint', (chromium) => {
    let shop: ReactShop
    const whenDone = endAfterAll()
    beforeAll(async () => {
      shop = await startReactShop(whenDone, { mode })
    })

    it.each([
      ['rendered in the browser', '/', 'mila', DAY],
      ['rendered in the browser', '/', 'jonas', DAWN],
      ['rendered on the server', '/rendered', 'mila', DAY],
      ['rendered on the server', '/rendered', 'jonas', DAWN],
    ])(
      'is the variation, %s (%s as %s), without a request, a shift or a word from React',
      async (_, path, who, text) => {
        const { page, problems } = await chromium.open(visitor(who, shop))
        const asked = requestsForDecisions(page)
        await watchFrames(page, 'h1')
        await page.goto(`${shop.url}${path}`, { waitUntil: 'networkidle' })
        await untilAwake(page)
        expect(await paintedTexts(page)).toEqual([text])
        expect(await layoutShift(page)).toBe(0)
        expect(asked).toEqual([])
        expect(problems).toEqual([])
      },
    )

    it('would have React complain if the server had rendered another variation', async () => {
      const { page, problems } = await chromium.open(visitor('jonas', shop))
      await page.route(`${shop.url}/rendered`, async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, body: (await response.text()).replace(`<h1>${DAWN}`, `<h1>${DAY}`) })
      })
      await page.goto(`${shop.url}/rendered`, { waitUntil: 'networkidle' })
      await untilAwake(page)
      expect(problems).toEqual([expect.stringMatching(/#418|hydrat/i)])
    })
  })
})

inChromium('the React shop', (chromium) => {
  let shop: ReactShop
  const whenDone = endAfterAll()
  beforeAll(async () => {
    shop = await startReactShop(whenDone)
  })

  it.each(['/', '/rendered'])(
    'gives somebody new a variation of %s, and the same when they come again',
    async (path) => {
      const { page } = await chromium.open()
      await page.goto(`${shop.url}${path}`)
      const first = await page.locator('h1').textContent()
      expect([DAY, DAWN]).toContain(first)
      const visitors = (await page.context().cookies()).filter(({ name }) => name === 'turnout_visitor')
      expect(visitors).toHaveLength(1)
      const asked = requestsForDecisions(page)
      await page.reload()
      await untilAwake(page)
      expect(await page.locator('h1').textContent()).toBe(first)
      expect(asked).toEqual([])
    },
  )

  it('asks by itself where nothing is handed over, as to whoever takes no part', async () => {
    const { page, problems } = await chromium.open({ extraHTTPHeaders: { 'Sec-GPC': '1' } })
    const asked = requestsForDecisions(page)
    await page.goto(shop.url, { waitUntil: 'networkidle' })
    expect(await page.locator('script#turnout-decisions').count()).toBe(0)
    expect(asked).toHaveLength(1)
    expect([DAY, DAWN]).toContain(await page.locator('h1').textContent())
    expect(problems).toEqual([])
  })

  it.each(['/', '/rendered'])('needs no leave of a policy that stops every inline script (%s)', async (path) => {
    const { page, problems } = await chromium.open(visitor('jonas', shop))
    const response = await page.goto(`${shop.url}${path}`, { waitUntil: 'networkidle' })
    expect(await response?.headerValue('content-security-policy')).toContain("script-src 'self'; style-src 'self';")
    expect(await page.locator('script#turnout-decisions').count()).toBe(1)
    expect(await page.locator('h1').textContent()).toBe(DAWN)
    expect(problems).toEqual([])

    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = "run"' }))
    })
    expect(await page.title()).not.toBe('run')
    expect(problems).toEqual([expect.stringContaining("script-src 'self'")])
  })
})

/** The app answers to clicks. */
async function untilAwake(page: Page): Promise<void> {
  await page.locator('.add').first().click()
  await page.locator('.count', { hasText: '1' }).waitFor()
}
