import type { Datafile, ExperimentEntry } from './datafile.ts'
import { type Report, reportError } from './report.ts'

/**
 * Refuses two experiments or two flags with one id: a file that was doubled by accident looks like that, and
 * which of the two counts would depend on who reads it.
 */
export function refuseDuplicateIds(report: Report, datafile: Datafile): void {
  const { experiments, groups, rollouts, featureFlags } = datafile
  const seen = new Set<string>()
  refuseDuplicates(report, ['experiments'], experiments, seen)
  refuseDuplicatesOfOwners(report, 'groups', groups, seen)
  refuseDuplicatesOfOwners(report, 'rollouts', rollouts, seen)
  refuseDuplicates(report, ['featureFlags'], featureFlags, new Set())
}

function refuseDuplicatesOfOwners(
  report: Report,
  name: string,
  owners: readonly { readonly experiments: readonly ExperimentEntry[] }[],
  seen: Set<string>,
): void {
  for (const [index, { experiments }] of owners.entries()) {
    refuseDuplicates(report, [name, index, 'experiments'], experiments, seen)
  }
}

function refuseDuplicates(
  report: Report,
  path: readonly (string | number)[],
  entries: readonly { readonly id: string }[],
  seen: Set<string>,
): void {
  for (const [index, { id }] of entries.entries()) {
    if (!seen.has(id)) {
      seen.add(id)
      continue
    }
    report.path.push(...path, index)
    reportError(report, { code: 'duplicate_id', expected: 'an id of its own', found: id, key: 'id' })
    report.path.length = 0
  }
}
