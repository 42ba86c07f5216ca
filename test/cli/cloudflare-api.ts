import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

/** What a KV namespace holds. */
export type StoredValues = Map<string, { value: string; metadata: unknown }>

export interface CloudflareApi {
  /** What makes wrangler ask this server instead of Cloudflare, as somebody who is logged in. */
  readonly env: Readonly<Record<string, string>>
  readonly values: StoredValues
}

export const NAMESPACE_ID = '0123456789abcdef0123456789abcdef'

/** The three routes of Cloudflare's API that `wrangler kv key` calls, over one namespace in memory. */
export async function startCloudflareApi(): Promise<CloudflareApi> {
  const values: StoredValues = new Map()
  const server = createServer((request, response) => void answer(request, response, values))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  const env = {
    CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${address.port}`,
    CLOUDFLARE_API_TOKEN: 'a-token',
    CLOUDFLARE_ACCOUNT_ID: 'an-account',
  }
  return { env, values }
}

async function answer(request: IncomingMessage, response: ServerResponse, values: StoredValues): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const [, route, key = ''] = /namespaces\/0123456789abcdef0123456789abcdef\/(keys|values)\/?(.*)$/.exec(pathname) ?? []
  switch (`${request.method} ${route}`) {
    case 'GET keys': {
      const names = [...values.keys()].filter((name) => name.startsWith(searchParams.get('prefix') ?? ''))
      return respond(
        response,
        names.map((name) => ({ name, metadata: values.get(name)?.metadata })),
      )
    }
    case 'GET values':
      response.end(values.get(decodeURIComponent(key))?.value)
      return
    case 'PUT values':
      values.set(decodeURIComponent(key), await formOf(request))
      return respond(response, null)
    default:
      response.writeHead(404).end()
  }
}

function respond(response: ServerResponse, result: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ success: true, errors: [], messages: [], result, result_info: { cursor: '' } }))
}

async function formOf(request: IncomingMessage): Promise<{ value: string; metadata: unknown }> {
  const body = Buffer.concat(await request.toArray())
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(body, { headers }).formData()
  const value = form.get('value')
  return {
    value: value instanceof Blob ? await value.text() : String(value),
    metadata: JSON.parse(String(form.get('metadata'))),
  }
}
