/** The proxy that passes on, with what one before another host cannot do without: it says where it was asked, and gives up. */
const TIMEOUT_MS = 30_000

export default {
  async fetch(request: Request, { ORIGIN }: { readonly ORIGIN: string }): Promise<Response> {
    const { pathname, search, host, protocol } = new URL(request.url)
    const asked = new Request(`${ORIGIN}${pathname}${search}`, request)
    asked.headers.set('X-Forwarded-Host', host)
    asked.headers.set('X-Forwarded-Proto', protocol.slice(0, -1))
    return await inTime(fetch(asked))
  },
}

function inTime(answer: Promise<Response>): Promise<Response> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(new Response(null, { status: 504 })), TIMEOUT_MS)
    const end = () => clearTimeout(timer)
    answer.then(resolve, reject).then(end, end)
  })
}
