import { err, ok, type Result } from '../../base/result.ts'
import type { Flag, Holdout, Project, Rule, Variation } from '../datafile/project.ts'
import type { Evidence } from './decision.ts'
import { variationOfFlag, variationOfRule } from './variation-by-key.ts'

/** What a decision says of where it comes from. */
export interface DecisionKeys {
  readonly ruleKey: string | null
  readonly variationKey: string | null
}

/**
 * What a decision was made of, found by what it says of itself: for one that this datafile would not make now (the user,
 * or the datafile, was another), and that somebody has seen all the same. Experiments of the flag come before its
 * deliveries, and those before holdouts, as keys are no more than names.
 */
export function evidenceByKey(
  { holdouts }: Project,
  flag: Flag,
  { ruleKey, variationKey }: DecisionKeys,
): Result<Evidence, 'unknown_rule' | 'unknown_variation'> {
  if (ruleKey === null) return withoutRule(flag, variationKey)
  const named = sourcesOf(flag, holdouts).filter(({ rule }) => rule.key === ruleKey)
  if (named.length === 0) return err('unknown_rule')
  for (const { source, rule } of named) {
    const variation = variationKey === null ? undefined : variationOf(rule, variationKey)
    if (variation !== undefined) return ok({ source, rule, variation, holdout: null })
  }
  return err('unknown_variation')
}

/** Nothing applied, or the variation was forced on the flag as a whole. */
function withoutRule(flag: Flag, variationKey: string | null): Result<Evidence, 'unknown_variation'> {
  if (variationKey === null) return ok({ source: 'rollout', rule: null, variation: null, holdout: null })
  const variation = variationOfFlag(flag, variationKey)
  return variation === undefined
    ? err('unknown_variation')
    : ok({ source: 'feature-test', rule: null, variation, holdout: null })
}

interface Source {
  readonly source: Evidence['source']
  readonly rule: Rule | Holdout
}

function sourcesOf({ experiments, rollout }: Flag, holdouts: readonly Holdout[]): readonly Source[] {
  const tested = experiments ?? []
  const delivered = rollout.kind === 'rules' ? rollout.rules : []
  const local = [...tested, ...delivered].flatMap(({ localHoldouts }) => localHoldouts)
  return [
    ...tested.map((rule) => ({ source: 'feature-test', rule }) as const),
    ...delivered.map((rule) => ({ source: 'rollout', rule }) as const),
    ...[...holdouts, ...local].map((rule) => ({ source: 'holdout', rule }) as const),
  ]
}

/** Where traffic leads to comes first, which is all that a holdout has: forced and kept variations may have no traffic. */
function variationOf(rule: Rule | Holdout, key: string): Variation | undefined {
  for (const { destination } of rule.allocation) {
    if (destination.kind === 'in' && destination.variation.key === key) return destination.variation
  }
  return 'variations' in rule ? variationOfRule(rule, key) : undefined
}
