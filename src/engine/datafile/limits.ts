/**
 * What a datafile may hold. Each bounds the work that one file can cause, at load or per decision:
 * production limits cannot be enforced by a clock (it stands still between I/O), so they are counts.
 */
export const LIMITS = {
  /** Nesting of JSON and of conditions: bounds recursion. */
  depth: 128,
  /** Bounds a decide-all. */
  flags: 5_000,
  /** Experiments, delivery rules and holdouts together: bounds memory and load time. */
  rules: 20_000,
  /**
   * Rules and their variations, counted for every flag that has them, with every global holdout for every flag, and
   * the rules that local holdouts name: many flags over one large rollout grow by the product of both.
   */
  listed: 1_000_000,
  /** Conditions of all audiences and rules together: bounds the closures that are compiled. */
  conditions: 100_000,
  /** Issues reported of each severity; what is beyond is counted in the last one. */
  issues: 1_000,
} as const
