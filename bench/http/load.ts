/**
 * A load generator: a few keep-alive connections, each with one request under way. On plain sockets, because
 * Node's HTTP client costs more per request than the Worker under test.
 */
import { connect, type Socket } from 'node:net'

export interface Load {
  readonly port: number
  /** Request targets, taken in turn. */
  readonly targets: readonly string[]
  readonly requests: number
  readonly connections: number
  /** Lines of every request's head besides its first; the host of the port without it. */
  readonly headers?: readonly string[]
  /** The status of every answer; 200 without it. */
  readonly status?: number
}

/** Sends all requests and resolves to how long that took, in seconds. Rejects at any other status. */
export async function runLoad({ port, targets, requests, connections, headers, status = 200 }: Load): Promise<number> {
  const head = (headers ?? [`Host: 127.0.0.1:${port}`]).join('\r\n')
  const messages = targets.map((target) => Buffer.from(`GET ${target} HTTP/1.1\r\n${head}\r\n\r\n`))
  let sent = 0
  const next = () => (sent < requests ? messages[sent++ % messages.length] : undefined)
  const start = performance.now()
  await Promise.all(Array.from({ length: connections }, () => runConnection(port, status, next)))
  return (performance.now() - start) / 1000
}

/** Sends what `next` gives, one after the other, until it gives nothing more. */
function runConnection(port: number, status: number, next: () => Buffer | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let answer = new Answer(status)
    socket.on('connect', () => sendNext(socket, next))
    socket.on('data', (chunk) => {
      try {
        if (!answer.take(chunk)) return
      } catch (cause) {
        socket.destroy(cause instanceof Error ? cause : new Error(String(cause)))
        return
      }
      answer = new Answer(status)
      sendNext(socket, next)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}

function sendNext(socket: Socket, next: () => Buffer | undefined): void {
  const message = next()
  if (message === undefined) socket.end()
  else socket.write(message)
}

const NO_BODY = new Set([204, 304])

/** One answer while it comes. Its body is counted, not kept. */
class Answer {
  private readonly status: number
  private head = ''
  /** Bytes of the body that are yet to come; -1 where chunks say when it ends, `null` before the head is complete. */
  private missing: number | null = null
  /** The last bytes that came. */
  private tail = ''

  constructor(status: number) {
    this.status = status
  }

  /** Whether the answer is complete with this. Throws where it is not the one that is expected. */
  take(chunk: Buffer): boolean {
    if (this.missing === null) return this.takeHead(chunk)
    return this.takeBody(chunk)
  }

  private takeHead(chunk: Buffer): boolean {
    const seen = this.head.length
    this.head += chunk.toString('latin1')
    const end = this.head.indexOf('\r\n\r\n')
    if (end === -1) return false
    this.missing = this.bodyLength(this.head.slice(0, end))
    return this.takeBody(chunk.subarray(end + 4 - seen))
  }

  private takeBody(bytes: Buffer): boolean {
    if (this.missing === -1) {
      this.tail = (this.tail + bytes.toString('latin1', Math.max(0, bytes.length - 7))).slice(-7)
      return this.tail.endsWith('\r\n0\r\n\r\n')
    }
    this.missing = (this.missing ?? 0) - bytes.length
    return this.missing <= 0
  }

  private bodyLength(head: string): number {
    if (!head.startsWith(`HTTP/1.1 ${this.status} `)) throw new Error(`The Worker answered: ${this.head.slice(0, 400)}`)
    if (NO_BODY.has(this.status)) return 0
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    if (length !== undefined) return Number(length)
    if (/\r\ntransfer-encoding: chunked/i.test(head)) return -1
    throw new Error(`An answer without a length: ${head}`)
  }
}
