import type { Log } from '../base/log.ts'

export interface LogOptions {
  /** Writes one line, as `console.log` does. */
  readonly write: (line: string) => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** The same code is written at most once in so many milliseconds; the next line says how many were left out. */
  readonly everyMs: number
  /** Codes of which every line counts, as somebody was given its number to ask for. */
  readonly unbounded: ReadonlySet<string>
}

/** A log of one line of JSON per event, whose length a flood of the same failure cannot raise. */
export function createLog({ write, clock, everyMs, unbounded }: LogOptions): Log {
  const written = new Map<string, { atMs: number; leftOut: number }>()
  return (event) => {
    const { code } = event
    if (unbounded.has(code)) return write(JSON.stringify(event))
    const nowMs = clock()
    const last = written.get(code)
    if (last !== undefined && Math.abs(nowMs - last.atMs) < everyMs) {
      last.leftOut++
      return
    }
    written.set(code, { atMs: nowMs, leftOut: 0 })
    const leftOut = last?.leftOut ?? 0
    write(JSON.stringify(leftOut > 0 ? { ...event, leftOut } : event))
  }
}
