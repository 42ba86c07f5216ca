import { expect, it, vi } from 'vitest'
import { type Chromium, inChromium } from '../../browser/chromium.ts'
import { type DemoWorker, type Exchanges, startDemoWorker } from './demo-worker.ts'
import { bundleApp } from './in-browser.ts'

/** Each as an app has it: the recipe's component, in what its library wants around it. */
const APPS: Readonly<Record<string, string>> = {
  'Redux Toolkit': `
    import { Provider } from 'react-redux'
    import { Pay, store } from './redux.tsx'
    render(<Provider store={store}><Pay /></Provider>)`,
  Zustand: `
    import { Pay } from './zustand.tsx'
    render(<Pay />)`,
  'TanStack Query': `
    import { QueryClientProvider } from '@tanstack/react-query'
    import { client, Pay } from './tanstack-query.tsx'
    render(<QueryClientProvider client={client}><Pay /></QueryClientProvider>)`,
  'plain JavaScript': `import './plain.js'`,
}

const FRAME = `
  import { StrictMode } from 'react'
  import { createRoot } from 'react-dom/client'
  import { flags } from './flags.ts'
  const render = (app) => createRoot(document.querySelector('main')).render(<StrictMode>{app}</StrictMode>)
  Object.assign(self, { flags })
`

const PAGE = '<!doctype html><title>Shop</title><main><button type="button">as it was</button></main>'
const LONG = { timeout: 20_000, interval: 50 }

interface Shop {
  readonly page: Awaited<ReturnType<Chromium['open']>>['page']
  readonly problems: readonly string[]
  readonly exchanges: Exchanges
}

async function openShop(chromium: Chromium, worker: DemoWorker, script: string): Promise<Shop> {
  const { page, problems } = await chromium.open()
  const exchanges = await worker.answerAt('https://flags.example', page.context())
  await page.route('https://shop.example/', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }))
  await page.goto('https://shop.example/')
  await page.addScriptTag({ content: script })
  return { page, problems, exchanges }
}

inChromium('A recipe in docs/react.md', (chromium) => {
  it.each(Object.keys(APPS))('shows what is decided, counts it, and follows the user: %s', async (name) => {
    const worker = await startDemoWorker()
    const { page, problems, exchanges } = await openShop(chromium, worker, await bundleApp(FRAME + APPS[name]))
    await vi.waitFor(async () => expect(await page.textContent('button')).toBe('Pay now'), LONG)
    await page.evaluate("flags.identify({ userId: 'u4' })")
    await vi.waitFor(async () => expect(await page.textContent('button')).toBe('Continue'), LONG)
    await vi.waitFor(() => expect(exchanges.counted.length).toBeGreaterThan(1), LONG)
    expect(exchanges).toEqual({
      asked: 2,
      counted: ['u1 saw checkout one_page', 'u4 saw checkout control'],
      faults: [],
    })
    expect(problems).toEqual([])
  })

  it('tracks: plain JavaScript', async () => {
    const worker = await startDemoWorker()
    const { page, exchanges } = await openShop(chromium, worker, await bundleApp(FRAME + APPS['plain JavaScript']))
    await page.click('button')
    await vi.waitFor(() => expect(exchanges.counted).toContain('u1 did purchase {"revenue":4200}'), LONG)
    expect(exchanges.faults).toEqual([])
  })
})
