/** How long KV is left alone after attempts that were no use. */
export interface Backoff {
  readonly failures: number
  readonly failedAtMs: number
  readonly delayMs: number
}

/** One second at least, and half a minute at most, between two attempts. */
const FIRST_DELAY_MS = 2_000
const LONGEST_DELAY_MS = 30_000

/**
 * The pause after one more failure: doubled each time, between half of it and all of it.
 * `random` is from 0 up to 1 and keeps isolates from coming back all at once.
 */
export function backOff(before: Backoff | null, nowMs: number, random: number): Backoff {
  const failures = (before?.failures ?? 0) + 1
  const longestMs = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS)
  return { failures, failedAtMs: nowMs, delayMs: Math.round(longestMs * (0.5 + random / 2)) }
}

/** Milliseconds until the next attempt; 0 when it is due, as it is when the clock was set back. */
export function pauseLeftMs({ failedAtMs, delayMs }: Backoff, nowMs: number): number {
  return nowMs < failedAtMs ? 0 : Math.max(0, failedAtMs + delayMs - nowMs)
}
