import { compileFlags } from './compile-flag.ts'
import { compileHoldouts, compileRules } from './compile-rule.ts'
import type { Datafile } from './datafile.ts'
import { draftRules, gatherVariations } from './draft.ts'
import { buildIndex, isLocal } from './index-entries.ts'
import type { Project } from './project.ts'

/**
 * Compiles a datafile, once, into what deciding needs: indexes, audiences as predicates, ranges that know
 * their variation. Look-ups that the SDKs make by key, or in one map of all variations, are resolved here with
 * the same result (source: the SDK's project config). Variables alone wait: each is cast when first asked for.
 */
export function compile(datafile: Datafile): Project {
  const drafts = draftRules(datafile)
  const variationsOfFlags = datafile.featureFlags.map((flag) => gatherVariations(flag, drafts))
  const index = buildIndex(datafile, drafts)
  const localHoldouts = compileHoldouts(datafile.localHoldouts.filter(isLocal), index)
  const rules = compileRules(drafts, index, localHoldouts)
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
    flags: compileFlags({ datafile, variationsOfFlags, drafts, index, rules }),
    holdouts: [...compileHoldouts(datafile.holdouts, index).values()],
    experimentsById: rules,
    experimentsByKey: mapBy(rules.values(), 'key'),
    variationsById: index.variations,
    attributeIds: idsByKey(datafile.attributes),
    eventIds: idsByKey(datafile.events),
    counts: {
      flags: datafile.featureFlags.length,
      experiments: drafts.all.length,
      audiences: index.audiences.size,
    },
  }
}

function mapBy<Entry extends { readonly key: string }>(
  entries: Iterable<Entry>,
  by: 'key',
): ReadonlyMap<string, Entry> {
  const map = new Map<string, Entry>()
  for (const entry of entries) map.set(entry[by], entry)
  return map
}

function idsByKey(entries: readonly { readonly id: string; readonly key: string }[]): ReadonlyMap<string, string> {
  return new Map(entries.map(({ key, id }) => [key, id]))
}
