/** What the hostile origin does, by path. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { CHARSET_PAGES, PAGE } from './pages.ts'
import type { Scenario } from './scenario.ts'

const HTML = { 'content-type': 'text/html; charset=utf-8' }

/** The scenario of a path: that of the whole of it, or of its first part with the rest as an argument, else a page. */
export function scenarioOf(path: string): Scenario {
  const [, first = '', ...rest] = path.split('/')
  const family = Object.hasOwn(FAMILIES, first) ? FAMILIES[first] : undefined
  return SCENARIOS[path] ?? family?.(decodeURIComponent(rest.join('/'))) ?? page
}

/** The page, with its length, for HEAD as well; bytes may be asked for. */
const page: Scenario = (request, response) => sendBytes({ request, response, body: Buffer.from(PAGE), headers: HTML })

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  '/hang': () => {},
  '/hang-body': (_, response) => {
    response.writeHead(200, HTML).write(PAGE.slice(0, PAGE.length / 2))
  },
  '/drip': async (_, response) => {
    response.writeHead(200, HTML)
    for (const part of partsOf(PAGE, 10)) {
      response.write(part)
      await sleep(200)
    }
    response.end()
  },
  // Length and chunks that are never all sent.
  '/truncated/length': (_, response) => {
    response.writeHead(200, { ...HTML, 'content-length': Buffer.byteLength(PAGE) })
    response.write(half(), () => response.socket?.destroy())
  },
  '/truncated/chunked': (_, response) => {
    response.writeHead(200, HTML)
    response.write(half(), () => response.socket?.destroy())
  },
  // Whole by HTTP's count, and not by that of gzip.
  '/truncated/gzip': (_, response) => {
    const bytes = gzipSync(PAGE)
    response.writeHead(200, { ...HTML, 'content-encoding': 'gzip' }).end(bytes.subarray(0, bytes.length / 2))
  },
  '/mislabelled/gzip': (_, response) => {
    response.writeHead(200, { ...HTML, 'content-encoding': 'gzip' }).end(PAGE)
  },
  '/reset': ({ socket }) => {
    socket.resetAndDestroy()
  },
  '/reset-body': async (_, response) => {
    response.writeHead(200, HTML).write(half())
    // A reset takes along what has not been read yet.
    await sleep(100)
    response.socket?.resetAndDestroy()
  },
  '/closed': ({ socket }) => {
    socket.destroy()
  },
  '/garbage': raw('this is not HTTP\r\n\r\n'),
  '/http09': raw(PAGE),
  '/duplicate-length': raw(
    `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
  ),
  '/bad-header': raw('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nno colon here\r\nContent-Length: 2\r\n\r\nok'),
  // As HTTP/1.0 does it: the end of the connection is that of the body.
  '/http10': raw(`HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${PAGE}`),
  '/early-hints': (_, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }, () => {
      response.writeHead(200, HTML).end(PAGE)
    })
  },
  '/cookies': (_, response) => {
    response.writeHead(200, { ...HTML, 'set-cookie': [...COOKIES] }).end(PAGE)
  },
  '/big-headers': (_, response) => {
    response.writeHead(200, { ...HTML, 'x-big': 'b'.repeat(60_000) }).end(PAGE)
  },
  '/maintenance': (_, response) => {
    response.writeHead(503, { ...HTML, 'retry-after': '120' }).end('<h1>Back soon</h1>')
  },
  '/etag': (request, response) => sendCached(request, response, ETAG),
  '/weak-etag': (request, response) => sendCached(request, response, `W/${ETAG}`),
  '/last-modified': (request, response) => {
    const headers = { ...HTML, 'cache-control': 'public, max-age=60', 'last-modified': LAST_MODIFIED }
    if (request.headers['if-modified-since'] === LAST_MODIFIED) response.writeHead(304, headers).end()
    else response.writeHead(200, headers).end(PAGE)
  },
  // What the encodings that the request accepts allow, zstd first.
  '/negotiated': (request, response) => {
    const accepted = (request.headers['accept-encoding'] ?? '').split(',').map((name) => name.trim().split(';')[0])
    const name = ['zstd', 'br', 'gzip', 'deflate'].find((known) => accepted.includes(known)) ?? 'identity'
    sendEncoded(response, name)
  },
  // What it was asked, as JSON, once the whole body is there.
  '/echo': (request, response, recorded) => {
    request.on('end', () => {
      const { method, target, headers, body } = recorded
      const text = JSON.stringify({ method, target, headers, body: body.toString('latin1') })
      response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    })
  },
  // Sends the body back while it comes.
  '/mirror': (request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).flushHeaders()
    request.pipe(response)
  },
}

const FAMILIES: Readonly<Record<string, (argument: string) => Scenario>> = {
  // `/encoded/gzip`, whatever the request accepts; `/encoded/gzip,br` is twice encoded.
  encoded: (names) => (_, response) => sendEncoded(response, names),
  // `/status/404`
  status: (code) => (_, response) => {
    const empty = ['204', '205', '304'].includes(code)
    const headers = code === '205' ? { 'content-length': 0 } : {}
    response.writeHead(Number(code), empty ? headers : HTML).end(empty ? undefined : `<h1>Status ${code}</h1>`)
  },
  // `/redirect/302` to a path of the origin by its own name, or to `?to=`.
  redirect: (code) => (request, response) => {
    const asked = new URL(request.url ?? '/', 'http://origin').searchParams.get('to')
    const location = asked ?? `http://${request.headers.host}/landed?by=${code}#there`
    response.writeHead(Number(code), { location, 'content-length': 0 }).end()
  },
  // `/slow/300`: headers after so many milliseconds.
  slow: (milliseconds) => async (request, response, recorded) => {
    await sleep(Number(milliseconds))
    await page(request, response, recorded)
  },
  // `/charset/shift_jis`, said in the header; `/meta-charset/…`, in the page only.
  charset: (label) => (_, response) => {
    response.writeHead(200, { 'content-type': `text/html; charset=${label}` }).end(CHARSET_PAGES[label])
  },
  'meta-charset': (label) => (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(CHARSET_PAGES[label])
  },
  // `/type/application/json`: the page under any content type; none under `/type/`.
  type: (type) => (_, response) => {
    response.writeHead(200, type === '' ? {} : { 'content-type': type }).end(PAGE)
  },
}

export const ETAG = '"v1"'
export const LAST_MODIFIED = 'Tue, 03 Nov 2026 10:00:00 GMT'
export const COOKIES: readonly string[] = [
  'a=1; Path=/; HttpOnly',
  'b=2; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure; SameSite=None',
  'a=3; Path=/cart',
  'odd="q,u;oted"; path=/; MAX-age=5',
  '__Host-s=x=y==; Secure; Path=/',
  'empty=',
]

interface Sent {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

function sendBytes({ request, response, body, headers }: Sent): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const [start, end] = range === null ? [0, body.length - 1] : [Number(range[1]), Number(range[2])]
  const part = body.subarray(start, end + 1)
  response.writeHead(range === null ? 200 : 206, {
    ...headers,
    'accept-ranges': 'bytes',
    'content-length': part.length,
    ...(range === null ? {} : { 'content-range': `bytes ${start}-${end}/${body.length}` }),
  })
  response.end(request.method === 'HEAD' ? undefined : part)
}

function sendCached(request: IncomingMessage, response: ServerResponse, etag: string): void {
  const headers = { ...HTML, etag, 'cache-control': 'public, max-age=600' }
  const tags = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace('W/', ''))
  if (tags.includes(ETAG) || tags.includes('*')) response.writeHead(304, headers).end()
  else sendBytes({ request, response, body: Buffer.from(PAGE), headers })
}

const ENCODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
  zstd: zstdCompressSync,
  identity: (bytes) => bytes,
}

/** What the page is in an encoding, or in several, the first of which is applied first. */
export function encodedPage(names: string): Buffer {
  return names.split(',').reduce<Buffer>((bytes, name) => ENCODERS[name]?.(bytes) ?? bytes, Buffer.from(PAGE))
}

function sendEncoded(response: ServerResponse, names: string): void {
  const encoding = names === 'identity' ? {} : { 'content-encoding': names.replaceAll(',', ', ') }
  response.writeHead(200, { ...HTML, ...encoding, vary: 'Accept-Encoding' }).end(encodedPage(names))
}

/** Bytes in place of an answer, and then the end of the connection. */
function raw(text: string): Scenario {
  return (_, response) => {
    response.socket?.end(text)
  }
}

function half(): string {
  return PAGE.slice(0, PAGE.length / 2)
}

function partsOf(text: string, count: number): readonly string[] {
  const size = Math.ceil(text.length / count)
  return Array.from({ length: count }, (_, index) => text.slice(index * size, (index + 1) * size))
}
