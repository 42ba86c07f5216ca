/**
 * The site behind the proxies: one page from memory, over plain sockets, so that it costs a fraction of what is measured.
 * It runs in a thread of its own.
 */
import { createServer, type Socket } from 'node:net'
import { parentPort } from 'node:worker_threads'
import { PAGE_PATH, PIECES_TARGET } from './cases.ts'
import { shopPage } from './shop-page.ts'

/** The same page, of which the first 2 kB come at once and the rest so much later. */
export const SLOW_TARGET = `${PAGE_PATH}?slow`
const SLOW_MS = 200
const ETAG = '"5f1c-62a9"'

const HEADERS = [
  'Server: shop',
  'Cache-Control: public, max-age=0, must-revalidate',
  `ETag: ${ETAG}`,
  'Vary: Accept-Encoding',
  'X-Content-Type-Options: nosniff',
  'Strict-Transport-Security: max-age=31536000',
  'Link: </assets/theme.css>; rel=preload; as=style',
]

const page = Buffer.from(shopPage())
const ok = ['HTTP/1.1 200 OK', ...HEADERS, 'Content-Type: text/html; charset=utf-8', `Content-Length: ${page.length}`]
const okHead = Buffer.from(`${ok.join('\r\n')}\r\n\r\n`)
const whole = Buffer.concat([okHead, page])
const unchanged = Buffer.from(`${['HTTP/1.1 304 Not Modified', ...HEADERS].join('\r\n')}\r\n\r\n`)
const chunkedHead = Buffer.from(`${[...ok.slice(0, -1), 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n`)
const PIECES = 8
const missing = Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')

function answer(socket: Socket, head: string): void {
  const [, path = ''] = head.split(' ', 2)
  if (path === SLOW_TARGET) sendSlowly(socket)
  else if (path === PIECES_TARGET) sendPiece(socket, 0)
  else if (!path.startsWith(PAGE_PATH)) socket.write(missing)
  else socket.write(/\r\nif-none-match: /i.test(head) && head.includes(ETAG) ? unchanged : whole)
}

/** Each in a turn of its own, so that it is on its way before the next one is there. */
function sendPiece(socket: Socket, index: number): void {
  const size = Math.ceil(page.length / PIECES)
  const piece = page.subarray(index * size, (index + 1) * size)
  const chunk = [Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]
  const isLast = index === PIECES - 1
  socket.write(
    Buffer.concat([...(index === 0 ? [chunkedHead] : []), ...chunk, ...(isLast ? [Buffer.from('0\r\n\r\n')] : [])]),
  )
  if (!isLast) setImmediate(() => sendPiece(socket, index + 1))
}

function sendSlowly(socket: Socket): void {
  socket.write(Buffer.concat([okHead, page.subarray(0, 2_000)]))
  setTimeout(() => socket.write(page.subarray(2_000)), SLOW_MS)
}

if (parentPort !== null) {
  const port = parentPort
  const server = createServer({ noDelay: true }, (socket) => {
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (!received.endsWith('\r\n\r\n')) return
      answer(socket, received)
      received = ''
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    port.postMessage(typeof address === 'object' && address !== null ? address.port : 0)
  })
}
