/**
 * The shop as a site of its own, for a Worker with `ORIGIN` to stand before: `node examples/shop/serve.ts --port 9000`.
 * Answers as Workers static assets do: without `.html`, with a tag, 304 and the headers of `_headers`.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildShop } from './build.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface ShopSite {
  readonly url: string
  stop(): void
}

export interface ShopSiteOptions {
  readonly folder: string
  /** Where to listen on this machine; any free port unless given. */
  readonly port?: number
}

/** Serves a folder that `buildShop` made. */
export async function serveShop({ folder, port = 0 }: ShopSiteOptions): Promise<ShopSite> {
  const headers = headersOf(await readFile(join(folder, '_headers'), 'utf8'))
  const server = createServer((request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value)
    void answer(folder, request, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = await read(folder, new URL(request.url ?? '/', 'http://shop').pathname)
  const { status, type, body } = found ?? (await notFound(folder))
  const tag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
  response.setHeader('content-type', type)
  response.setHeader('cache-control', 'public, max-age=0, must-revalidate')
  response.setHeader('etag', tag)
  const isKnown = status === 200 && request.headers['if-none-match'] === tag
  if (isKnown) response.writeHead(304).end()
  else response.writeHead(status, { 'content-length': body.length }).end(request.method === 'HEAD' ? '' : body)
}

interface Found {
  readonly status: number
  readonly type: string
  readonly body: Buffer
}

/** The file of a path that is one of its own, or the page of that name. */
async function read(folder: string, path: string): Promise<Found | null> {
  if (!/^(?:\/[\w-]+(?:\.\w+)?)*\/?$/.test(path)) return null
  const name = path === '/' ? '/index' : path
  for (const file of [name, `${name}.html`]) {
    const type = TYPES[extname(file)]
    if (type === undefined) continue
    const body = await readFile(join(folder, file)).catch(() => null)
    if (body !== null) return { status: 200, type, body }
  }
  return null
}

async function notFound(folder: string): Promise<Found> {
  return { status: 404, type: TYPES['.html'] ?? '', body: await readFile(join(folder, '404.html')) }
}

/** The headers of the rule for every path. */
function headersOf(rules: string): readonly (readonly [name: string, value: string])[] {
  return [...rules.matchAll(/^ +([\w-]+): (.+)$/gm)].map(([, name = '', value = '']) => [name, value] as const)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '9000' } } })
  const { url } = await serveShop({ folder: await buildShop(), port: Number(values.port) })
  console.log(
    `The shop is on ${url}. Put the Worker before it: npx wrangler dev --var ORIGIN:${url} --var SDK_KEY:pages`,
  )
}
