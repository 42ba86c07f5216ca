import type { Datafile, FeatureFlagEntry } from './datafile.ts'
import { type Drafts, deliveryOf } from './draft.ts'
import type { Index } from './index-entries.ts'
import type { Flag, Rollout, Rule, Variation } from './project.ts'
import { compileVariables } from './variables.ts'

/** What flags are compiled from. */
interface FlagSources {
  readonly datafile: Datafile
  /** For each flag of the datafile, in its order. */
  readonly variationsOfFlags: readonly (readonly Variation[])[]
  readonly drafts: Drafts
  readonly index: Index
  readonly rules: ReadonlyMap<string, Rule>
}

/** Compiles the flags, by key: of several with one key the last counts. */
export function compileFlags(sources: FlagSources): ReadonlyMap<string, Flag> {
  const { featureFlags } = sources.datafile
  const flags = new Map<string, Flag>()
  for (let index = 0; index < featureFlags.length; index++) {
    const entry = featureFlags[index]
    const variations = sources.variationsOfFlags[index]
    if (entry !== undefined && variations !== undefined) {
      flags.set(entry.key, compileFlag(entry, variations, sources))
    }
  }
  return inOrderOfKeys(flags)
}

function compileFlag(
  entry: FeatureFlagEntry,
  variations: readonly Variation[],
  { drafts, index, rules }: FlagSources,
): Flag {
  return {
    id: entry.id,
    key: entry.key,
    experiments: entry.experimentIds.length === 0 ? null : rulesOf(entry.experimentIds, rules),
    rollout: compileRollout(entry, drafts, rules),
    variations,
    variables: compileVariables(entry, index.usages),
  }
}

function rulesOf(ids: readonly string[], rules: ReadonlyMap<string, Rule>): readonly Rule[] {
  const found: Rule[] = []
  for (const id of ids) {
    const rule = rules.get(id)
    if (rule !== undefined) found.push(rule)
  }
  return found
}

function compileRollout(entry: FeatureFlagEntry, drafts: Drafts, rules: ReadonlyMap<string, Rule>): Rollout {
  const { rolloutId } = entry
  if (!rolloutId) return { kind: 'none' }
  if (!drafts.rollouts.has(rolloutId)) return { kind: 'unknown', id: rolloutId }
  const ruleIds = deliveryOf(entry, drafts).map((draft) => draft.entry.id)
  return { kind: 'rules', id: rolloutId, rules: rulesOf(ruleIds, rules) }
}

/** The SDK's order of flags is that of an object's keys, which differs from the datafile's for integer-like ones. */
function inOrderOfKeys(flags: ReadonlyMap<string, Flag>): ReadonlyMap<string, Flag> {
  if (![...flags.keys()].some(isIntegerLike)) return flags
  const ordered: Record<string, Flag> = Object.create(null)
  for (const [key, flag] of flags) ordered[key] = flag
  return new Map(Object.entries(ordered))
}

function isIntegerLike(key: string): boolean {
  return /^\d+$/.test(key)
}
