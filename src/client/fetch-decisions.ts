import { type Decisions, parseDecisions } from './decisions.ts'
import type { FetchError } from './store.ts'

/** What came of asking: decisions, which may be the known ones, or why there are none. */
export type Fetched =
  | readonly [decisions: Decisions, etag: string | null, error?: undefined]
  | readonly [decisions: undefined, retryAfter: string | null, error: FetchError]

/** Ends with the signal. */
interface Asked extends RequestInit {
  readonly signal: AbortSignal
}

/** Asks once. `known` is what a 304 stands for, and lends its decisions to an answer that says the same. */
export async function fetchDecisions(url: string, init: Asked, known: Decisions | undefined): Promise<Fetched> {
  let code: FetchError['code'] = 'network'
  try {
    const response = await fetch(url, init)
    const { headers, ok, status } = response
    code = 'malformed'
    const decisions = status === 304 ? known : ok && parseDecisions(await response.json(), known)
    if (decisions) return [decisions, headers.get('ETag')]
    return [undefined, headers.get('Retry-After'), { code: 'http', message: `HTTP ${status}`, status }]
  } catch (cause) {
    return [undefined, null, { code: init.signal.aborted ? 'timeout' : code, message: `${cause}` }]
  }
}

/** Whether it may be better next time: not what the server refuses, unless that was for having been asked too often. */
export function mayPass(status = 500): boolean {
  return status === 429 || status >= 500
}
