/**
 * The shop as a site of its own, for a Worker to stand before. `/` is rendered in the browser, with decisions that the
 * Worker hands over; `/rendered` is the same shop rendered here, with decisions that this server has asked for.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Plugin, preview } from 'vite'

/** What the server's bundle, of src/server.tsx, exports. */
interface Server {
  renderPage(template: string, visit: { url: string; key: string; userId: string }): AsyncIterable<string>
  visitorOf(cookies: string): string | undefined
  visitorCookie(userId: string): string
}

/** Nothing inline is run, and nothing comes from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export interface ReactShopSite {
  readonly url: string
  stop(): Promise<void>
}

export interface ReactShopSiteOptions {
  /** What `buildReactShop` made. */
  readonly folder: string
  /** Where this server asks for decisions; known when the first page is asked for. */
  readonly turnout: () => string
}

/** Serves it on a free port of this machine. */
export async function serveReactShop({ folder, turnout }: ReactShopSiteOptions): Promise<ReactShopSite> {
  const { renderPage, visitorCookie, visitorOf }: Server = await import(
    pathToFileURL(join(folder, 'server/server.js')).href
  )
  const template = await readFile(join(folder, 'site/index.html'), 'utf8')

  async function render(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const known = visitorOf(request.headers.cookie ?? '')
    const userId = known ?? randomUUID()
    if (known === undefined) response.setHeader('Set-Cookie', visitorCookie(userId))
    response
      .setHeader('Content-Type', 'text/html; charset=utf-8')
      .setHeader('Cache-Control', 'private, no-cache')
      .setHeader('Content-Security-Policy', POLICY)
    for await (const part of renderPage(template, { url: turnout(), key: 'react-shop', userId })) response.write(part)
    response.end()
  }

  const rendered: Plugin = {
    name: 'rendered',
    configurePreviewServer({ middlewares }) {
      middlewares.use('/rendered', (request, response, next) => void render(request, response).catch(next))
    },
  }
  const server = await preview({
    configFile: false,
    root: folder,
    logLevel: 'warn',
    build: { outDir: 'site' },
    plugins: [rendered],
    preview: { host: '127.0.0.1', port: 0, headers: { 'Content-Security-Policy': POLICY } },
  })
  const address = server.httpServer.address()
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  return { url: `http://127.0.0.1:${address.port}`, stop: () => server.close() }
}
