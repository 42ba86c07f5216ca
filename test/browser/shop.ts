/** The shop of examples/ with the real Worker before it, in raw workerd, for tests that look at it with a browser. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContextOptions } from 'playwright-core'
import { buildShop } from '../../examples/shop/build.ts'
import { type ShopSite, serveShop } from '../../examples/shop/serve.ts'
import { bundleWorker } from '../faults/bundle.ts'
import { startFakeKv } from '../faults/fake-kv.ts'
import { startWorkerd } from '../faults/workerd.ts'

export const SDK_KEY = 'pages'
export const PREVIEW_SECRET = 'secret-of-the-tests'

export interface Shop {
  /** Where visitors see it, through the Worker; without a slash at the end. */
  readonly url: string
  /** Where it is without the Worker. */
  readonly originUrl: string
  /** The Worker's log. */
  readonly logged: readonly string[]
}

export interface ShopOptions {
  /** Made when it is known where the shop is. */
  readonly datafile: (url: string) => object
  /** `url` by default; `assets`: the shop is bound as the Worker's static assets. */
  readonly mode?: 'url' | 'assets'
  readonly variables?: Readonly<Record<string, string>>
  /** The origin sends a half of each page, and the other half so much later. */
  readonly pauseMs?: number
}

/**
 * What React and Vue write to the console, in builds for production, where the HTML that they hydrate is not what they
 * would have rendered. They put it right before anything is painted, and the script puts the edits back.
 */
export const FOUND_CHANGED = /^Error: Minified React error #418|^Hydration completed but contains mismatches/

/** What a test gives to have something ended with it. */
type WhenDone = (end: () => Promise<void>) => void

/** Starts it all, cold; it ends when `whenDone` says. */
export async function startShop(whenDone: WhenDone, options: ShopOptions): Promise<Shop> {
  const { datafile, mode = 'url', variables, pauseMs } = options
  const folder = await mkdtemp(join(tmpdir(), 'turnout-shop-'))
  whenDone(() => rm(folder, { recursive: true, force: true }))
  const shop = await serveShop({ folder: await buildShop(folder) })
  whenDone(async () => shop.stop())
  const site = pauseMs === undefined ? shop : await serveSlowly(shop.url, pauseMs)
  whenDone(async () => site.stop())
  const kv = await startFakeKv()
  whenDone(kv.stop)
  const workerd = await startWorkerd({
    code: await bundleWorker(),
    kvPort: kv.port,
    variables: { ORIGIN: mode === 'assets' ? mode : site.url, SDK_KEY, PREVIEW_SECRET, ...variables },
    ...(mode === 'assets' ? { assetsPort: Number(new URL(site.url).port) } : { outbound: 'loopback' }),
  })
  whenDone(workerd.stop)
  const value = JSON.stringify(datafile(workerd.url))
  const stamp = { generation: 1, revision: '1', sha256: createHash('sha256').update(value).digest('hex') }
  for (const key of [`datafile:${SDK_KEY}`, `last-good:${SDK_KEY}`]) kv.set(key, value, stamp)
  return { url: workerd.url, originUrl: site.url, logged: workerd.logged }
}

/** The same site as at another address, but for its pages, which come in halves. */
async function serveSlowly(url: string, pauseMs: number): Promise<ShopSite> {
  const server = createServer(async (request, response) => {
    const answer = await fetch(`${url}${request.url}`)
    const body = Buffer.from(await answer.arrayBuffer())
    const isPage = answer.headers.get('content-type')?.startsWith('text/html') === true
    response.writeHead(answer.status, Object.fromEntries([...answer.headers].filter(([name]) => PASSED_ON.test(name))))
    response.write(isPage ? body.subarray(0, body.length / 2) : body)
    if (isPage) await sleep(pauseMs)
    response.end(isPage ? body.subarray(body.length / 2) : '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  return { url: `http://127.0.0.1:${address.port}`, stop: () => server.close() }
}

const PASSED_ON = /^(?:content-type|content-security-policy|etag)$/

/** Opens a browser as somebody who has been to the shop before, under a name that the datafile may list. */
export function visitor(userId: string, { url }: Pick<Shop, 'url'>): BrowserContextOptions {
  const { hostname } = new URL(url)
  const cookie = { name: 'turnout_visitor', value: userId, domain: hostname, path: '/' }
  const asBrowsersKeepIt = { expires: -1, httpOnly: false, secure: false, sameSite: 'Lax' } as const
  return { storageState: { cookies: [{ ...cookie, ...asBrowsersKeepIt }], origins: [] } }
}
