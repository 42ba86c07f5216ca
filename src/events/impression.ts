import type { Attributes, Evidence, FlagDecision, Project } from '../engine/index.ts'

/** A decision that counts as shown: what an SDK would send to its collector. */
export interface Impression {
  readonly sdkKey: string
  readonly revision: string
  readonly userId: string
  readonly attributes: Attributes
  /** Empty for an experiment on pages that belongs to no flag. */
  readonly flagKey: string
  readonly enabled: boolean
  /** `experiment`: one on pages that belongs to no flag. */
  readonly source: Evidence['source'] | 'experiment'
  readonly rule: Evidence['rule']
  readonly variation: Evidence['variation']
}

/** Where impressions go. Recording returns at once and never throws. */
export interface ImpressionRecorder {
  record(impressions: readonly Impression[]): void
}

/** For whom, and from which datafile, a decision was made. */
export interface DecisionOrigin {
  readonly sdkKey: string
  readonly userId: string
  readonly attributes: Attributes
  readonly project: Project
}

/**
 * The impressions of a decision: always for an experiment and a holdout, for a delivery where the datafile says
 * `sendFlagDecisions`, and one more for a holdout with `excludeTargetedDeliveries` (source: the SDK's
 * `generateDecision`).
 */
export function impressionsOf(
  { flagKey, enabled, evidence }: FlagDecision,
  origin: DecisionOrigin,
): readonly Impression[] {
  const { source, rule, variation, holdout } = evidence
  const { project, sdkKey, userId, attributes } = origin
  const common = { sdkKey, userId, attributes, flagKey, revision: project.revision }
  const impressions: Impression[] = []
  if (source !== 'rollout' || project.sendFlagDecisions)
    impressions.push({ ...common, enabled, source, rule, variation })
  if (holdout !== null) {
    const heldOut = holdout.variation
    impressions.push({
      ...common,
      enabled: heldOut.featureEnabled,
      source: 'holdout',
      rule: holdout.rule,
      variation: heldOut,
    })
  }
  return impressions
}
