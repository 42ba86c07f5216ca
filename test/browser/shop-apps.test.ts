import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium, layoutShift } from './chromium.ts'
import { paintedTexts, watchFrames } from './frames.ts'
import { FOUND_CHANGED, type Shop, startShop, visitor } from './shop.ts'
import { experimentsOn, type ShopExperiment } from './shop-experiments.ts'

const LEAD = 'Yours in the colour that you like, and ours to mend.'
const PROMISE = '<p class="small" id="promise">Made within a week.</p>'

/** An app of the shop, and where in it the same things are. */
interface App {
  readonly name: string
  readonly path: string
  /** A text that the app writes once and never again. */
  readonly lead: string
  /** A text that the app writes from its state, what it is at first, and after `choice` is clicked. */
  readonly title: string
  readonly titleAfter: string
  readonly actions: string
  /** A list that the app renders. */
  readonly list: string
  /** One of its items. */
  readonly removed: string
  readonly choice: string
  readonly total: string
}

const KETTLE: App = {
  name: 'React',
  path: '/react',
  lead: '#kettle-lead',
  title: '#kettle-title',
  titleAfter: 'Your kettle in clay',
  actions: '#kettle-actions',
  list: '#extras',
  removed: '#extra-engraving',
  choice: '[data-colour="clay"]',
  total: '#kettle-total',
}

const LAMP: App = {
  name: 'Vue',
  path: '/vue',
  lead: '#lamp-lead',
  title: '#lamp-title',
  titleAfter: 'Your lamp in moss',
  actions: '#lamp-actions',
  list: '#rooms',
  removed: '#room-table',
  choice: '[data-shade="moss"]',
  total: '#lamp-total',
}

/** What the Worker makes, which is all that the visitor `edda` gets, and what only the script in the page can. */
function experimentsWith({ path, lead, actions, list, removed }: App): readonly ShopExperiment[] {
  return [
    {
      key: 'edge',
      path,
      visitors: { edda: 'bold' },
      changes: [
        { type: 'attribute', selector: lead, attributes: { text: LEAD, class: 'lead bold' } },
        { type: 'insert_html', selector: actions, operator: 'after', value: PROMISE },
        { type: 'insert_html', selector: list, operator: 'prepend', value: '<li id="first">Free of charge</li>' },
      ],
    },
    {
      key: 'browser',
      path,
      visitors: { edda: 'control' },
      changes: [{ type: 'attribute', selector: removed, attributes: { remove: true } }],
    },
  ]
}

/** The app answers to clicks, and has had the time to render again. */
async function untilAwake(page: Page, { choice, title, titleAfter }: App): Promise<void> {
  await page.click(choice)
  await page.waitForFunction(([selector, text]) => document.querySelector(selector)?.textContent?.trim() === text, [
    title,
    titleAfter,
  ] as const)
}

/** Everything that the experiment has changed, as it is now. */
async function editsOn(page: Page, { lead, actions, list }: App) {
  const items = await page.locator(`${list} > li:visible`).allTextContents()
  return {
    lead: await page.locator(lead).textContent(),
    leadClass: await page.locator(lead).getAttribute('class'),
    promises: await page.locator(`${actions} + #promise`).count(),
    firstItem: items[0],
    items: items.length,
  }
}

const ALL_EDITS = { lead: LEAD, leadClass: 'lead bold', promises: 1, firstItem: 'Free of charge', items: 3 }

keepsEditsOn(KETTLE)
keepsEditsOn(LAMP)

/** What holds for every framework. */
function keepsEditsOn(app: App): void {
  inChromium(`a page that ${app.name} hydrates`, (chromium) => {
    let shop: Shop
    const whenDone = endAfterAll()
    beforeAll(async () => {
      shop = await startShop(whenDone, { datafile: () => experimentsOn(...experimentsWith(app)) })
    })

    it('is painted as the variation from its first frame on, and never moves', async () => {
      const { page } = await chromium.open(visitor('edda', shop))
      await watchFrames(page, app.lead)
      await page.goto(`${shop.url}${app.path}`)
      await untilAwake(page, app)
      expect(await paintedTexts(page)).toEqual([LEAD])
      expect(await layoutShift(page)).toBe(0)
    })

    it('keeps every edit through hydration, once each', async () => {
      const { page } = await chromium.open(visitor('bea', shop))
      await page.goto(`${shop.url}${app.path}`, { waitUntil: 'networkidle' })
      await page.waitForTimeout(200)
      expect(await editsOn(page, app)).toEqual(ALL_EDITS)
    })

    it('keeps every edit when the app renders again, and shows what the app has changed', async () => {
      const { page } = await chromium.open(visitor('bea', shop))
      await page.goto(`${shop.url}${app.path}`)
      await untilAwake(page, app)
      const before = await page.locator(app.total).textContent()
      await page.click('#more')
      await page.click('#more')
      await page.waitForFunction(([selector, text]) => document.querySelector(selector)?.textContent !== text, [
        app.total,
        before,
      ] as const)
      expect(await page.locator(app.title).textContent()).toContain(app.titleAfter)
      expect(await editsOn(page, app)).toEqual(ALL_EDITS)
    })

    it('comes to rest: what re-applies the edits does not go on for ever', async () => {
      const { page } = await chromium.open(visitor('bea', shop))
      await page.goto(`${shop.url}${app.path}`)
      await untilAwake(page, app)
      await page.waitForTimeout(300)
      const mutations = await page.evaluate(async () => {
        let count = 0
        new MutationObserver((records) => {
          count += records.length
        }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
        await new Promise((resolve) => setTimeout(resolve, 500))
        return count
      })
      expect(mutations).toBe(0)
    })

    it('is the app of the origin for whoever is in control, without an error', async () => {
      const { page, problems } = await chromium.open(visitor('carl', shop))
      await page.goto(`${shop.url}${app.path}`)
      await untilAwake(page, app)
      expect(await page.locator('#promise, #first').count()).toBe(0)
      expect(await page.locator(`${app.list} > li`).count()).toBe(3)
      expect(problems).toEqual([])
    })

    it('reports nothing but that the framework has found the page changed, once', async () => {
      const { page, problems } = await chromium.open(visitor('bea', shop))
      await page.goto(`${shop.url}${app.path}`)
      await untilAwake(page, app)
      expect(problems).toEqual([expect.stringMatching(FOUND_CHANGED)])
    })
  })
}
