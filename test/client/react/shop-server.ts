/** A server that renders the shop, and answers and counts as the Worker does. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { Handoff } from '../../../src/client/index.ts'
import type { EventsRequest } from '../../../src/protocol/events.ts'
import { bundleForDevelopers, bundleForServer, type ReactVersion } from './in-browser.ts'

export interface ShopServer {
  readonly url: string
  /** Bodies of the requests for decisions. */
  readonly asked: readonly unknown[]
  readonly reported: readonly EventsRequest[]
}

/** What is decided for everybody. */
const DECISIONS = [
  {
    flagKey: 'checkout',
    enabled: true,
    variationKey: 'one_page',
    ruleKey: 'test',
    variables: { button_text: 'Pay now </script><!-- é' },
  },
  { flagKey: 'badge', enabled: false, variationKey: 'off', ruleKey: 'rollout', variables: {} },
]

export const HANDOFF: Handoff = { user: { userId: 'u1', attributes: {} }, decisions: DECISIONS }

/** `handoff`: what stands in the page and what it is rendered with, or nothing. */
export async function startShop(handoff: Handoff | null, react: ReactVersion): Promise<ShopServer> {
  const asked: unknown[] = []
  const reported: EventsRequest[] = []
  const script = await bundleForDevelopers('apps/shop-client.tsx', react)
  const renderPage = await rendererWith(react)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url) {
      case '/':
        response.setHeader('Content-Type', 'text/html; charset=utf-8')
        for await (const part of renderPage(handoff)) response.write(part)
        response.end()
        return
      case '/app.js':
        response.end(script)
        return
      case '/flags/':
        asked.push(JSON.parse(await text(request)))
        response.end(JSON.stringify(DECISIONS))
        return
      case '/flags/v1/events':
        reported.push(JSON.parse(await text(request)))
        response.end('{"accepted":1,"refused":[]}')
        return
      default:
        response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end()
    }
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return { url: `http://127.0.0.1:${address.port}/`, asked, reported }
}

type RenderPage = typeof import('./apps/shop-render.tsx').renderPage

/** The page's maker, with that React in it. */
async function rendererWith(react: ReactVersion): Promise<RenderPage> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-render-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'render.cjs')
  await writeFile(file, await bundleForServer('apps/shop-render.tsx', react))
  const { renderPage }: { renderPage: RenderPage } = createRequire(import.meta.url)(file)
  return renderPage
}
