/** What an attempt that failed leads to a pause by. */
export interface FailedAttempt {
  /** 1 for the first. */
  readonly attempts: number
  /** What the other side asked for; 0 where it asked for nothing. */
  readonly afterSeconds: number
  /** From 0 up to 1: spreads attempts. */
  readonly random: number
  /** The pause after the first attempt. */
  readonly firstSeconds: number
}

const LONGEST_PAUSE_SECONDS = 900
/** After so many attempts the pause is its longest, whatever it was at first. */
const MOST_DOUBLINGS = 10

/** The pause before the next attempt: doubled with each, between half of it and all of it; longer where that was asked for. */
export function pauseSeconds({ attempts, afterSeconds, random, firstSeconds }: FailedAttempt): number {
  const doubled = firstSeconds * 2 ** Math.min(attempts - 1, MOST_DOUBLINGS)
  const pause = Math.min(LONGEST_PAUSE_SECONDS, doubled) * (0.5 + random / 2)
  return Math.ceil(Math.max(pause, afterSeconds))
}
