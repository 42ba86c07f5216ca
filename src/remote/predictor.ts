import type { Predictions, Project, Rule, UserContext } from '../engine/index.ts'

/** Of whom contextual bandits are asked, and which. */
export interface PredictionQuestion {
  readonly sdkKey: string
  readonly project: Project
  readonly user: Pick<UserContext, 'userId' | 'attributes'>
  /** Those of the experiments that the user is in. */
  readonly rules: readonly Rule[]
  readonly cache: CacheUse
}

/** What becomes of predictions that were had before: the SDK's decide options of these names. */
export interface CacheUse {
  /** `IGNORE_CMAB_CACHE`: ask, and keep nothing. */
  readonly ignore: boolean
  /** `RESET_CMAB_CACHE`: forget everybody's. */
  readonly reset: boolean
  /** `INVALIDATE_USER_CMAB_CACHE`: forget the user's. */
  readonly invalidateUser: boolean
}

/** Asks contextual bandits. */
export interface Predictor {
  /** A prediction for each rule, `null` where none could be had, which is in the log. Never rejects. */
  predict(question: PredictionQuestion): Promise<Predictions>
  /** Forgets what was predicted under an SDK key. */
  reset(sdkKey: string): void
}
