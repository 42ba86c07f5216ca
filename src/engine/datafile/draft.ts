import type { Datafile, ExperimentEntry, FeatureFlagEntry, TrafficEntry, VariationEntry } from './datafile.ts'

/** An experiment while a project is compiled: a Feature Rollout gets a variation that its own entry does not have. */
export interface RuleDraft {
  readonly entry: ExperimentEntry
  readonly groupId: string | null
  variations: readonly VariationEntry[]
  trafficAllocation: readonly TrafficEntry[]
}

/** The experiments of a datafile as the SDKs index them. */
export interface Drafts {
  /** Ungrouped, then grouped, then those of rollouts: of several with one key or variation id the last wins. */
  readonly all: readonly RuleDraft[]
  readonly byId: ReadonlyMap<string, RuleDraft>
  /** Rollout id to its rules. */
  readonly rollouts: ReadonlyMap<string, readonly RuleDraft[]>
}

/** Gathers the experiments of a datafile. */
export function draftRules({ experiments, groups, rollouts }: Datafile): Drafts {
  const all: RuleDraft[] = []
  for (const entry of experiments) all.push(draft(entry, entry.groupId))
  for (const group of groups) {
    for (const entry of group.experiments) all.push(draft(entry, group.id))
  }
  const rulesOfRollouts = new Map<string, readonly RuleDraft[]>()
  for (const rollout of rollouts) {
    const rules = rollout.experiments.map((entry) => draft(entry, entry.groupId))
    rulesOfRollouts.set(rollout.id, rules)
    for (const rule of rules) all.push(rule)
  }
  const byId = new Map<string, RuleDraft>()
  for (const rule of all) byId.set(rule.entry.id, rule)
  return { all, byId, rollouts: rulesOfRollouts }
}

/** The delivery rules of a flag, or none. */
export function deliveryOf({ rolloutId }: FeatureFlagEntry, { rollouts }: Drafts): readonly RuleDraft[] {
  return (rolloutId && rollouts.get(rolloutId)) || []
}

/**
 * The variations of a flag's rules in the order in which the SDKs gather them. On the way a Feature Rollout
 * among its experiments is given the variation of everyone else, for whoever it leaves over: flags have to be
 * taken in datafile order, and each once.
 */
export function gatherVariations(flag: FeatureFlagEntry, drafts: Drafts): readonly VariationEntry[] {
  const delivery = deliveryOf(flag, drafts)
  const everyoneElse = delivery.at(-1)?.variations[0]
  const gathered: VariationEntry[] = []
  for (const experimentId of flag.experimentIds) {
    const rule = drafts.byId.get(experimentId)
    if (rule === undefined) continue
    if (rule.entry.type === 'fr' && everyoneElse !== undefined) deliverToTheRest(rule, everyoneElse)
    gathered.push(...rule.variations)
  }
  for (const rule of delivery) gathered.push(...rule.variations)
  return gathered
}

function draft(entry: ExperimentEntry, groupId: string | null): RuleDraft {
  const { variations, trafficAllocation } = entry
  return { entry, groupId: groupId || null, variations, trafficAllocation }
}

function deliverToTheRest(rule: RuleDraft, everyoneElse: VariationEntry): void {
  rule.variations = [...rule.variations, everyoneElse]
  rule.trafficAllocation = [...rule.trafficAllocation, { entityId: everyoneElse.id, endOfRange: 10_000 }]
}
