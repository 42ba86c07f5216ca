/** A collector in the test's own process, which takes events over HTTP and fails in every way that is asked of it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { CollectorBatch } from '../../src/events/queued-event.ts'

/** What becomes of a request. */
export type Answering =
  | 'ok'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Nothing, until `release()`, and then `ok`. */
  | 'hang'
  /** Nothing, ever. */
  | 'silence'
  /** Accepted, and the half of an answer. */
  | 'truncate'
  /** Accepted, and the end of the connection in place of an answer. */
  | 'cut'
  /** Not accepted, and the end of the connection. */
  | 'reset'

export interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Collector {
  readonly url: string
  /** What becomes of the next request, by how many there were before, or by what it is. */
  answering: (index: number, received: Received) => Answering
  /** Requests, as they came in whole. */
  readonly requests: readonly Received[]
  /** Those that were accepted, also where the sender was not told. */
  readonly accepted: readonly Received[]
  /** Answers those that hang, and all that come later, by `ok`. */
  release(): void
  stop(): Promise<void>
}

export async function startCollector(): Promise<Collector> {
  const requests: Received[] = []
  const accepted: Received[] = []
  const hanging: (() => void)[] = []
  const server = createServer((request, response) => void take(request, response))

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = { path: request.url ?? '', headers: request.headers, body: await textOf(request) }
    const answering = collector.answering(requests.length, received)
    requests.push(received)
    const accept = () => accepted.push(received)
    answer(response, answering, { accept, hang: (end) => hanging.push(end) })
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The collector has no port')
  const collector: Collector = {
    url: `http://127.0.0.1:${address.port}`,
    answering: () => 'ok',
    requests,
    accepted,
    release() {
      collector.answering = () => 'ok'
      for (const end of hanging.splice(0)) end()
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return collector
}

interface Taking {
  readonly accept: () => void
  readonly hang: (end: () => void) => void
}

function answer(response: ServerResponse, answering: Answering, { accept, hang }: Taking): void {
  const succeed = () => {
    accept()
    response.writeHead(204).end()
  }
  if (typeof answering === 'object') {
    response.writeHead(answering.status, answering.headers).end('as asked')
    return
  }
  switch (answering) {
    case 'ok':
      succeed()
      return
    case 'hang':
      hang(succeed)
      return
    case 'silence':
      return
    case 'truncate':
      accept()
      response.writeHead(200, { 'Content-Length': '100' }).write('{"half":', () => response.destroy())
      return
    case 'cut':
      accept()
      response.destroy()
      return
    case 'reset':
      response.destroy()
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** An event as the collector has it. */
export interface CollectedEvent {
  readonly uuid: string
  readonly visitorId: string
  readonly key: string
  readonly timestamp: number
}

/** Every event of requests to a collector, repeats included. */
export function eventsIn(received: readonly Received[]): readonly CollectedEvent[] {
  return received.flatMap(({ body }) => {
    const batch: CollectorBatch = JSON.parse(body)
    return batch.visitors.flatMap(({ visitor_id, snapshots }) =>
      snapshots.flatMap(({ events }) =>
        events.map(({ uuid, key, timestamp }) => ({ uuid, visitorId: visitor_id, key, timestamp })),
      ),
    )
  })
}

/** Their uuids, each once. */
export function uuidsIn(received: readonly Received[]): ReadonlySet<string> {
  return new Set(eventsIn(received).map(({ uuid }) => uuid))
}
