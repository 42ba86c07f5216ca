/** A client that shows what came over the wire: every header as it was sent, and the body's bytes undecoded. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'

export interface Sending {
  readonly method?: string
  /** `Host` is `shop.example` unless it is among them. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  /** In order, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The values under a name, joined; `null` where there is none. */
  header(name: string): string | null
  /** All values under a name. */
  all(name: string): readonly string[]
  readonly body: Buffer
  /** The body as UTF-8. */
  readonly text: string
  /** False where the connection ended before the body did. */
  readonly complete: boolean
  /** Milliseconds from sending to the headers, and to the first byte of the body; `null` without one. */
  readonly headersMs: number
  readonly firstByteMs: number | null
  readonly totalMs: number
}

/** The host under which visitors know the site of the tests. */
export const VISITED_HOST = 'shop.example'
/** Longer than the Worker ever waits, and shorter than a test. */
const ANSWER_LIMIT_MS = 40_000

/** Sends one request on a connection of its own. Rejects where no headers come. */
export function send(url: string, sending: Sending = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, signal = AbortSignal.timeout(ANSWER_LIMIT_MS) } = sending
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const { hostname, port, origin } = new URL(url)
    const request = httpRequest({
      hostname,
      port,
      // As it stands: an empty query is one.
      path: url.slice(origin.length),
      method,
      signal,
      agent: new Agent({ keepAlive: false }),
      maxHeaderSize: 1 << 20,
      headers: { host: VISITED_HOST, ...headers },
    })
    request.on('error', reject)
    request.on('response', (message) => {
      // From here on what goes wrong goes wrong with the body.
      request.off('error', reject).on('error', () => {})
      void collect(message, start).then(resolve, reject)
    })
    request.end(body)
  })
}

/** What an answer tells, without what belongs to its connection: equal for two that mean the same. */
export function told({ status, headers, body, complete }: Answer): object {
  const kept = headers.filter(([name]) => !OF_THE_CONNECTION.has(name))
  return {
    status,
    headers: kept.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))),
    body: body.toString('latin1'),
    complete,
  }
}

/** Node and workerd each say on their own when an answer was made, and how its body is framed. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding'])

async function collect(message: IncomingMessage, start: number): Promise<Answer> {
  const headersMs = performance.now() - start
  const chunks: Buffer[] = []
  let firstByteMs: number | null = null
  let complete = true
  try {
    for await (const chunk of message) {
      firstByteMs ??= performance.now() - start
      chunks.push(chunk)
    }
  } catch {
    complete = false
  }
  const headers = pairsOf(message.rawHeaders)
  const all = (name: string) => headers.filter(([key]) => key === name.toLowerCase()).map(([, value]) => value)
  const body = Buffer.concat(chunks)
  return {
    status: message.statusCode ?? 0,
    headers,
    header: (name) => (all(name).length === 0 ? null : all(name).join(', ')),
    all,
    body,
    text: body.toString(),
    complete,
    headersMs,
    firstByteMs,
    totalMs: performance.now() - start,
  }
}

/** Names and values alternate. Node gives values as Latin-1. */
function pairsOf(rawHeaders: readonly string[]): (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  )
}
