import type { Question } from './case.ts'

/** A case in which the two sides are meant to differ, and how. */
export interface KnownDifference {
  readonly name: string
  readonly reason: string
  readonly datafile: object
  readonly question: Question
  /** What the SDK says: it refuses the datafile, throws, or decides. */
  readonly oracle: Outcome
  readonly engine: Outcome
}

/**
 * An answer in short: `refused`, `threw`, or for each flag its key and variation key (`failed` where it has no
 * decision), with its variables where it has any.
 */
export type Outcome = 'refused' | 'threw' | Readonly<Record<string, string | null>>
