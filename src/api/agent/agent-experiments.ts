import type { Rule } from '../../engine/index.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'

const known = new WeakMap<LoadedDatafile, ReadonlyMap<string, Rule>>()

/**
 * The experiments of a datafile by key, as OptimizelyConfig lists them: grouped ones with them, delivery rules not. Made
 * once for each datafile.
 */
export function experimentsOf(loaded: LoadedDatafile): ReadonlyMap<string, Rule> {
  const made = known.get(loaded)
  if (made !== undefined) return made
  const { datafile, project } = loaded
  const experiments = new Map<string, Rule>()
  for (const { id, key } of [...datafile.experiments, ...datafile.groups.flatMap((group) => group.experiments)]) {
    const rule = project.experimentsById.get(id)
    if (rule !== undefined) experiments.set(key, rule)
  }
  known.set(loaded, experiments)
  return experiments
}
