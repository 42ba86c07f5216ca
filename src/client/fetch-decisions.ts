import { type Decisions, parseDecisions } from './decisions.ts'
import type { FetchError } from './store.ts'

/** What came of asking. */
export type Fetched =
  | { readonly kind: 'fresh'; readonly decisions: Decisions; readonly etag: string | null }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly error: FetchError; readonly retryAfterSeconds: number }

/** What is asked. */
export interface Question {
  readonly url: string
  readonly body: string
  /** Of the last answer, so that an equal one need not be sent again. */
  readonly etag: string | null
  readonly timeoutMs: number
  /** Ends the request, also when the time is over. */
  readonly controller: AbortController
}

/**
 * Asks once. As text the first request of another origin needs no preflight; one with `If-None-Match` does, which
 * browsers keep for a day. Cookies are sent to the page's own origin only, as `fetch` does unless told: the API reads
 * none, but what guards a whole site may.
 */
export async function fetchDecisions({ url, body, etag, timeoutMs, controller }: Question): Promise<Fetched> {
  const { signal } = controller
  const timer = setTimeout(() => controller.abort(), timeoutMs)
  let code: FetchError['code'] = 'network'
  let response: Response | undefined
  try {
    response = await fetch(url, { method: 'POST', body, signal, headers: etag ? { 'If-None-Match': etag } : {} })
    if (etag && response.status === 304) return { kind: 'unchanged' }
    if (!response.ok) return failed('http', response.statusText, response)
    const text = await response.text()
    code = 'malformed'
    const decisions = parseDecisions(JSON.parse(text))
    if (decisions) return { kind: 'fresh', decisions, etag: response.headers.get('ETag') }
    return failed(code, 'no decisions', response)
  } catch (cause) {
    return failed(signal.aborted ? 'timeout' : code, String(cause), response)
  } finally {
    clearTimeout(timer)
  }
}

function failed(code: FetchError['code'], message: string, response: Response | undefined): Fetched {
  return {
    kind: 'failed',
    error: response ? { code, message, status: response.status } : { code, message },
    retryAfterSeconds: Number(response?.headers.get('Retry-After')) || 0,
  }
}
