import type { Result } from '../../base/result.ts'
import type { Holdout, Rule, Variables, Variation } from '../datafile/project.ts'
import type { UserProfile } from './user-context.ts'

/** What one flag is for one user. `kind` tells a decision from a flag that could not be decided. */
export type Decision = FlagDecision | FailedDecision

/** A decision, in the words of OptimizelyDecision, and the evidence that events need. */
export interface FlagDecision {
  readonly kind: 'decided'
  readonly flagKey: string
  readonly enabled: boolean
  readonly variationKey: string | null
  readonly ruleKey: string | null
  readonly variables: Variables
  /** Empty unless asked for, in the SDK's exact words. */
  readonly reasons: readonly string[]
  readonly evidence: Evidence
}

/** A flag without a decision: off, without variation, and the reason always included (as the SDK's error decision). */
export interface FailedDecision {
  readonly kind: 'failed'
  readonly flagKey: string
  readonly enabled: false
  readonly variationKey: null
  readonly ruleKey: null
  readonly variables: Variables
  readonly reasons: readonly string[]
  readonly failure: DecisionFailure
}

/** Why a flag has no decision. */
export type DecisionFailure =
  | { readonly code: 'unknown_flag'; readonly message: string }
  | { readonly code: 'unknown_group'; readonly message: string; readonly groupId: string }
  /** `UserContext.predictions` has nothing of this rule yet. */
  | { readonly code: 'prediction_needed'; readonly message: string; readonly rule: Rule }
  /** The contextual bandit of this rule was asked, and gave no prediction. */
  | { readonly code: 'prediction_failed'; readonly message: string; readonly rule: Rule }
  /** A bug, or a rule that throws: `cause` is what was thrown. */
  | { readonly code: 'evaluation_failed'; readonly message: string; readonly cause: unknown }

/** Which rule and variation a decision came from: what impressions are built of. */
export interface Evidence {
  readonly source: 'feature-test' | 'rollout' | 'holdout'
  /** `null` when nothing matched, and for a flag-level forced decision. */
  readonly rule: Rule | Holdout | null
  readonly variation: Variation | null
  /** Present where a contextual bandit chose the variation: by what name it knows of that. */
  readonly cmabUuid?: string
  /** A holdout with `excludeTargetedDeliveries` that applied beside the delivery: it gets an impression of its own. */
  readonly holdout: { readonly rule: Holdout; readonly variation: Variation } | null
}

/** One decision, and the user's profile when they have one and deciding changed it (`null`: nothing to save). */
export interface DecisionResult {
  readonly decision: Decision
  readonly profile: UserProfile | null
}

/** Several decisions by flag key, in the order asked, and the user's profile when deciding changed it. */
export interface DecisionsResult {
  readonly decisions: ReadonlyMap<string, Decision>
  readonly profile: UserProfile | null
}

/** What an experiment is for one user, asked for by itself rather than through a flag. */
export interface ExperimentDecision {
  /** `holdout`: a holdout kept the user out, and `rule` is that holdout. */
  readonly source: 'experiment' | 'holdout'
  readonly rule: Rule | Holdout
  /** `null`: the user is not in it. */
  readonly variation: Variation | null
  /** As `Evidence` has it. */
  readonly cmabUuid?: string
  /** Empty unless asked for. */
  readonly reasons: readonly string[]
}

/** The decision, or why there is none, and the user's profile as `DecisionResult` has it. */
export interface ExperimentResult {
  readonly decision: Result<ExperimentDecision, DecisionFailure>
  readonly profile: UserProfile | null
}
