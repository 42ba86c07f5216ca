import type { AudienceReference, ConditionTree } from '../audience/condition.ts'
import { leavesOf } from '../audience/leaves.ts'
import type { Datafile, ExperimentEntry, FeatureFlagEntry, HoldoutEntry, RuleEntry } from './datafile.ts'
import { experimentLists, type Path } from './experiment-lists.ts'
import type { Issue } from './issue.ts'
import { emptyReport, listedWarnings, type Report, reportWarning } from './report.ts'

/** The ids that a datafile defines. */
interface Ids {
  readonly experiments: ReadonlySet<string>
  readonly variations: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly rollouts: ReadonlySet<string>
  readonly audiences: ReadonlySet<string>
}

/**
 * Looks for keys that are used twice, ids that lead nowhere and allocations whose ends do not rise: what the SDKs
 * tolerate, and an author would want to know. Deciding does not need it, so it is no part of loading.
 */
export function referenceWarnings(datafile: Datafile): readonly Issue[] {
  const report = emptyReport()
  const experiments = experimentLists(datafile).flatMap(([path, list]) => placed(path, list))
  const holdouts = placedHoldouts(datafile)
  const ids = definedIds(datafile, experiments)
  const keys = new Set<string>()
  for (const [path, experiment] of experiments) {
    at(report, path, () => {
      checkKey(report, experiment.key, keys)
      checkGroup(report, experiment, ids)
      checkRule(report, experiment, ids)
    })
  }
  for (const [path, holdout] of holdouts) at(report, path, () => checkRule(report, holdout, ids))
  checkFlags(report, datafile.featureFlags, ids)
  return listedWarnings(report)
}

function placedHoldouts({ holdouts, localHoldouts }: Datafile): readonly (readonly [Path, HoldoutEntry])[] {
  return [...placed(['holdouts'], holdouts), ...placed(['localHoldouts'], localHoldouts)]
}

function placed<Entry>(path: Path, entries: readonly Entry[]): (readonly [Path, Entry])[] {
  return entries.map((entry, index) => [[...path, index], entry])
}

function definedIds(datafile: Datafile, placedExperiments: readonly (readonly [Path, ExperimentEntry])[]): Ids {
  const experiments = placedExperiments.map(([, experiment]) => experiment)
  const rules: readonly RuleEntry[] = [...experiments, ...datafile.holdouts, ...datafile.localHoldouts]
  return {
    experiments: idsOf(experiments),
    variations: idsOf(rules.flatMap(({ variations }) => variations)),
    groups: idsOf(datafile.groups),
    rollouts: idsOf(datafile.rollouts),
    audiences: idsOf([...datafile.audiences, ...datafile.typedAudiences]),
  }
}

function idsOf(entries: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(entries.map(({ id }) => id))
}

function checkKey(report: Report, key: string, seen: Set<string>): void {
  if (seen.has(key))
    reportWarning(report, { code: 'duplicate_key', expected: 'a key of its own', found: key, key: 'key' })
  seen.add(key)
}

function checkGroup(report: Report, { groupId }: ExperimentEntry, ids: Ids): void {
  if (!groupId || ids.groups.has(groupId)) return
  reportWarning(report, { code: 'dangling_id', expected: 'the id of a group', found: groupId, key: 'groupId' })
}

function checkRule(report: Report, { trafficAllocation, audience, audienceField }: RuleEntry, ids: Ids): void {
  let end = 0
  for (const { entityId, endOfRange } of trafficAllocation) {
    const key = 'trafficAllocation'
    if (endOfRange < end || endOfRange > 10_000) {
      reportWarning(report, {
        code: 'unsorted_allocation',
        expected: 'rising ends up to 10000',
        found: endOfRange,
        key,
      })
    }
    if (entityId !== '' && !ids.variations.has(entityId)) {
      reportWarning(report, { code: 'dangling_id', expected: 'the id of a variation', found: entityId, key })
    }
    end = endOfRange
  }
  if (audience !== null) at(report, [audienceField], () => checkAudiences(report, audience, ids))
}

function checkAudiences(report: Report, tree: ConditionTree<AudienceReference>, ids: Ids): void {
  for (const found of leavesOf(tree)) {
    if (!ids.audiences.has(found)) {
      reportWarning(report, { code: 'dangling_id', expected: 'the id of an audience', found })
    }
  }
}

function checkFlags(report: Report, flags: readonly FeatureFlagEntry[], ids: Ids): void {
  const keys = new Set<string>()
  for (const [path, flag] of placed(['featureFlags'], flags)) {
    at(report, path, () => {
      checkKey(report, flag.key, keys)
      checkRulesOfFlag(report, flag, ids)
    })
  }
}

function checkRulesOfFlag(report: Report, { rolloutId, experimentIds }: FeatureFlagEntry, ids: Ids): void {
  if (rolloutId && !ids.rollouts.has(rolloutId)) {
    reportWarning(report, { code: 'dangling_id', expected: 'the id of a rollout', found: rolloutId, key: 'rolloutId' })
  }
  for (const found of experimentIds) {
    if (ids.experiments.has(found)) continue
    reportWarning(report, { code: 'dangling_id', expected: 'the id of an experiment', found, key: 'experimentIds' })
  }
}

/** Runs a check with the report's path at a place. */
function at(report: Report, path: Path, check: () => void): void {
  report.path.push(...path)
  check()
  report.path.length -= path.length
}
