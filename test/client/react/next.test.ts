import { createRequire } from 'node:module'
import { build } from 'esbuild'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Handoff } from '../../../src/client/index.ts'
import { inChromium } from '../../browser/chromium.ts'
import { startDemoWorker } from './demo-worker.ts'
import { bundleApp, PACKAGE, RECIPES } from './in-browser.ts'

/** What a framework imports on its server. */
interface ServerApp {
  decisionsFor(userId: string): Promise<Handoff | null>
  render(userId: string, initial: Handoff | null): string
}

const PAGE = `
  import { useVariable } from 'turnout/react'
  import { Flags } from './next-client.tsx'
  const Pay = () => <button type="button">{useVariable('checkout', 'button_text', 'Buy')}</button>
  const App = ({ userId, initial }) => <Flags userId={userId} initial={initial}><Pay /></Flags>
`

const ON_SERVER = `
  import { renderToString } from 'react-dom/server'
  export { decisionsFor } from './next-server.ts'
  export const render = (userId, initial) => renderToString(<App userId={userId} initial={initial} />)
`

const IN_BROWSER = `
  import { hydrateRoot } from 'react-dom/client'
  hydrateRoot(document.querySelector('main'), <App {...self.props} />, {
    onRecoverableError(error) { console.error(String(error)) },
  })
`

let server: ServerApp

beforeAll(async () => {
  server = await loadOnServer(PAGE + ON_SERVER)
})

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('The function for a server of Next.js', () => {
  it('asks once, without counting, and hands over what the Worker decided for the user', async () => {
    const worker = await startDemoWorker()
    const asked = answerFrom((url, init) => fetch(`${worker.url}/?${url.searchParams}`, init))
    const handoff = await server.decisionsFor('u1 & co')
    expect(asked).toEqual(['https://flags.example/?feature=*&userId=u1+%26+co&key=demo&disableTracking=true'])
    expect(handoff?.user).toEqual({ userId: 'u1 & co', attributes: {} })
    expect(handoff?.decisions.map(({ flagKey }) => flagKey)).toContain('checkout')
  })

  it('leaves out flags that failed', async () => {
    answerFrom(async () => Response.json([{ flagKey: 'broken', error: { code: 'evaluation_failed', message: '' } }]))
    expect(await server.decisionsFor('u1')).toEqual({ user: { userId: 'u1', attributes: {} }, decisions: [] })
  })

  it.each<[string, (url: URL, init: RequestInit) => Promise<Response>]>([
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['answers with a failure', async () => new Response('{}', { status: 503 })],
    ['answers what is no JSON', async () => new Response('<html>')],
    ['answers what is no list', async () => Response.json({ flags: {} })],
    ['does not answer', (_, { signal }) => new Promise((_, reject) => whenAborted(signal, reject))],
  ])('lets the browser ask where the Worker %s', async (_, answer) => {
    answerFrom(answer)
    expect(await server.decisionsFor('u1')).toBeNull()
  })
})

inChromium('A layout of Next.js', (chromium) => {
  it.each([
    ['what was handed over, and asks for nothing', true, 'Pay now', 0],
    ['the defaults where nothing was, and asks', false, 'Buy', 1],
  ])('renders and hydrates %s', async (_, isHandedOver, text, requests) => {
    const worker = await startDemoWorker()
    answerFrom((url, init) => fetch(`${worker.url}/?${url.searchParams}`, init))
    const initial = isHandedOver ? await server.decisionsFor('u1') : null
    vi.unstubAllGlobals()
    const html = server.render('u1', initial)
    expect(html).toContain(text)

    const { page, problems } = await chromium.open()
    const exchanges = await worker.answerAt('https://flags.example', page.context())
    const body = `<!doctype html><title>Shop</title><main>${html}</main>`
    await page.route('https://shop.example/', (route) => route.fulfill({ contentType: 'text/html', body }))
    await page.goto('https://shop.example/')
    await page.evaluate(`self.props = ${JSON.stringify({ userId: 'u1', initial })}`)
    await page.addScriptTag({ content: await bundleApp(PAGE + IN_BROWSER) })
    await vi.waitFor(() => expect(exchanges.counted).toEqual(['u1 saw checkout one_page']), 20_000)
    expect([await page.textContent('button'), exchanges.asked, exchanges.faults]).toEqual(['Pay now', requests, []])
    expect(problems).toEqual([])
  })
})

/** Puts this in the place of the network, and tells what was asked for. */
function answerFrom(answer: (url: URL, init: RequestInit) => Promise<Response>): readonly string[] {
  const network = fetch
  const asked: string[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    if (!url.startsWith('https://flags.example')) return network(url, init)
    asked.push(url)
    return answer(new URL(url), init)
  })
  return asked
}

function whenAborted(signal: RequestInit['signal'], end: (reason: unknown) => void): void {
  signal?.addEventListener('abort', () => end(signal.reason))
}

async function loadOnServer(contents: string): Promise<ServerApp> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: RECIPES, loader: 'tsx' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    jsx: 'automatic',
    alias: PACKAGE,
    external: ['react', 'react-dom'],
  })
  const module: { exports: Partial<ServerApp> } = { exports: {} }
  const run = new Function('require', 'module', outputFiles[0]?.text ?? '')
  run(createRequire(import.meta.url), module)
  const { decisionsFor, render } = module.exports
  if (decisionsFor === undefined || render === undefined) throw new Error('The app exports something else')
  return { decisionsFor, render }
}
