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
export type Fetch = (request: Request, init?: RequestInit) => Promise<Response>

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
  const send: Fetch | null = setting.kind === 'assets' ? assets && ((...sent) => assets.fetch(...sent)) : fetch
  const url = setting.kind === 'url' ? setting.url : null
  const mapBack = url === null ? null : mapperOf(url)

  return {
    async fetch(request, options) {
      const loop = followLoop(request.headers)
      if (loop === null) return fail('request_loop', log)
      if (send === null) return fail('origin_unreachable', log)
      const patience = patienceOf(timeoutMs, request.signal)
      try {
        const asked = requestFor(request, { ...options, url, loop })
        const response = await send(patience.following(asked), { signal: patience.signal })
        return mapBack === null ? response : mapBack(response, new URL(request.url))
      } catch (cause) {
        return patience.isOver() ? fail('origin_timeout', log) : fail('origin_unreachable', log, cause)
      } finally {
        patience.end()
      }
    },
  }
}

/** Time that runs out, until it is ended. */
interface Patience {
  /** Aborts when time runs out, or the visitor leaves. */
  readonly signal: AbortSignal
  /** The request, with time beginning to run: at once, or where it has a body once that has been sent. */
  following(request: Request): Request
  isOver(): boolean
  end(): void
}

/**
 * `AbortSignal.timeout` would run on and end a body, or a WebSocket, in the middle. An upload takes the time that it
 * takes: the origin begins to think when it has it all.
 */
function patienceOf(limitMs: number, leaving: AbortSignal): Patience {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | null = null
  let ended = false
  let over = false
  const begin = () => {
    if (ended) return
    timer = setTimeout(() => {
      over = true
      controller.abort()
    }, limitMs)
  }
  leaving.addEventListener('abort', () => controller.abort(), { once: true })
  return {
    signal: controller.signal,
    following: (request) => {
      if (request.body === null || /^(?:GET|HEAD)$/.test(request.method)) begin()
      else return withBodyWatched(request, begin)
      return request
    },
    isOver: () => over,
    end: () => {
      ended = true
      clearTimeout(timer)
    },
  }
}

/** Passes a body on, its length kept, and tells when the last of it has gone. */
function withBodyWatched(request: Request, whenSent: () => void): Request {
  const length = request.headers.get('Content-Length')
  const { readable, writable } = length === null ? new IdentityTransformStream() : new FixedLengthStream(BigInt(length))
  void request.body?.pipeTo(writable).then(whenSent, () => {})
  return new Request(request, { body: readable })
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
