/**
 * A Workers KV namespace as the KV binding of workerd speaks to it, which fails in every way that is asked of it. It
 * runs in the test's own process, so that faults are set and reads are counted without a request.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What becomes of reads. */
export type ReadMode =
  | 'ok'
  | { readonly status: number }
  | { readonly delayMs: number }
  /** No answer, ever. */
  | 'hang'
  /** Half of the value, and then the end of the connection. */
  | 'truncate'
  /** Half of the value, and then nothing. */
  | 'stall'
  /** Bytes that are not HTTP. */
  | 'garbage'
  /** The end of the connection, at once. */
  | 'reset'

export interface FakeKv {
  readonly port: number
  /** Keys in the order in which they were read. */
  readonly reads: readonly string[]
  mode: ReadMode
  /** Where a key was given a mode of its own, it is that. */
  readonly modes: Map<string, ReadMode>
  /** Status of writes to a key, where it is not 200. */
  readonly writeStatuses: Map<string, number>
  set(key: string, value: string | Uint8Array, metadata?: unknown): void
  delete(key: string): void
  metadataOf(key: string): unknown
  stop(): Promise<void>
}

interface Entry {
  readonly value: Uint8Array
  /** As it came in the header. */
  readonly metadata: string | null
}

export async function startFakeKv(): Promise<FakeKv> {
  const entries = new Map<string, Entry>()
  const reads: string[] = []
  const server = createServer((request, response) => {
    const key = decodeURIComponent(new URL(request.url ?? '/', 'http://kv').pathname.slice(1))
    if (request.method === 'PUT') {
      void write(key, request, response)
      return
    }
    reads.push(key)
    answer(response, entries.get(key), kv.modes.get(key) ?? kv.mode)
  })

  async function write(key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const metadata = request.headers['cf-kv-metadata']
    const status = kv.writeStatuses.get(key) ?? 200
    if (status === 200) {
      entries.set(key, { value: Buffer.concat(chunks), metadata: typeof metadata === 'string' ? metadata : null })
    }
    response.writeHead(status).end()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  const kv: FakeKv = {
    port: address.port,
    reads,
    mode: 'ok',
    modes: new Map(),
    writeStatuses: new Map(),
    set: (key, value, metadata) =>
      entries.set(key, {
        value: typeof value === 'string' ? Buffer.from(value) : value,
        metadata: metadata === undefined ? null : JSON.stringify(metadata),
      }),
    delete: (key) => entries.delete(key),
    metadataOf: (key) => JSON.parse(entries.get(key)?.metadata ?? 'null'),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return kv
}

type Course = (response: ServerResponse, entry: Entry | undefined) => void

/** Everything that becomes of a read without further facts. */
const COURSES: Readonly<Record<Extract<ReadMode, string>, Course>> = {
  ok: send,
  hang: () => {},
  truncate: (response, entry) => sendHalf(response, entry, () => response.socket?.destroy()),
  stall: (response, entry) => sendHalf(response, entry, () => {}),
  garbage: ({ socket }) => socket?.end('this is not HTTP\r\n\r\n'),
  reset: ({ socket }) => socket?.resetAndDestroy(),
}

function answer(response: ServerResponse, entry: Entry | undefined, mode: ReadMode): void {
  if (typeof mode === 'string') COURSES[mode](response, entry)
  else if ('status' in mode) response.writeHead(mode.status).end('no')
  else setTimeout(() => send(response, entry), mode.delayMs)
}

function send(response: ServerResponse, entry: Entry | undefined): void {
  if (entry === undefined) response.writeHead(404).end()
  else response.writeHead(200, headersOf(entry)).end(entry.value)
}

function sendHalf(response: ServerResponse, entry: Entry | undefined, andThen: () => void): void {
  if (entry === undefined) {
    send(response, entry)
    return
  }
  response.writeHead(200, { ...headersOf(entry), 'content-length': entry.value.length })
  response.write(entry.value.subarray(0, Math.ceil(entry.value.length / 2)), andThen)
}

function headersOf({ metadata }: Entry): Record<string, string> {
  return metadata === null ? {} : { 'CF-KV-Metadata': metadata }
}
