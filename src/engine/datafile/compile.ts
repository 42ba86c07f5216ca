import { compileConditions, compileTree, type UserTest, unknown } from '../audience/compile.ts'
import type { UserContext } from '../decision/user-context.ts'
import { compileAllocation } from './allocation.ts'
import type {
  Datafile,
  ExperimentEntry,
  FeatureFlagEntry,
  GroupEntry,
  HoldoutEntry,
  RuleEntry,
  VariationEntry,
} from './datafile.ts'
import { type Drafts, draftRules, localHoldouts, type RuleDraft } from './draft.ts'
import type { Audience, Flag, Group, Holdout, Project, Rollout, Rule, Variation } from './project.ts'
import { defaultVariables, usersOfVariables, type VariableUsages, variablesWith, variableUsages } from './variables.ts'

/**
 * Compiles a datafile, once, into what deciding needs: indexes, audiences as predicates, ranges that know
 * their variation, variables cast to their types. Look-ups that the SDKs make by key, or in one map of all
 * variations, are resolved here with the same result (source: the SDK's project config).
 */
export function compile(datafile: Datafile): Project {
  const drafts = draftRules(datafile)
  const locals = localHoldouts(datafile)
  const index = buildIndex(datafile, drafts, locals)
  const experimentsById = compileRules(drafts, index, holdoutsByRule(locals, index))
  return {
    version: datafile.version,
    revision: datafile.revision,
    accountId: datafile.accountId,
    projectId: datafile.projectId,
    sdkKey: datafile.sdkKey,
    environmentKey: datafile.environmentKey,
    region: datafile.region || 'US',
    anonymizeIp: datafile.anonymizeIP ?? false,
    botFiltering: datafile.botFiltering,
    sendFlagDecisions: datafile.sendFlagDecisions ?? false,
    flags: compileFlags(datafile, drafts, index, experimentsById),
    holdouts: datafile.holdouts.map((entry) => compileHoldout(entry, index)),
    experimentsById,
    experimentsByKey: new Map([...experimentsById.values()].map((rule) => [rule.key, rule])),
    variationsById: index.variationsById,
    attributeIds: new Map(datafile.attributes.map(({ key, id }) => [key, id])),
    eventIds: new Map(datafile.events.map(({ key, id }) => [key, id])),
    counts: {
      flags: datafile.featureFlags.length,
      experiments: drafts.all.length,
      audiences: index.audiences.size,
    },
  }
}

/** What compiling one rule needs of the others. */
interface Index {
  readonly audiences: ReadonlyMap<string, UserTest>
  /** The one variation for each entry, so that the same entry is the same value everywhere. */
  readonly variations: ReadonlyMap<VariationEntry, Variation>
  /** Over all experiments, then all holdouts: later ones win. */
  readonly variationsById: ReadonlyMap<string, Variation>
  readonly usages: VariableUsages
  readonly groups: ReadonlyMap<string, Group | null>
  /** Experiment id to the id of its group. */
  readonly groupIds: ReadonlyMap<string, string | null>
  /** Whether the last experiment of a key runs: the SDKs ask by key. */
  readonly runningKeys: ReadonlyMap<string, boolean>
}

function buildIndex(datafile: Datafile, { all }: Drafts, locals: readonly HoldoutEntry[]): Index {
  const ofExperiments = all.flatMap(({ entry }) => entry.variations)
  const ofHoldouts = [...datafile.holdouts, ...locals].flatMap(({ variations }) => variations)
  const variations = new Map([...ofExperiments, ...ofHoldouts].map((entry) => [entry, compileVariation(entry)]))
  return {
    audiences: new Map(
      [...datafile.audiences, ...datafile.typedAudiences].map(({ id, conditions }) => [
        id,
        compileConditions(conditions),
      ]),
    ),
    variations,
    variationsById: new Map([...variations.values()].map((variation) => [variation.id, variation])),
    usages: variableUsages(ofExperiments),
    groups: new Map(datafile.groups.map((entry) => [entry.id, compileGroup(entry)])),
    groupIds: new Map(all.map(({ entry, groupId }) => [entry.id, groupId])),
    runningKeys: new Map(all.map(({ entry }) => [entry.key, isRunning(entry)])),
  }
}

function compileVariation({ id, key, featureEnabled }: VariationEntry): Variation {
  return { id, key, enabled: featureEnabled ?? false }
}

function isRunning({ status }: RuleEntry): boolean {
  return status === 'Running'
}

/** Only a policy of `random` makes experiments exclude each other. */
function compileGroup({ id, policy, trafficAllocation }: GroupEntry): Group | null {
  if (policy !== 'random') return null
  return {
    kind: 'random',
    id,
    ranges: trafficAllocation.map(({ entityId, endOfRange }) => ({ experimentId: entityId, endOfRange })),
  }
}

/** The SDKs look the group up by the rule's id among experiments, also for a holdout. */
function groupOf(ruleId: string, { groupIds, groups }: Index): Group | null {
  const groupId = groupIds.get(ruleId) ?? null
  if (groupId === null) return null
  const group = groups.get(groupId)
  return group === undefined ? { kind: 'unknown', id: groupId } : group
}

function compileAudience({ audience, audienceSource }: RuleEntry, { audiences }: Index): Audience {
  if (audience === null) return { includes: everyone, source: audienceSource }
  const test = compileTree(audience, (id) => (id === null ? unknown : (audiences.get(id) ?? unknown)))
  return { includes: (user: UserContext) => test(user) === true, source: audienceSource }
}

function everyone(): boolean {
  return true
}

function compileHoldout(entry: HoldoutEntry, index: Index): Holdout {
  return {
    id: entry.id,
    key: entry.key,
    running: isRunning(entry),
    audience: compileAudience(entry, index),
    allocation: compileAllocation(entry, entry.trafficAllocation, index.variationsById),
    group: groupOf(entry.id, index),
    excludeTargetedDeliveries: entry.excludeTargetedDeliveries,
  }
}

function holdoutsByRule(locals: readonly HoldoutEntry[], index: Index): ReadonlyMap<string, readonly Holdout[]> {
  const byRule = new Map<string, Holdout[]>()
  for (const entry of locals) {
    const holdout = compileHoldout(entry, index)
    for (const ruleId of entry.includedRules ?? []) {
      const holdouts = byRule.get(ruleId)
      if (holdouts === undefined) byRule.set(ruleId, [holdout])
      else holdouts.push(holdout)
    }
  }
  return byRule
}

function compileRules(
  { all }: Drafts,
  index: Index,
  holdouts: ReadonlyMap<string, readonly Holdout[]>,
): ReadonlyMap<string, Rule> {
  return new Map(all.map((draft) => [draft.entry.id, compileRule(draft, index, holdouts)]))
}

function compileRule(draft: RuleDraft, index: Index, holdouts: ReadonlyMap<string, readonly Holdout[]>): Rule {
  const { entry } = draft
  const variations = draft.variations.flatMap((variation) => index.variations.get(variation) ?? [])
  return {
    id: entry.id,
    key: entry.key,
    layerId: entry.layerId,
    running: index.runningKeys.get(entry.key) ?? false,
    audience: compileAudience(entry, index),
    allocation: compileAllocation(entry, draft.trafficAllocation, index.variationsById),
    group: groupOf(entry.id, index),
    cmab: entry.cmab === null ? null : { attributeIds: entry.cmab.attributeIds },
    whitelist: whitelistOf(entry),
    variations,
    variationsByKey: new Map(variations.map((variation) => [variation.key, variation])),
    localHoldouts: holdouts.get(entry.id) ?? [],
  }
}

function whitelistOf({ forcedVariations }: ExperimentEntry): Rule['whitelist'] {
  return forcedVariations === null || forcedVariations.size === 0 ? null : forcedVariations
}

function compileFlags(
  { featureFlags }: Datafile,
  drafts: Drafts,
  index: Index,
  rules: ReadonlyMap<string, Rule>,
): ReadonlyMap<string, Flag> {
  const users = usersOfVariables(index.usages)
  // A record without prototype, because the SDK's order is that of an object's keys.
  const flags: Record<string, Flag> = Object.create(null)
  for (const entry of featureFlags) {
    const defaults = defaultVariables(entry)
    flags[entry.key] = {
      id: entry.id,
      key: entry.key,
      experiments: entry.experimentIds.length === 0 ? null : rulesOf(entry.experimentIds, rules),
      rollout: compileRollout(entry, drafts, rules),
      variationsByKey: firstByKey(drafts.variationsOfFlags.get(entry.key) ?? [], index),
      defaults,
      variables: new Map(
        variationsThatSet(entry, users).map((id) => [
          id,
          variablesWith(entry, defaults, index.usages.get(id) ?? new Map()),
        ]),
      ),
    }
  }
  return new Map(Object.entries(flags))
}

function rulesOf(ids: readonly string[], rules: ReadonlyMap<string, Rule>): readonly Rule[] {
  return ids.flatMap((id) => rules.get(id) ?? [])
}

function compileRollout(
  { rolloutId }: FeatureFlagEntry,
  { rollouts }: Drafts,
  rules: ReadonlyMap<string, Rule>,
): Rollout {
  if (!rolloutId) return { kind: 'none' }
  const delivery = rollouts.get(rolloutId)
  if (delivery === undefined) return { kind: 'unknown', id: rolloutId }
  return {
    kind: 'rules',
    id: rolloutId,
    rules: rulesOf(
      delivery.map(({ entry }) => entry.id),
      rules,
    ),
  }
}

function firstByKey(entries: readonly VariationEntry[], { variations }: Index): ReadonlyMap<string, Variation> {
  const byKey = new Map<string, Variation>()
  for (const entry of entries) {
    const variation = variations.get(entry)
    if (variation !== undefined && !byKey.has(variation.key)) byKey.set(variation.key, variation)
  }
  return byKey
}

function variationsThatSet(
  { variables }: FeatureFlagEntry,
  users: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return [...new Set(variables.flatMap(({ id }) => users.get(id) ?? []))]
}
