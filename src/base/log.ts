/** Where the Worker writes down what happened. Returns at once and never throws. */
export type Log = (event: LogEvent) => void

/** Something worth a line: never with a user id, a token or the content of a datafile in it. */
export interface LogEvent {
  readonly level: 'info' | 'warn' | 'error'
  /** One of a fixed few, in snake case: lines are counted and alarmed on by it. */
  readonly code: string
  readonly [fact: string]: string | number | boolean | null
}
