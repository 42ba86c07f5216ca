import type { Attributes, FlagDecision, Project } from '../engine/index.ts'
import type { Impression } from './event.ts'

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
  { flagKey, enabled, evidence }: Pick<FlagDecision, 'flagKey' | 'enabled' | 'evidence'>,
  origin: DecisionOrigin,
): readonly Impression[] {
  const { source, rule, variation, cmabUuid, holdout } = evidence
  const { project, sdkKey, userId, attributes } = origin
  const common = { kind: 'impression', sdkKey, project, userId, attributes, flagKey } as const
  const impressions: Impression[] = []
  if (source !== 'rollout' || project.sendFlagDecisions) {
    const impression = { ...common, enabled, source, rule, variation }
    impressions.push(cmabUuid === undefined ? impression : { ...impression, cmabUuid })
  }
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
