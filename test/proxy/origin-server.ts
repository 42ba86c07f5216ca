/**
 * The hostile origin: one HTTP server of this process that does, by path, everything that origins do to a proxy, and
 * that keeps what it was asked. `scenarios.ts` lists the paths.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { RecordedRequest, Scenario } from './scenario.ts'
import { scenarioOf } from './scenarios.ts'
import { acceptWebSocket } from './web-socket.ts'

export interface OriginServer {
  readonly port: number
  /** `127.0.0.1:port` */
  readonly host: string
  readonly url: string
  /** Everything asked for, in order. */
  readonly requests: readonly RecordedRequest[]
  /** What was asked for under a path, its query left out. */
  requestsTo(path: string): readonly RecordedRequest[]
  /** Has a path answered by a scenario of the test's own. */
  on(path: string, scenario: Scenario): void
  /** Connections that are open. */
  connections(): Promise<number>
  stop(): Promise<void>
}

export async function startOriginServer(): Promise<OriginServer> {
  const requests: RecordedRequest[] = []
  const own = new Map<string, Scenario>()
  const server = createServer({ maxHeaderSize: 1 << 20, keepAliveTimeout: 60_000 }, (request, response) => {
    const recorded = record(request, requests)
    response.on('close', () => {
      recorded.aborted = !response.writableFinished
    })
    const scenario = own.get(pathOf(request)) ?? scenarioOf(pathOf(request))
    void scenario(request, response, recorded)
  })
  server.on('upgrade', (request, socket) => {
    record(request, requests)
    acceptWebSocket(request, socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  return {
    port,
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    requests,
    requestsTo: (path) => requests.filter(({ target }) => target.split('?')[0] === path),
    on: (path, scenario) => own.set(path, scenario),
    connections: () => new Promise((resolve) => server.getConnections((_, count) => resolve(count))),
    stop: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A port of this machine where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  server.close()
  await once(server, 'close')
  return port
}

function record(request: IncomingMessage, requests: RecordedRequest[]): RecordedRequest {
  const recorded: RecordedRequest = {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: Object.fromEntries(
      Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
    ),
    body: Buffer.alloc(0),
    bodyEnded: false,
    aborted: false,
  }
  requests.push(recorded)
  request.on('data', (chunk: Buffer) => {
    recorded.body = Buffer.concat([recorded.body, chunk])
  })
  request.on('end', () => {
    recorded.bodyEnded = true
  })
  request.on('error', () => {})
  return recorded
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://origin').pathname
}

function portOf(address: ReturnType<ReturnType<typeof createTcpServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  return address.port
}
