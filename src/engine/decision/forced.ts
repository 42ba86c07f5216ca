import type { Flag, Variation } from '../datafile/project.ts'
import type { Deciding } from './deciding.ts'
import * as reasons from './reasons.ts'
import type { ForcedDecision } from './user-context.ts'
import { variationOfFlag } from './variation-by-key.ts'

/** How the SDK keeps a decision that is forced on the whole flag: a rule of this key gets it too. */
const NO_RULE = '$opt_null_rule_key'

/**
 * The variation that the caller forces on a flag (`ruleKey` null) or on one of its rules, if the flag has it.
 * One that it does not have is ignored, with a reason.
 */
export function forcedVariation(deciding: Deciding, flag: Flag, ruleKey: string | null): Variation | null {
  const { forcedDecisions } = deciding.user
  if (forcedDecisions === undefined) return null
  const forced = forcedDecisions.findLast((entry) => concerns(entry, flag.key, ruleKey))
  if (forced === undefined) return null
  const variation = variationOfFlag(flag, forced.variationKey) ?? null
  if (variation === null) explainInvalid(deciding, flag.key, ruleKey)
  else explainForced(deciding, variation, flag.key, ruleKey)
  return variation
}

function concerns(entry: ForcedDecision, flagKey: string, ruleKey: string | null): boolean {
  return entry.flagKey === flagKey && (entry.ruleKey ?? NO_RULE) === (ruleKey ?? NO_RULE)
}

function explainForced(
  { reasons: explanations, user }: Deciding,
  { key }: Variation,
  flagKey: string,
  ruleKey: string | null,
): void {
  explanations?.push(
    ruleKey
      ? reasons.forcedForRule(key, flagKey, ruleKey, user.userId)
      : reasons.forcedForFlag(key, flagKey, user.userId),
  )
}

function explainInvalid({ reasons: explanations, user }: Deciding, flagKey: string, ruleKey: string | null): void {
  explanations?.push(
    ruleKey
      ? reasons.invalidForcedForRule(flagKey, ruleKey, user.userId)
      : reasons.invalidForcedForFlag(flagKey, user.userId),
  )
}
