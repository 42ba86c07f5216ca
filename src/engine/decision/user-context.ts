/**
 * For whom a decision is made. A plain value: the caller's parsing, the profile look-up and the
 * segment fetch have happened before.
 */
export interface UserContext {
  /** Any string, also an empty one; whitelist and profile go by it, and the hash unless `$opt_bucketing_id` is a string. */
  readonly userId: string
  /** Values of any type; those that a condition cannot compare make it unknown. `undefined` counts as missing. */
  readonly attributes: Attributes
  /** Decisions that the caller forces, later entries win. Without `ruleKey` the whole flag is forced. */
  readonly forcedDecisions?: readonly ForcedDecision[]
  /**
   * Experiment key to variation key: comes before whitelist and profile, and is not kept. One that names no variation of
   * its experiment is ignored (the SDK's `setForcedVariation`).
   */
  readonly overrides?: ReadonlyMap<string, string>
  /** Sticky assignments: experiment id to variation id. Absent where nobody keeps profiles; a new user's is empty. */
  readonly profile?: UserProfile
  /** Audiences of a third party that the user is in; `null` or absent when they were not fetched. */
  readonly qualifiedSegments?: readonly string[] | null
  /**
   * What contextual bandits say of the user. Absent: none is asked, and their rules are skipped, as in the SDK's decisions
   * that do not wait. Where the one that is needed is missing, the flag fails with `prediction_needed`: ask for it, and
   * decide again.
   */
  readonly predictions?: Predictions
}

/** By rule id; `null`: the bandit was asked and gave none. */
export type Predictions = ReadonlyMap<string, Prediction | null>

/** The variation that a contextual bandit has for a user, and by what name it knows of having said so. */
export interface Prediction {
  readonly variationId: string
  readonly cmabUuid: string
}

export type Attributes = Readonly<Record<string, unknown>>

/** Experiment id to variation id, as a user profile service keeps it. */
export type UserProfile = ReadonlyMap<string, string>

export interface ForcedDecision {
  readonly flagKey: string
  readonly ruleKey?: string | null
  readonly variationKey: string
}

/** The SDK's decide options that change what is decided, by their meaning. All are off by default. */
export interface DecideOptions {
  /** `INCLUDE_REASONS` */
  readonly includeReasons?: boolean
  /** `EXCLUDE_VARIABLES` */
  readonly excludeVariables?: boolean
  /** `ENABLED_FLAGS_ONLY`; a single `decide` ignores it, as the SDK does. */
  readonly enabledFlagsOnly?: boolean
  /** `IGNORE_USER_PROFILE_SERVICE`: neither read nor change the profile. */
  readonly ignoreUserProfile?: boolean
}
