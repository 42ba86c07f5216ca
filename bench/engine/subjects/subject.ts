import type { BenchUser } from '../../generate-datafile.ts'

/** One implementation under measurement. */
export interface Subject {
  /** From text to something that decides: parsing, indexing, and whatever the implementation does at load. */
  load(text: string): Loaded
}

/** An implementation that has its flags. */
export interface Loaded {
  /** Users in the implementation's own form. Made before the clock starts, which favours those that copy them. */
  prepare(users: readonly BenchUser[]): Prepared
  /** Lets go of what `load` took; not timed. */
  close?(): void
}

/** Returns are counts, so that no work can be optimised away: how many flags had the user in their A/B test. */
export interface Prepared {
  decide(flagKey: string, user: number): number
  decideAll(user: number): number
}
