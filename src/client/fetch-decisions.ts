import { type Decisions, parseDecisions } from './decisions.ts'
import type { FetchError } from './store.ts'

/** What came of asking: an answer, without `decisions` where nothing changed, or why there is none. */
export type Fetched =
  | { readonly error?: undefined; readonly response: Response; readonly decisions?: Decisions }
  | { readonly error: FetchError; readonly response: Response | undefined; readonly decisions?: undefined }

/**
 * Asks once, with the entity tag of the last answer. As text the first request of another origin needs no preflight; one
 * with `If-None-Match` does, which browsers keep for a day. Cookies go to the page's own origin only, as `fetch` does
 * unless told: the API reads none, but what guards a whole site may.
 */
export async function fetchDecisions(
  url: string,
  etag: string | null,
  asked: { readonly body: string; readonly signal: AbortSignal },
): Promise<Fetched> {
  let code: FetchError['code'] = 'network'
  let message = ''
  let response: Response | undefined
  try {
    response = await fetch(url, { method: 'POST', headers: etag ? { 'If-None-Match': etag } : {}, ...asked })
    const text = await response.text()
    if (etag && response.status === 304) return { response }
    // The server says why, and so may what stands between.
    message = text.slice(0, 200)
    code = response.ok ? 'malformed' : 'http'
    const decisions = response.ok && parseDecisions(JSON.parse(text))
    if (decisions) return { response, decisions }
  } catch (cause) {
    message ||= String(cause)
    if (asked.signal.aborted) code = 'timeout'
  }
  return { error: { code, message, ...(response && { status: response.status }) }, response }
}

/** What the server refuses it refuses again, unless that was for having been asked too often. */
export function isFinal(status = 0): boolean {
  return status >= 400 && status < 500 && status !== 429
}
