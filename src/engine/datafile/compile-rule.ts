import { compileTree, unknown } from '../audience/compile.ts'
import { compileAllocation } from './allocation.ts'
import type { ExperimentEntry, HoldoutEntry, RuleEntry } from './datafile.ts'
import type { Drafts, RuleDraft } from './draft.ts'
import { groupOf, type Index, isRunning } from './index-entries.ts'
import type { Audience, Holdout, Rule } from './project.ts'

/** Holdouts with the entries they were compiled from. */
export type Holdouts = ReadonlyMap<HoldoutEntry, Holdout>

/** Compiles holdouts, global or local. */
export function compileHoldouts(entries: readonly HoldoutEntry[], index: Index): Holdouts {
  return new Map(entries.map((entry) => [entry, compileHoldout(entry, index)]))
}

/** Compiles experiments and delivery rules, by id. */
export function compileRules({ all }: Drafts, index: Index, localHoldouts: Holdouts): ReadonlyMap<string, Rule> {
  const holdoutsByRule = groupByRule(localHoldouts)
  const rules = new Map<string, Rule>()
  for (const draft of all) rules.set(draft.entry.id, compileRule(draft, index, holdoutsByRule.get(draft.entry.id)))
  return rules
}

const NO_HOLDOUTS: readonly Holdout[] = []

function compileHoldout(entry: HoldoutEntry, index: Index): Holdout {
  return {
    id: entry.id,
    key: entry.key,
    running: isRunning(entry),
    audience: compileAudience(entry, index),
    allocation: compileAllocation(entry, entry.trafficAllocation, index.variations),
    group: groupOf(entry.id, index),
    excludeTargetedDeliveries: entry.excludeTargetedDeliveries,
  }
}

function compileRule(draft: RuleDraft, index: Index, localHoldouts = NO_HOLDOUTS): Rule {
  const { entry } = draft
  return {
    id: entry.id,
    key: entry.key,
    layerId: entry.layerId,
    running: index.runningKeys.get(entry.key) ?? false,
    audience: compileAudience(entry, index),
    allocation: compileAllocation(entry, draft.trafficAllocation, index.variations),
    group: groupOf(entry.id, index),
    cmab: entry.cmab === null ? null : { attributeIds: entry.cmab.attributeIds },
    whitelist: whitelistOf(entry),
    variations: draft.variations,
    localHoldouts,
  }
}

function compileAudience({ audience, audienceSource }: RuleEntry, { audiences }: Index): Audience {
  if (audience === null) return { test: everyone, source: audienceSource }
  const test = compileTree(audience, (id) => audiences.get(id) ?? unknown)
  return { test, source: audienceSource }
}

function everyone(): boolean {
  return true
}

function whitelistOf({ forcedVariations }: ExperimentEntry): Rule['whitelist'] {
  return forcedVariations === null || forcedVariations.size === 0 ? null : forcedVariations
}

/** Rule id to the local holdouts that name it, in datafile order. */
function groupByRule(localHoldouts: Holdouts): ReadonlyMap<string, readonly Holdout[]> {
  const byRule = new Map<string, Holdout[]>()
  for (const [{ includedRules }, holdout] of localHoldouts) {
    for (const ruleId of includedRules ?? []) {
      const holdouts = byRule.get(ruleId)
      if (holdouts === undefined) byRule.set(ruleId, [holdout])
      else holdouts.push(holdout)
    }
  }
  return byRule
}
