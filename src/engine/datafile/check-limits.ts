import type { Datafile, RuleEntry } from './datafile.ts'
import { LIMITS } from './limits.ts'
import { type Report, reportError } from './report.ts'

/** Refuses a datafile that holds more than LIMITS. */
export function checkLimits(report: Report, datafile: Datafile): void {
  const { rules, conditions } = report.counts
  refuseMoreThan(report, { what: 'flags', most: LIMITS.flags, count: datafile.featureFlags.length })
  refuseMoreThan(report, { what: 'experiments, delivery rules and holdouts', most: LIMITS.rules, count: rules })
  refuseMoreThan(report, { what: 'conditions', most: LIMITS.conditions, count: conditions })
  refuseMoreThan(report, { what: 'rules and variations of flags', most: LIMITS.listed, count: listed(datafile) })
}

interface Limit {
  readonly what: string
  readonly most: number
  readonly count: number
}

function refuseMoreThan(report: Report, { what, most, count }: Limit): void {
  if (count > most) reportError(report, { code: 'too_many', expected: `at most ${most} ${what}`, found: count })
}

/** Rules with their variations, as often as flags list them, and rules as often as local holdouts do. */
function listed({ experiments, groups, rollouts, featureFlags, holdouts, localHoldouts }: Datafile): number {
  const weights = new Map<string, number>()
  for (const rule of experiments) weights.set(rule.id, weightOf(rule))
  for (const group of groups) for (const rule of group.experiments) weights.set(rule.id, weightOf(rule))
  const weightsOfRollouts = new Map<string | null, number>()
  for (const { id, experiments: rules } of rollouts) {
    for (const rule of rules) weights.set(rule.id, weightOf(rule))
    weightsOfRollouts.set(id, sum(rules, weightOf))
  }
  const ofFlags = sum(featureFlags, ({ experimentIds, rolloutId }) => {
    const ofExperiments = sum(experimentIds, (id) => weights.get(id) ?? 1)
    return holdouts.length + ofExperiments + (weightsOfRollouts.get(rolloutId) ?? 0)
  })
  return ofFlags + sum(localHoldouts, ({ includedRules }) => includedRules?.length ?? 0)
}

function weightOf({ variations }: RuleEntry): number {
  return 1 + variations.length
}

function sum<Entry>(entries: readonly Entry[], count: (entry: Entry) => number): number {
  let total = 0
  for (const entry of entries) total += count(entry)
  return total
}
