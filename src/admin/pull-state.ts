import { isJsonObject, parseJson } from '../base/json.ts'
import { pulledKey } from '../store/keys.ts'
import type { KvNamespace } from '../store/kv.ts'

/** What all isolates know of pulling one key's datafile. */
export interface PullState {
  /** Of the datafile that was pulled last, for `If-Modified-Since`. */
  readonly lastModified: string | null
  /** Attempts in a row that were no use. */
  readonly failures: number
  /** Not before then, in milliseconds since 1970. */
  readonly retryAtMs: number
  /** Why the last attempt was no use; `null` after one that was. */
  readonly error: string | null
}

export const NEVER_PULLED: PullState = { lastModified: null, failures: 0, retryAtMs: 0, error: null }

/** Between attempts that fail: a minute, doubled each time, half an hour at most. */
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 30 * 60_000

/** Reads the state; what is not one counts as none. */
export async function readPullState(kv: Pick<KvNamespace, 'getWithMetadata'>, sdkKey: string): Promise<PullState> {
  const { value } = await kv.getWithMetadata(pulledKey(sdkKey), { type: 'text', cacheTtl: 30 })
  const json = value === null ? null : parseJson(value)
  return json?.ok && isPullState(json.value) ? json.value : NEVER_PULLED
}

/** Writes the state where it is another than before. */
export async function writePullState(
  kv: Pick<KvNamespace, 'put'>,
  sdkKey: string,
  { before, after }: { readonly before: PullState; readonly after: PullState },
): Promise<void> {
  const text = JSON.stringify(after)
  if (text !== JSON.stringify(before)) await kv.put(pulledKey(sdkKey), text)
}

/** Whether a failure's pause is not over. No pause is longer than the longest, whatever stands there. */
export function isPaused({ retryAtMs }: PullState, nowMs: number): boolean {
  return nowMs < retryAtMs && retryAtMs - nowMs <= LONGEST_PAUSE_MS
}

/** The state after an attempt that was no use; what asks for a longer pause gets it, up to the longest. */
export function afterFailure(
  { lastModified, failures }: PullState,
  failure: { readonly error: string; readonly nowMs: number; readonly pauseMs: number; readonly random: number },
): PullState {
  const doubledMs = FIRST_PAUSE_MS * 2 ** Math.min(failures, 10)
  const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(doubledMs * (0.5 + failure.random / 2), failure.pauseMs))
  return {
    lastModified,
    failures: failures + 1,
    retryAtMs: Math.round(failure.nowMs + pauseMs),
    error: failure.error,
  }
}

function isPullState(value: unknown): value is PullState {
  if (!isJsonObject(value)) return false
  const { lastModified, failures, retryAtMs, error } = value
  return isTextOrNull(lastModified) && isTextOrNull(error) && isCount(failures) && isCount(retryAtMs)
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
