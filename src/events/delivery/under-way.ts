/** Counts events that are on their way, so that a burst before a slow collector cannot fill an isolate's memory. */
export interface UnderWay {
  /** Is told when these have ended, through what is given back; `null` where as many as there may be are under way. */
  begin(count: number, nowMs: number): (() => void) | null
  /** Events of work that was cut off, so that it can never end. Tells of each once. */
  cutOff(nowMs: number): number
}

/** Events of one isolate; a few kB each at most, as a rule one. */
const MOST_EVENTS = 5_000
/** Longer than what follows a response may take. */
const CUT_OFF_MS = 40_000

export function createUnderWay(): UnderWay {
  const begun = new Set<{ readonly count: number; readonly atMs: number }>()
  let underWay = 0
  const end = (work: { readonly count: number; readonly atMs: number }): boolean => {
    if (!begun.delete(work)) return false
    underWay -= work.count
    return true
  }
  return {
    begin(count, nowMs) {
      if (underWay >= MOST_EVENTS) return null
      const work = { count, atMs: nowMs }
      begun.add(work)
      underWay += count
      return () => end(work)
    },
    cutOff(nowMs) {
      const oldestMs = nowMs - CUT_OFF_MS
      let gone = 0
      for (const work of begun) {
        if (work.atMs > oldestMs) break
        end(work)
        gone += work.count
      }
      return gone
    },
  }
}
