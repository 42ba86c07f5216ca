import { reasonOf } from '../../base/reason.ts'
import { DELIVERED, type Delivery } from './sink.ts'

/** How something is posted to another server. */
export interface Posting {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** Milliseconds until a server has to have answered. */
const TIMEOUT_MS = 10_000
/** What may be different the next time, though it is the request's fault by its status: too slow, too early, too much. */
const RETRIED: ReadonlySet<number> = new Set([408, 425, 429])
/** What is said of the body, and not of us or of the address: something in it may be wrong, or it is too large. */
const ABOUT_CONTENT: ReadonlySet<number> = new Set([400, 413, 422])
/** The longest that a queue keeps a message back. */
const LONGEST_WAIT_SECONDS = 43_200

/**
 * Posts JSON and tells what became of it: 2xx is delivered; 5xx, 408, 425, 429 and a network that fails are for later; by 400,
 * 413 and 422 the content is refused, by anything else, a redirect too, all of it. An answer that breaks off counts by its status. Never rejects.
 */
export async function postBatch(
  { fetch, clock }: Posting,
  url: string,
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
): Promise<Delivery> {
  try {
    const init: RequestInit = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }
    return await deliveryOf(await fetch(url, init), clock())
  } catch (cause) {
    return { kind: 'retry', reason: reasonOf(cause), afterSeconds: 0 }
  }
}

async function deliveryOf(response: Response, nowMs: number): Promise<Delivery> {
  const { status, ok, headers } = response
  // Nobody needs it, and a connection whose answer is not read is not used again.
  await response.body?.cancel().catch(() => {})
  if (ok) return DELIVERED
  const reason = `status ${status}`
  if (ABOUT_CONTENT.has(status)) return { kind: 'content-refused', reason }
  if (status < 500 && !RETRIED.has(status)) return { kind: 'refused', reason }
  return { kind: 'retry', reason, afterSeconds: secondsUntil(headers.get('Retry-After'), nowMs) }
}

/** `Retry-After` is seconds, or a date; 0 where it is neither. */
function secondsUntil(retryAfter: string | null, nowMs: number): number {
  if (retryAfter === null) return 0
  const seconds = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - nowMs) / 1000
  return Number.isFinite(seconds) ? Math.min(LONGEST_WAIT_SECONDS, Math.max(0, Math.ceil(seconds))) : 0
}
