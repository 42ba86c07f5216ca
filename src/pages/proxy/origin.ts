/**
 * Asking the origin, as a good proxy does: what the visitor sent goes on, what the origin answers comes back, once for
 * each request. An answer always comes: where the origin gives none, it is ours, with `Turnout-Error` in its headers.
 */
import type { Log } from '../../base/log.ts'
import { followLoop, type OriginRequestOptions, requestFor } from './origin-request.ts'
import { mapperOf } from './origin-response.ts'
import type { OriginSetting } from './origin-setting.ts'

/** Where a site's pages come from. */
export interface Origin {
  /** Asks for what the visitor asked for. Uses up the request's body. Never rejects. */
  fetch(request: Request, options: OriginRequestOptions): Promise<Response>
}

/** Sends one request, as the global `fetch` does and a binding's. */
export type Fetch = (request: Request) => Promise<Response>

export interface OriginPorts {
  readonly fetch: Fetch
  /** The binding `ASSETS`; `null` where nothing is bound. */
  readonly assets: { readonly fetch: Fetch } | null
  readonly log: Log
  /** How long the origin may think before its headers come; what comes after them may take as long as it likes. */
  readonly timeoutMs: number
}

/** The usual patience with an origin, in milliseconds. */
export const ORIGIN_TIMEOUT_MS = 30_000

/** The origin that a setting names. */
export function originOf(setting: OriginSetting, ports: OriginPorts): Origin {
  const { fetch, assets, log, timeoutMs } = ports
  const send: Fetch | null = setting.kind === 'assets' ? assets && ((asked) => assets.fetch(asked)) : fetch
  const url = setting.kind === 'url' ? setting.url : null
  const mapBack = url === null ? null : mapperOf(url)

  return {
    async fetch(request, options) {
      const loop = followLoop(request.headers)
      if (loop === null) return fail('request_loop', log)
      if (send === null) return fail('origin_unreachable', log)
      try {
        const forwarding = url === null ? null : { origin: url, visited: new URL(request.url), loop }
        const asked = watchBody(requestFor(request, options, forwarding))
        const response = await inTime(send(asked.request), asked.sent, timeoutMs)
        if (response === null) return fail('origin_timeout', log)
        return mapBack && forwarding ? mapBack(response, forwarding.visited) : response
      } catch (cause) {
        return fail('origin_unreachable', log, cause)
      }
    },
  }
}

interface WatchedRequest {
  readonly request: Request
  /** Resolves when the last of the body has gone; `null` without a body. */
  readonly sent: Promise<void> | null
}

/** Passes a body on, its length kept. */
function watchBody(request: Request): WatchedRequest {
  const { body, method, headers } = request
  if (body === null || method === 'GET' || method === 'HEAD') return { request, sent: null }
  const length = headers.get('Content-Length')
  const { readable, writable } = length === null ? new IdentityTransformStream() : new FixedLengthStream(BigInt(length))
  return { sent: body.pipeTo(writable), request: new Request(request, { body: readable }) }
}

/**
 * The answer, or `null` when time runs out. An upload takes the time that it takes: the origin begins to think when it has
 * it all. Nothing is aborted, as what nobody waits for ends with the visitor's request; `AbortSignal.timeout` would run on
 * and end a body, or a WebSocket, in the middle, and any signal costs 15 % of passing a page on.
 */
function inTime(answer: Promise<Response>, sent: Promise<void> | null, limitMs: number): Promise<Response | null> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | null = null
    let isOver = false
    const begin = () => {
      if (!isOver) timer = setTimeout(() => resolve(null), limitMs)
    }
    const end = () => {
      isOver = true
      clearTimeout(timer)
    }
    if (sent === null) begin()
    else sent.then(begin, () => {})
    answer.then(resolve, reject).then(end, end)
  })
}

/** What the visitor is told where the origin told nothing. */
const FAILURES = {
  origin_unreachable: [502, 'The site could not be reached.'],
  origin_timeout: [504, 'The site did not answer in time.'],
  request_loop: [508, 'The site leads back to itself.'],
} as const

function fail(code: keyof typeof FAILURES, log: Log, cause?: unknown): Response {
  const [status, message] = FAILURES[code]
  log({ level: 'error', code, message: cause === undefined ? message : String(cause) })
  return new Response(message, { status, headers: { 'Turnout-Error': code, 'Cache-Control': 'no-store' } })
}
