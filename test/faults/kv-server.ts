import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** How a KV namespace behaves: as it should, with an error, or in one of the ways in which networks fail. */
export type Behaviour =
  | { readonly kind: 'well' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'stall' }
  | { readonly kind: 'reset' }

export interface Entry {
  readonly value: string | Buffer
  readonly metadata?: object
}

/** A KV namespace as workerd's KV client speaks to it, whose behaviour tests decide. */
export interface KvServer {
  readonly port: number
  /** Keys in the order in which they were read. */
  readonly reads: string[]
  readonly entries: Map<string, Entry>
  behave(behaviour: Behaviour): void
  /** Answers each read of a key with the next of these, over and over. */
  alternate(key: string, entries: readonly Entry[]): void
  close(): Promise<void>
}

export async function startKvServer(): Promise<KvServer> {
  const entries = new Map<string, Entry>()
  const turns = new Map<string, readonly Entry[]>()
  const reads: string[] = []
  let behaviour: Behaviour = { kind: 'well' }
  const server = createServer((request, response) => {
    const key = decodeURIComponent(new URL(request.url ?? '/', 'http://kv').pathname.slice(1))
    if (request.method === 'PUT') return void store(request, response, (entry) => entries.set(key, entry))
    reads.push(key)
    const turn = turns.get(key)
    const entry =
      turn === undefined ? entries.get(key) : turn[(reads.filter((each) => each === key).length - 1) % turn.length]
    answer(response, entry, behaviour)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    reads,
    entries,
    behave: (next) => {
      behaviour = next
    },
    alternate: (key, each) => turns.set(key, each),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function store(request: IncomingMessage, response: ServerResponse, keep: (entry: Entry) => void): Promise<void> {
  const value = Buffer.concat(await request.toArray())
  const metadata = request.headers['cf-kv-metadata']
  keep(typeof metadata === 'string' ? { value, metadata: JSON.parse(metadata) } : { value })
  response.end()
}

function answer(response: ServerResponse, entry: Entry | undefined, behaviour: Behaviour): void {
  switch (behaviour.kind) {
    case 'well':
      send(response, entry)
      return
    case 'status':
      response.writeHead(behaviour.status).end('not today')
      return
    case 'slow':
      setTimeout(() => send(response, entry), behaviour.delayMs)
      return
    case 'hang':
      return
    case 'truncate':
      response.writeHead(200, { 'Content-Length': '100000' })
      response.write(entry?.value ?? '')
      setTimeout(() => response.destroy(), 20)
      return
    case 'stall':
      response.writeHead(200, { 'Content-Length': '100000' })
      response.write('{')
      return
    case 'reset':
      response.destroy()
  }
}

function send(response: ServerResponse, entry: Entry | undefined): void {
  if (entry === undefined) {
    response.writeHead(404).end()
    return
  }
  const metadata = entry.metadata === undefined ? {} : { 'CF-KV-Metadata': JSON.stringify(entry.metadata) }
  response.writeHead(200, metadata).end(entry.value)
}
