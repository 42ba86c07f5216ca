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
}

/** Sends all requests and resolves to how long that took, in seconds. Rejects at any answer but 200. */
export async function runLoad({ port, targets, requests, connections }: Load): Promise<number> {
  const messages = targets.map((target) => Buffer.from(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`))
  let sent = 0
  const next = () => (sent < requests ? messages[sent++ % messages.length] : undefined)
  const start = performance.now()
  await Promise.all(Array.from({ length: connections }, () => runConnection(port, next)))
  return (performance.now() - start) / 1000
}

/** Sends what `next` gives, one after the other, until it gives nothing more. */
function runConnection(port: number, next: () => Buffer | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let received = ''
    socket.on('connect', () => sendNext(socket, next))
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      const length = messageLength(received)
      if (length === null || received.length < length) return
      if (!received.startsWith('HTTP/1.1 200')) {
        socket.destroy(new Error(`The Worker answered: ${received.slice(0, 400)}`))
        return
      }
      received = received.slice(length)
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

/** Bytes of the message, head and body, or `null` while its head is not complete. */
function messageLength(received: string): number | null {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return null
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end))?.[1]
  if (length === undefined) throw new Error(`An answer without Content-Length: ${received.slice(0, end)}`)
  return end + 4 + Number(length)
}
