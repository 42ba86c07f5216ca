/** The origin's end of a WebSocket: it echoes every frame, as the standard's section 5 lays them out. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export function acceptWebSocket(request: IncomingMessage, socket: Duplex): void {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
  const protocol = request.headers['sec-websocket-protocol']
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${
      protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`
    }Set-Cookie: socket=1; Domain=127.0.0.1\r\n\r\n`,
  )
  let pending = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    for (let frame = readFrame(pending); frame !== null; frame = readFrame(pending)) {
      pending = pending.subarray(frame.size)
      echo(socket, frame)
    }
  })
}

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  /** Bytes of all of it. */
  readonly size: number
}

/** The first frame, shorter than 126 bytes and masked as clients' are; `null` until it is all there. */
function readFrame(bytes: Buffer): Frame | null {
  const [first = 0, second = 0] = bytes
  const length = second & 0x7f
  const size = 6 + length
  if (bytes.length < size) return null
  const mask = bytes.subarray(2, 6)
  const payload = Buffer.from(bytes.subarray(6, size).map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
  return { opcode: first & 0x0f, payload, size }
}

const CLOSE = 8

function echo(socket: Duplex, { opcode, payload }: Frame): void {
  socket.write(Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]))
  if (opcode === CLOSE) socket.end()
}
