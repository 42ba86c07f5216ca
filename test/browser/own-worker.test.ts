import { expect, it } from 'vitest'
import { experimentDatafile } from '../proxy/experiment.ts'
import { startOwnWorker, turnoutWith } from '../proxy/own-workers.ts'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium } from './chromium.ts'

const ON_SHOP = [{ type: 'attribute', selector: 'h1', attributes: { text: 'Buy once.' } }]
const ON_STORIES = [
  { type: 'attribute', selector: 'h1', attributes: { text: 'Read on.' } },
  { type: 'custom_css', value: 'h1{color:rgb(1,2,3)}' },
]

function pageAt(key: string, path: string): object {
  const conditions = ['or', { type: 'url', match: 'regex', value: `^[^?]*:\\d+${path}$` }]
  return { id: key, key, conditions, hydrates: false, clientNavigation: true }
}

const datafile = experimentDatafile({
  experiment: {
    pageIds: ['shop', 'stories'],
    variations: [
      {
        id: 'v-on',
        key: 'on',
        actions: [
          { pageId: 'shop', changes: ON_SHOP },
          { pageId: 'stories', changes: ON_STORIES },
        ],
      },
    ],
  },
  datafile: { pages: [pageAt('shop', '/'), pageAt('stories', '/stories')] },
})

inChromium('A page of somebody else’s Worker', (chromium) => {
  const whenDone = endAfterAll()
  const started = turnoutWith(whenDone, datafile).then((turnout) =>
    startOwnWorker(whenDone, 'examples/own-worker/worker.ts', { turnout }),
  )

  it('is in its variation, and stays in it as it navigates by itself', async () => {
    const { workerd, visit } = await started
    await visit('/')
    const { page, problems } = await chromium.open()
    await page.goto(workerd.url)
    expect(await page.textContent('h1')).toBe('Buy once.')
    await page.evaluate(() => history.pushState({}, '', '/stories'))
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Read on.')
    expect(await page.evaluate(() => getComputedStyle(document.body.children[0] as Element).color)).toBe('rgb(1, 2, 3)')
    await page.goBack()
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Buy once.')
    expect(problems).toEqual([])
  })

  it('is known again by the Worker’s own cookie, which is the only one', async () => {
    const { workerd } = await started
    const { page } = await chromium.open()
    await page.goto(workerd.url)
    const [first, ...others] = await page.context().cookies()
    await page.reload()
    expect(await page.context().cookies()).toEqual([first])
    expect([first?.name, others]).toEqual(['shop_visitor', []])
  })
})
