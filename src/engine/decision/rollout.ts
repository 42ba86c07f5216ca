import type { Flag, Rule, Variation } from '../datafile/project.ts'
import type { Deciding } from './deciding.ts'
import { bucket, isIncluded } from './enter.ts'
import { forcedVariation } from './forced.ts'
import { type HeldOut, heldOutBy } from './holdout.ts'
import * as reasons from './reasons.ts'

/** What the delivery rules of a flag came to. */
export type RolloutOutcome =
  | { readonly kind: 'in'; readonly rule: Rule; readonly variation: Variation }
  | Exclude<HeldOut, { kind: 'in' }>

type DeliveryOutcome = RolloutOutcome | { readonly kind: 'skip-to-everyone-else' }

const OUT: RolloutOutcome = { kind: 'out' }

/** Tries the delivery rules of a flag, and says whether the user is in its rollout. */
export function decideRollout(deciding: Deciding, flag: Flag): RolloutOutcome {
  const outcome = tryRollout(deciding, flag)
  if (outcome.kind === 'unknown-group') return outcome
  const explain = outcome.kind === 'out' ? reasons.notInRollout : reasons.inRollout
  deciding.reasons?.push(explain(deciding.user.userId, flag.key))
  return outcome
}

function tryRollout(deciding: Deciding, flag: Flag): RolloutOutcome {
  const { rollout } = flag
  switch (rollout.kind) {
    case 'none':
      deciding.reasons?.push(reasons.noRollout(flag.key))
      return OUT
    case 'unknown':
      deciding.reasons?.push(reasons.invalidRollout(rollout.id, flag.key))
      return OUT
    case 'rules':
      if (rollout.rules.length === 0) deciding.reasons?.push(reasons.rolloutWithoutRules(rollout.id))
      return tryRules(deciding, flag, rollout.rules)
  }
}

/** In order, except that whoever meets a rule's audience but not its traffic goes to the last rule at once. */
function tryRules(deciding: Deciding, flag: Flag, rules: readonly Rule[]): RolloutOutcome {
  const last = rules.length - 1
  for (let index = 0; index <= last; index++) {
    const rule = rules[index]
    if (rule === undefined) break
    const outcome = tryRule(deciding, flag, rule, index === last ? reasons.EVERYONE_ELSE : String(index + 1))
    if (outcome.kind === 'skip-to-everyone-else') index = last - 1
    else if (outcome.kind !== 'out') return outcome
  }
  return OUT
}

function tryRule(deciding: Deciding, flag: Flag, rule: Rule, name: string): DeliveryOutcome {
  const { reasons: explanations, user } = deciding
  const forced = forcedVariation(deciding, flag, rule.key)
  if (forced !== null) return { kind: 'in', rule, variation: forced }
  const heldOut = heldOutBy(deciding, rule.localHoldouts)
  if (heldOut.kind !== 'out') return heldOut
  if (!isIncluded(deciding, rule, 'rule', name)) {
    explanations?.push(reasons.failsTargetingRule(user.userId, name))
    return OUT
  }
  explanations?.push(reasons.meetsTargetingRule(user.userId, name))
  const bucketed = bucket(deciding, rule)
  if (bucketed.kind === 'in') {
    explanations?.push(reasons.inTargetingRule(user.userId, name))
    return { kind: 'in', rule, variation: bucketed.variation }
  }
  if (bucketed.kind === 'unknown-group' || name === reasons.EVERYONE_ELSE) return bucketed
  explanations?.push(reasons.notInTargetingRule(user.userId, name))
  return { kind: 'skip-to-everyone-else' }
}
