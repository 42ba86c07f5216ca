import type { Flag, Rule, Variation } from '../datafile/project.ts'
import { type Entered, enterBandit, type Unpredicted } from './bandit.ts'
import { type Deciding, storedVariationId, storeVariation } from './deciding.ts'
import { type Bucketed, bucket, isIncluded } from './enter.ts'
import { forcedVariation } from './forced.ts'
import { type HeldOut, heldOutBy } from './holdout.ts'
import * as reasons from './reasons.ts'
import { variationOfFlag, variationOfRule } from './variation-by-key.ts'

/** What the experiments of a flag came to. */
export type ExperimentOutcome =
  | { readonly kind: 'in'; readonly rule: Rule; readonly variation: Variation; readonly cmabUuid: string | undefined }
  | Unpredicted
  | Exclude<HeldOut, { kind: 'in' }>

type Variations = ReadonlyMap<string, Variation>

const OUT = { kind: 'out' } as const

/** Tries the experiments of a flag in order: the first variation wins. `variations` are those of the whole datafile. */
export function decideExperiments(deciding: Deciding, flag: Flag, variations: Variations): ExperimentOutcome {
  if (flag.experiments === null) {
    deciding.reasons?.push(reasons.noExperiments(flag.key))
    return OUT
  }
  for (const rule of flag.experiments) {
    const outcome = decideRule(deciding, flag, rule, variations)
    if (outcome.kind === 'out') continue
    if (outcome.kind !== 'in') return outcome
    // A variation with an empty key counts as none, as in the SDK.
    if (outcome.variation.key === '') continue
    // A variation is found by its key: the rule's own before the flag's.
    const { key } = outcome.variation
    const variation = variationOfRule(rule, key) ?? variationOfFlag(flag, key)
    return variation === undefined ? OUT : { kind: 'in', rule, variation, cmabUuid: outcome.cmabUuid }
  }
  return OUT
}

function decideRule(
  deciding: Deciding,
  flag: Flag,
  rule: Rule,
  variations: Variations,
): Entered | Exclude<HeldOut, { kind: 'out' }> {
  const forced = forcedVariation(deciding, flag, rule.key)
  if (forced !== null) return { kind: 'in', variation: forced }
  const heldOut = heldOutBy(deciding, rule.localHoldouts)
  if (heldOut.kind !== 'out') return heldOut
  return enterExperiment(deciding, rule, variations)
}

/** Tries one experiment, whatever flag it belongs to: status, override, whitelist, profile, audience, bucket. */
export function enterExperiment(deciding: Deciding, rule: Rule, variations: Variations): Entered {
  const { reasons: explanations, user } = deciding
  if (!rule.running) {
    explanations?.push(reasons.experimentNotRunning(rule.key))
    return OUT
  }
  const assigned =
    overridingVariation(deciding, rule) ??
    whitelistedVariation(deciding, rule) ??
    stickyVariation(deciding, rule, variations)
  if (assigned !== null) return { kind: 'in', variation: assigned }
  if (!isIncluded(deciding, rule, 'experiment', rule.key)) {
    explanations?.push(reasons.notInExperiment(user.userId, rule.key))
    return OUT
  }
  return rule.cmab === null ? bucketIntoExperiment(deciding, rule) : enterBandit(deciding, rule, variations)
}

function overridingVariation({ user, reasons: explanations }: Deciding, rule: Rule): Variation | null {
  const key = user.overrides?.get(rule.key)
  const variation = key === undefined ? undefined : variationOfRule(rule, key)
  if (variation === undefined) return null
  explanations?.push(reasons.overridden(variation.key, rule.key, user.userId))
  return variation
}

function whitelistedVariation({ user, reasons: explanations }: Deciding, rule: Rule): Variation | null {
  const key = rule.whitelist?.get(user.userId)
  if (key === undefined) return null
  const variation = variationOfRule(rule, key) ?? null
  explanations?.push(
    variation === null ? reasons.whitelistInvalid(key, user.userId) : reasons.whitelisted(user.userId, key),
  )
  return variation
}

function stickyVariation(
  { sticky, user, reasons: explanations }: Deciding,
  rule: Rule,
  variations: Variations,
): Variation | null {
  const id = sticky === null ? undefined : storedVariationId(sticky, rule.id)
  const variation = id === undefined ? undefined : variations.get(id)
  if (variation === undefined) return null
  explanations?.push(reasons.storedVariation(variation.key, rule.key, user.userId))
  return variation
}

function bucketIntoExperiment(deciding: Deciding, rule: Rule): Bucketed {
  const { reasons: explanations, sticky, user } = deciding
  const bucketed = bucket(deciding, rule)
  if (bucketed.kind === 'out') explanations?.push(reasons.inNoVariation(user.userId, rule.key))
  if (bucketed.kind !== 'in') return bucketed
  explanations?.push(reasons.inVariation(user.userId, bucketed.variation.key, rule.key))
  if (sticky !== null) storeVariation(sticky, rule.id, bucketed.variation.id)
  return bucketed
}
