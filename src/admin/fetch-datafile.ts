import { reasonOf } from '../base/reason.ts'
import { readBytes } from '../http/body.ts'
import type { UpdateSettings } from './update-settings.ts'

/** What came of asking for a published datafile. */
export type Fetched =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array; readonly lastModified: string | null }
  | { readonly kind: 'not-modified' }
  /** Nobody publishes one under this key: 403 (as Optimizely's own answers), 404, 410. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly message: string; readonly retryAfterMs: number }

export interface FetchDatafileOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly settings: Pick<UpdateSettings, 'urlOf' | 'token'>
  readonly maxDatafileBytes: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** Milliseconds until the whole datafile has to be there. */
const TIMEOUT_MS = 10_000

/**
 * Asks for a datafile where `DATAFILE_URL` says it is published, and nowhere else: a redirect is a failure, and what
 * comes is read up to the largest datafile that may be. Never rejects.
 */
export async function fetchDatafile(
  options: FetchDatafileOptions,
  sdkKey: string,
  ifModifiedSince: string | null,
): Promise<Fetched> {
  const { fetch, settings } = options
  const headers = new Headers({ Accept: 'application/json' })
  if (settings.token !== null) headers.set('Authorization', `Bearer ${settings.token}`)
  if (ifModifiedSince !== null) headers.set('If-Modified-Since', ifModifiedSince)
  try {
    const init: RequestInit = { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) }
    return await fetchedFrom(await fetch(settings.urlOf(sdkKey), init), options)
  } catch (cause) {
    return failed(reasonOf(cause))
  }
}

async function fetchedFrom(
  response: Response,
  { maxDatafileBytes, clock }: Pick<FetchDatafileOptions, 'maxDatafileBytes' | 'clock'>,
): Promise<Fetched> {
  const { status, headers } = response
  if (status === 200) return await bodyOf(response, maxDatafileBytes)
  await response.body?.cancel()
  if (status === 304) return { kind: 'not-modified' }
  if (status === 403 || status === 404 || status === 410) return { kind: 'unknown' }
  return failed(`It answered with status ${status}`, retryAfterMs(headers.get('Retry-After'), clock()))
}

async function bodyOf(response: Response, maxDatafileBytes: number): Promise<Fetched> {
  const bytes = await readBytes(response, maxDatafileBytes)
  if (bytes.ok) return { kind: 'fetched', bytes: bytes.value, lastModified: response.headers.get('Last-Modified') }
  const isLarge = bytes.error.code === 'payload_too_large'
  return failed(isLarge ? `It is larger than ${maxDatafileBytes} bytes` : bytes.error.message)
}

/** Seconds, or a date; 0 where there is neither. */
function retryAfterMs(text: string | null, nowMs: number): number {
  if (text === null) return 0
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : 0
}

function failed(message: string, retryAfterMs = 0): Fetched {
  return { kind: 'failed', message, retryAfterMs }
}
