/**
 * A Worker of somebody else. Its pages are made in every way there is, by path; what `TURNOUT` says is applied to them,
 * unless the query is `?plain`.
 */
import { askTurnout, type Turnout } from '../../examples/own-worker/ask-turnout.ts'
import { applyExperiments, originRequest } from '../../src/pages/index.ts'

interface Env extends Turnout {
  readonly ORIGIN: string
}

export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url)
    const plan = search === '?plain' ? null : await askTurnout({ request, url: request.url, userId: 'u1' }, env)
    const { headers } = originRequest(request, plan)
    const response = await (PAGES[pathname] ?? fromOrigin)({ pathname, headers, origin: env.ORIGIN })
    return search === '?plain' ? response : applyExperiments(request, response, plan)
  },
} satisfies ExportedHandler<Env>

interface Asked {
  readonly pathname: string
  readonly headers: Headers
  readonly origin: string
}

type MakePage = (asked: Asked) => Response | Promise<Response>

const PAGE = `<!doctype html>
<html><head><title>Shop</title></head><body>
<h1 class="hero">Grüße 😀</h1>
<p id="cta">Buy</p>
${'<p>More of it</p>\n'.repeat(2_000)}</body></html>
`
const BYTES = new TextEncoder().encode(PAGE)
const HTML = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'public, max-age=60' }
const GZIP = { ...HTML, 'Content-Encoding': 'gzip' }

const PAGES: Readonly<Partial<Record<string, MakePage>>> = {
  '/text': () => page(PAGE),
  '/bytes': () => page(BYTES),
  '/blob': () => page(new Blob([BYTES])),
  '/chunks': () => page(chunked(1_000)),
  '/single-bytes': () => page(chunked(1, BYTES.subarray(0, 1_000))),
  '/byte-stream': () => page(chunked(1_000, BYTES, 'bytes')),
  '/piped': () => page(chunked(1_000).pipeThrough(new TransformStream())),
  '/identity': () => page(chunked(1_000).pipeThrough(new IdentityTransformStream())),
  '/encoded': () => page(textStream().pipeThrough(new TextEncoderStream())),
  '/rewriter': () => rewritten(page(PAGE)),
  '/rewritten-stream': () => rewritten(page(chunked(1_000))),
  '/rewritten-origin': async (asked) => rewritten(await fromOrigin({ ...asked, pathname: '/page' })),
  '/copied': async (asked) => copied(await fromOrigin({ ...asked, pathname: '/page' })),
  '/copied-gzip': async (asked) => copied(await fromOrigin({ ...asked, pathname: '/gzip' })),
  // The runtime compresses it on its way out.
  '/to-be-compressed': () => new Response(PAGE, { headers: GZIP }),
  '/compressed': () => {
    const body = chunked(1_000).pipeThrough(new CompressionStream('gzip'))
    return new Response(body, { headers: GZIP, encodeBody: 'manual' })
  },
  '/breaks': () => page(chunked(1_000, BYTES, undefined, 20)),
  '/breaks-at-once': () => page(chunked(1_000, BYTES, undefined, 0)),
  '/empty': () => new Response(null, { headers: HTML }),
  '/no-text': () => page(''),
  '/missing': () => new Response(PAGE, { status: 404, headers: HTML }),
  '/json': () => Response.json({ html: PAGE }),
  '/elsewhere': () => Response.redirect('https://shop.example/x', 301),
  '/own-cookies': () => {
    const response = page(PAGE)
    response.headers.append('Set-Cookie', 'a=1')
    response.headers.append('Set-Cookie', 'b=2; HttpOnly')
    return response
  },
  '/tagged': () => new Response(PAGE, { headers: { ...HTML, ETag: '"v1"' } }),
  '/policy': () =>
    new Response(PAGE, { headers: { ...HTML, 'Content-Security-Policy': "script-src 'self'; style-src 'self'" } }),
}

function page(body: BodyInit): Response {
  return new Response(body, { headers: HTML })
}

function fromOrigin({ pathname, headers, origin }: Asked): Promise<Response> {
  return fetch(`${origin}${pathname}`, { headers, redirect: 'manual' })
}

function copied(response: Response): Response {
  const copy = new Response(response.body, response)
  copy.headers.set('X-Copied', 'yes')
  return copy
}

function rewritten(response: Response): Response {
  return new HTMLRewriter()
    .on('title', { element: (element) => void element.setAttribute('lang', 'en') })
    .transform(response)
}

/** A stream of JavaScript's own; with `breaksAfter` it fails behind so many chunks. */
function chunked(
  size: number,
  bytes: Uint8Array = BYTES,
  type?: 'bytes',
  breaksAfter = Number.POSITIVE_INFINITY,
): ReadableStream<Uint8Array> {
  let at = 0
  const source = {
    pull(controller: { enqueue(chunk: Uint8Array): void; close(): void; error(cause: unknown): void }) {
      if (at / size >= breaksAfter) return controller.error(new Error('broken'))
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  }
  return type === 'bytes' ? new ReadableStream({ ...source, type }) : new ReadableStream(source)
}

function textStream(): ReadableStream<string> {
  return new ReadableStream({
    start(controller) {
      for (const line of PAGE.split(/(?<=\n)/)) controller.enqueue(line)
      controller.close()
    },
  })
}
