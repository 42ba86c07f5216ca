import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, onTestFinished, test, vi } from 'vitest'
import { inChromium } from '../browser/chromium.ts'
import { faultsOf } from './protocol.ts'
import { firstImpressions, startService } from './service.ts'

const LONG = { timeout: 30_000, interval: 50 }

inChromium("OpenFeature's React SDK in Chromium, at another origin than Turnout", (chromium) => {
  test('shows the flags, follows a context and a datafile that change, and has what was shown counted', async () => {
    const service = await startService(onTestFinished)
    const { page, problems } = await chromium.open()
    const seen = await watch(page)
    await page.goto(`${await serveApp()}?turnout=${service.url}`)
    await expectShop(page, { title: 'Hello', checkout: 'old checkout', button: 'Continue' })
    expect(seen.methods).toContain('OPTIONS')
    await vi.waitFor(() => expect(seen.statuses).toContain(304), LONG)
    expect(firstImpressions(service.logged)).toBe(0)

    await page.click('#move')
    await expectShop(page, { title: 'Grüezi', checkout: 'new checkout', button: 'Pay now' })
    await vi.waitFor(() => expect(exposuresOf(seen.posted)).toEqual(['banner on', 'button on', 'checkout on']), LONG)
    await vi.waitFor(() => expect(firstImpressions(service.logged)).toBeGreaterThanOrEqual(1), LONG)

    service.publish(8, 'off')
    await expectShop(page, { title: 'Hello', checkout: 'old checkout', button: 'Continue' })
    expect(seen.faults).toEqual([])
    expect(problems).toEqual([])
  })

  test('shows a returning user what the browser kept while Turnout cannot be reached', async () => {
    const service = await startService(onTestFinished)
    const { page } = await chromium.open()
    const app = `${await serveApp()}?turnout=${service.url}`
    await page.goto(app)
    await expectShop(page, { title: 'Hello', checkout: 'old checkout', button: 'Continue' })
    await page.route(`${service.url}/**`, (route) => route.abort())
    await page.goto(app)
    await expectShop(page, { title: 'Hello', checkout: 'old checkout', button: 'Continue' })
  })
})

test('the hook is the one in docs/openfeature.md', async () => {
  const [hook, documentation] = await Promise.all([
    readFile(new URL('app/count-exposures.ts', import.meta.url), 'utf8'),
    readFile(new URL('../../docs/openfeature.md', import.meta.url), 'utf8'),
  ])
  expect(documentation).toContain(hook)
})

type Page = Awaited<ReturnType<Parameters<Parameters<typeof inChromium>[1]>[0]['open']>>['page']

interface Seen {
  /** Of all requests to Turnout, preflights among them. */
  readonly methods: string[]
  readonly statuses: number[]
  /** What is not as the protocol has it. */
  readonly faults: string[]
  /** Bodies of what was sent to be counted. */
  readonly posted: string[]
}

/** Writes down what goes between the page and Turnout. */
async function watch(page: Page): Promise<Seen> {
  const seen: Seen = { methods: [], statuses: [], faults: [], posted: [] }
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  session.on('Network.requestWillBeSent', ({ request }) => {
    if (request.url.includes('/ofrep/')) seen.methods.push(request.method)
  })
  page.on('request', (request) => {
    if (request.url().endsWith('/v1/events')) seen.posted.push(request.postData() ?? '')
  })
  page.on('response', async (response) => {
    if (!response.url().includes('/ofrep/')) return
    const status = response.status()
    const body = status === 304 ? '' : await response.text()
    const contentType = response.headers()['content-type'] ?? null
    seen.faults.push(...faultsOf({ url: response.url(), status, contentType, body }))
    seen.statuses.push(status)
  })
  return seen
}

function exposuresOf(posted: readonly string[]): readonly string[] {
  const events: { flagKey: string; variationKey: string }[] = posted.flatMap((body) => JSON.parse(body).events)
  return events.map(({ flagKey, variationKey }) => `${flagKey} ${variationKey}`).toSorted()
}

interface Shown {
  readonly title: string
  readonly checkout: string
  readonly button: string
}

async function expectShop(page: Page, shown: Shown): Promise<void> {
  const read = async (): Promise<Shown> => ({
    title: await page.locator('h1').innerText(),
    checkout: await page.locator('#checkout').innerText(),
    button: await page.locator('button[type=submit]').innerText(),
  })
  await vi.waitFor(async () => expect(await read()).toEqual(shown), LONG)
}

let app: Promise<string> | undefined

/** The app as one script, made once. */
function bundleApp(): Promise<string> {
  app ??= build({
    entryPoints: [fileURLToPath(new URL('app/app.tsx', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '')
  return app
}

/** The URL of a page with the app in it, on a server of its own. */
async function serveApp(): Promise<string> {
  const code = await bundleApp()
  const server = createServer(({ url }, response) => {
    const isScript = url === '/app.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? code : PAGE)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  return `http://127.0.0.1:${address.port}/`
}

const PAGE =
  '<!doctype html><link rel="icon" href="data:,"><title>Shop</title><div id="root"></div><script type="module" src="/app.js"></script>'
