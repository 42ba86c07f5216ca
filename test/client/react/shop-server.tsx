/** A server that renders the shop, and answers and counts as the Worker does. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { renderToPipeableStream } from 'react-dom/server'
import { onTestFinished } from 'vitest'
import { createDecisionStore, decisionsScript, type Handoff } from '../../../src/client/index.ts'
import type { EventsRequest } from '../../../src/protocol/events.ts'
import { Shop } from './apps/shop.tsx'
import { bundleForDevelopers } from './in-browser.ts'

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
export async function startShop(handoff: Handoff | null): Promise<ShopServer> {
  const asked: unknown[] = []
  const reported: EventsRequest[] = []
  const script = await bundleForDevelopers('apps/shop-client.tsx')

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url) {
      case '/':
        return renderPage(handoff, response)
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

/** The handed-off decisions stand before the app's script, which is run once the page is there. */
async function renderPage(handoff: Handoff | null, response: ServerResponse): Promise<void> {
  const store = createDecisionStore({ url: '/flags', key: 'shop', user: { userId: 'u1' }, initial: handoff })
  const head = `<title>Shop</title>${handoff === null ? '' : decisionsScript(handoff)}<script src="/app.js" defer></script>`
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.write(`<!doctype html><html lang="en"><head>${head}</head><body><div id="root">`)
  const { pipe } = renderToPipeableStream(<Shop store={store} />)
  for await (const part of pipe(new PassThrough())) response.write(part)
  response.end('</div></body></html>')
}
