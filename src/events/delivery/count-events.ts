import type { Log, LogEvent } from '../../base/log.ts'

/**
 * Logs what became of some events: their number in `count`, and in `total` how many it has been in this isolate, so that lines
 * that are left out of the log take nothing away from the sum.
 */
export type CountEvents = (happened: LogEvent & { readonly count: number }) => void

export function createEventCount(log: Log): CountEvents {
  const totals = new Map<string, number>()
  return (happened) => {
    const { code, count } = happened
    if (count === 0) return
    const total = (totals.get(code) ?? 0) + count
    totals.set(code, total)
    log({ ...happened, total })
  }
}
