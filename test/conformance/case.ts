import type { DecideOptions, UserContext } from '../../src/engine/index.ts'

/** A question to both sides: one call of the decide API for one user. */
export interface Question {
  readonly user: UserContext
  /** `null`: all flags; one key: `decide`; several: `decideForKeys`. */
  readonly ask: Ask
  readonly options: DecideOptions
}

export type Ask =
  | { readonly kind: 'all' }
  | { readonly kind: 'one'; readonly flagKey: string }
  | { readonly kind: 'several'; readonly flagKeys: readonly string[] }

/** What one flag came out as, in the words of OptimizelyDecision. */
export interface FlagAnswer {
  readonly flagKey: string
  readonly enabled: boolean
  readonly variationKey: string | null
  readonly ruleKey: string | null
  readonly variables: unknown
  readonly reasons: readonly string[]
}

/** One side's answer. Pairs keep the order of the flags, in which the sides have to agree as well. */
export type Answer =
  | { readonly kind: 'answered'; readonly flags: readonly FlagAnswer[]; readonly profile: readonly SavedEntry[] | null }
  | { readonly kind: 'threw'; readonly message: string }

/** Experiment id and variation id, sorted by the former. */
export type SavedEntry = readonly [experimentId: string, variationId: string]

/** A side that has loaded a datafile. */
export type Decider = (question: Question) => Answer

/** A side that has read a datafile, or refused it. */
export type Loaded =
  | { readonly kind: 'loaded'; readonly decide: Decider }
  | { readonly kind: 'refused'; readonly message: string }

/** The order of saved entries means nothing, so that it is made the same. */
export function sortedEntries(entries: Iterable<SavedEntry>): readonly SavedEntry[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
}
