import type { Datafile } from './datafile.ts'
import { experimentLists, type Path } from './experiment-lists.ts'
import { type Report, reportError } from './report.ts'

/**
 * Refuses two experiments or two flags with one id: a file that was doubled by accident looks like that, and
 * which of the two counts would depend on who reads it.
 */
export function refuseDuplicateIds(report: Report, datafile: Datafile): void {
  const seen = new Set<string>()
  for (const [path, experiments] of experimentLists(datafile)) refuseDuplicates(report, path, experiments, seen)
  refuseDuplicates(report, ['featureFlags'], datafile.featureFlags, new Set())
}

function refuseDuplicates(
  report: Report,
  path: Path,
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
