import { compileConditions } from '../audience/compile.ts'
import type { Condition, ConditionTree, UserTest } from '../audience/condition.ts'
import type { Datafile, GroupEntry, HoldoutEntry, RuleEntry, VariationEntry } from './datafile.ts'
import type { Drafts } from './draft.ts'
import type { Group, Variation } from './project.ts'
import { type VariableUsages, variableUsages } from './variables.ts'

/** What compiling one rule or flag needs of the others. */
export interface Index {
  readonly audiences: ReadonlyMap<string, UserTest>
  /** By id, over all experiments and then all holdouts that take effect: later ones win. */
  readonly variations: ReadonlyMap<string, Variation>
  readonly usages: VariableUsages
  /** `null`: a group whose experiments do not exclude each other. */
  readonly groups: ReadonlyMap<string, Group | null>
  /** Experiment id to the id of its group. */
  readonly groupIds: ReadonlyMap<string, string>
  /** Whether the last experiment of a key runs: the SDKs ask by key. */
  readonly runningKeys: ReadonlyMap<string, boolean>
}

/** Indexes the entries of a datafile as the SDKs do. */
export function buildIndex(datafile: Datafile, { all }: Drafts): Index {
  const variations = new Map<string, Variation>()
  const groupIds = new Map<string, string>()
  const runningKeys = new Map<string, boolean>()
  const ofExperiments: VariationEntry[] = []
  for (const { entry, groupId } of all) {
    addVariations(variations, entry)
    for (const variation of entry.variations) ofExperiments.push(variation)
    if (groupId !== null) groupIds.set(entry.id, groupId)
    runningKeys.set(entry.key, isRunning(entry))
  }
  for (const entry of datafile.holdouts) addVariations(variations, entry)
  for (const entry of datafile.localHoldouts.filter(isLocal)) addVariations(variations, entry)
  return {
    audiences: compileAudiences(datafile),
    variations,
    usages: variableUsages(ofExperiments),
    groups: new Map(datafile.groups.map((entry) => [entry.id, compileGroup(entry)])),
    groupIds,
    runningKeys,
  }
}

/** A local holdout takes effect only where it names rules. */
export function isLocal({ includedRules }: HoldoutEntry): boolean {
  return includedRules !== null
}

/** Whether an entry's own status says that it runs. */
export function isRunning({ status }: RuleEntry): boolean {
  return status === 'Running'
}

/** The SDKs look a group up by the rule's id among experiments, also for a holdout. */
export function groupOf(ruleId: string, { groupIds, groups }: Index): Group | null {
  const groupId = groupIds.get(ruleId)
  if (groupId === undefined) return null
  const group = groups.get(groupId)
  return group === undefined ? { kind: 'unknown', id: groupId } : group
}

function addVariations(variations: Map<string, Variation>, entry: RuleEntry): void {
  for (const variation of entry.variations) variations.set(variation.id, variation)
}

/** A typed audience replaces the untyped one of its id. */
function compileAudiences({ audiences, typedAudiences }: Datafile): ReadonlyMap<string, UserTest> {
  const trees = new Map<string, ConditionTree<Condition>>()
  for (const { id, conditions } of audiences) trees.set(id, conditions)
  for (const { id, conditions } of typedAudiences) trees.set(id, conditions)
  const tests = new Map<string, UserTest>()
  for (const [id, tree] of trees) tests.set(id, compileConditions(tree))
  return tests
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
