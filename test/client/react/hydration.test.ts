import type { Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { type Chromium, inChromium, type OpenPage } from '../../browser/chromium.ts'
import { REACTS, type ReactVersion } from './in-browser.ts'
import { HANDOFF, type ShopServer, startShop } from './shop-server.ts'

const KNOWN = 'Pay now </script><!-- é No badge Pay now </script><!-- é ready'

interface Visit extends OpenPage {
  readonly shop: ShopServer
}

interface Rendered {
  readonly handoff: typeof HANDOFF | null
  readonly react: ReactVersion
}

async function visit(chromium: Chromium, { handoff, react }: Rendered): Promise<Visit> {
  const shop = await startShop(handoff, react)
  const opened = await chromium.open()
  await opened.page.goto(shop.url)
  return { ...opened, shop }
}

/** Every text that the app's place has had since the server's. */
function seen(page: Page): Promise<readonly string[]> {
  return page.evaluate('seen')
}

function recovered(page: Page): Promise<unknown> {
  return page.evaluate('problems')
}

inChromium('A page that React renders on the server', (chromium) => {
  describe.each(REACTS)('in React %s', (react) => {
    it('starts with what the server decided: one text from first byte to hydrated, and no request', async () => {
      const { page, problems, shop } = await visit(chromium, { handoff: HANDOFF, react })
      await vi.waitFor(() => expect(shop.reported.length).toBeGreaterThan(0), 10_000)
      expect(await seen(page)).toEqual([KNOWN])
      expect(await recovered(page)).toEqual([])
      expect(problems).toEqual([])
      expect(shop.asked).toEqual([])
    })

    it('counts in the browser what is seen there, once, also in strict mode', async () => {
      const { page, shop } = await visit(chromium, { handoff: HANDOFF, react })
      await vi.waitFor(() => expect(shop.reported.length).toBeGreaterThan(0), 10_000)
      await page.goto('about:blank')
      const events = shop.reported.flatMap((report) => report.events)
      expect(events.map((event) => event.type === 'exposure' && [event.flagKey, event.variationKey])).toEqual([
        ['checkout', 'one_page'],
        ['badge', 'off'],
      ])
      expect(shop.reported.map(({ key, userId }) => [key, userId])).toEqual(shop.reported.map(() => ['shop', 'u1']))
    })

    it('shows the defaults without decisions from the server, and what is decided once it is fetched', async () => {
      const { page, problems, shop } = await visit(chromium, { handoff: null, react })
      await vi.waitFor(async () => expect((await seen(page)).at(-1)).toBe(KNOWN), 10_000)
      const [first, ...later] = await seen(page)
      expect(first).toBe('Buy No badge Buy loading')
      // What waits keeps the server's text, and never falls back to less.
      expect(later.join()).not.toContain('wait')
      expect(await recovered(page)).toEqual([])
      expect(problems).toEqual([])
      expect(shop.asked).toMatchObject([{ feature: '*', key: 'shop', userId: 'u1', disableTracking: true }])
    })
  })
})
