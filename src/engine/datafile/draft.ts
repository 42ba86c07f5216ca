import type {
  Datafile,
  ExperimentEntry,
  FeatureFlagEntry,
  HoldoutEntry,
  TrafficEntry,
  VariationEntry,
} from './datafile.ts'

/** An experiment while a project is compiled: a Feature Rollout gets a variation that its own entry does not have. */
export interface RuleDraft {
  readonly entry: ExperimentEntry
  readonly groupId: string | null
  readonly variations: VariationEntry[]
  readonly trafficAllocation: TrafficEntry[]
}

/** The experiments of a datafile in the order in which the SDKs index them: later ones win. */
export interface Drafts {
  readonly all: readonly RuleDraft[]
  readonly byId: ReadonlyMap<string, RuleDraft>
  /** Rollout id to its rules. */
  readonly rollouts: ReadonlyMap<string, readonly RuleDraft[]>
  /** Flag key to the variations of its rules by id, in the SDK's order. */
  readonly variationsOfFlags: ReadonlyMap<string, readonly VariationEntry[]>
}

/** Gathers the experiments, and gives Feature Rollouts the variation of everyone else. */
export function draftRules(datafile: Datafile): Drafts {
  const experiments = datafile.experiments.map((entry) => draft(entry, entry.groupId))
  const grouped = datafile.groups.flatMap(({ id, experiments }) => experiments.map((entry) => draft(entry, id)))
  const rollouts = new Map<string, readonly RuleDraft[]>()
  const delivered: RuleDraft[] = []
  for (const { id, experiments } of datafile.rollouts) {
    const rules = experiments.map((entry) => draft(entry, entry.groupId))
    rollouts.set(id, rules)
    delivered.push(...rules)
  }
  const all = [...experiments, ...grouped, ...delivered]
  const byId = new Map(all.map((rule) => [rule.entry.id, rule]))
  return { all, byId, rollouts, variationsOfFlags: draftFlags(datafile.featureFlags, byId, rollouts) }
}

/** The local holdouts that take effect: those that name rules. */
export function localHoldouts({ localHoldouts }: Datafile): readonly HoldoutEntry[] {
  return localHoldouts.filter(({ includedRules }) => includedRules !== null)
}

function draft(entry: ExperimentEntry, groupId: string | null): RuleDraft {
  return {
    entry,
    groupId: groupId || null,
    variations: [...entry.variations],
    trafficAllocation: [...entry.trafficAllocation],
  }
}

function draftFlags(
  flags: readonly FeatureFlagEntry[],
  byId: ReadonlyMap<string, RuleDraft>,
  rollouts: ReadonlyMap<string, readonly RuleDraft[]>,
): ReadonlyMap<string, readonly VariationEntry[]> {
  const variationsOfFlags = new Map<string, readonly VariationEntry[]>()
  for (const { key, experimentIds, rolloutId } of flags) {
    const experiments = experimentIds.flatMap((id) => byId.get(id) ?? [])
    const delivery = (rolloutId && rollouts.get(rolloutId)) || []
    variationsOfFlags.set(key, draftFlag(experiments, delivery))
  }
  return variationsOfFlags
}

function draftFlag(experiments: readonly RuleDraft[], delivery: readonly RuleDraft[]): readonly VariationEntry[] {
  const everyoneElse = delivery.at(-1)?.variations[0]
  // A record without prototype, because the SDKs' order is that of an object's keys: integer-like ids first.
  const variations: Record<string, VariationEntry> = Object.create(null)
  for (const rule of experiments) {
    if (rule.entry.type === 'fr' && everyoneElse !== undefined) deliverToTheRest(rule, everyoneElse)
    for (const variation of rule.variations) variations[variation.id] = variation
  }
  for (const rule of delivery) {
    for (const variation of rule.variations) variations[variation.id] = variation
  }
  return Object.values(variations)
}

/** A Feature Rollout gives whoever it leaves over what everyone else gets. */
function deliverToTheRest(rule: RuleDraft, everyoneElse: VariationEntry): void {
  rule.variations.push(everyoneElse)
  rule.trafficAllocation.push({ entityId: everyoneElse.id, endOfRange: 10_000 })
}
