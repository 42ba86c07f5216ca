import { type Decisions, parseDecisions } from './decisions.ts'
import type { FetchError } from './store.ts'

/** What came of asking: decisions, which may be the known ones, or why there are none. */
export type Fetched =
  | readonly [response: Response, decisions: Decisions | undefined, error?: undefined]
  | readonly [response: Response | undefined, decisions: undefined, error: FetchError]

/** What is asked, and what is known. */
export interface Question {
  readonly body: string
  /** Of the last answer, or nothing. */
  readonly etag: string | null
  readonly signal: AbortSignal
  readonly known: Decisions | undefined
}

/**
 * Asks once. As text the first request of another origin needs no preflight; one with `If-None-Match` does, which browsers
 * keep for a day. Cookies go to the page's own origin only, as `fetch` does unless told: the API reads none, but what
 * guards a whole site may.
 */
export async function fetchDecisions(url: string, { body, etag, signal, known }: Question): Promise<Fetched> {
  let code: FetchError['code'] = 'network'
  let message = ''
  let response: Response | undefined
  try {
    response = await fetch(url, { method: 'POST', body, signal, headers: etag ? { 'If-None-Match': etag } : {} })
    const text = await response.text()
    if (etag && response.status === 304) return [response, known]
    // The server says why, and so may what stands between.
    message = text.slice(0, 200)
    code = response.ok ? 'malformed' : 'http'
    if (response.ok) return [response, parseDecisions(JSON.parse(text), known)]
  } catch (cause) {
    message ||= String(cause)
    if (signal.aborted) code = 'timeout'
  }
  return [
    response,
    undefined,
    { code, message, ...(response && code === 'http' && { status: response.status }) },
  ]
}

/** Whether it may be better next time: not what the server refuses, unless that was for having been asked too often. */
export function mayPass(status = 500): boolean {
  return status === 429 || status >= 500
}
