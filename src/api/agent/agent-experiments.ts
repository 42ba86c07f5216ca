import { madeOncePer } from '../../base/made-once.ts'
import type { Rule } from '../../engine/index.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'

interface Experiments {
  readonly byKey: ReadonlyMap<string, Rule>
  readonly idsOfFlags: ReadonlySet<string>
}

/**
 * The experiments of a datafile by key, as OptimizelyConfig lists them: grouped ones with them, delivery rules not. Made
 * once for each datafile.
 */
export function experimentsOf(loaded: LoadedDatafile): ReadonlyMap<string, Rule> {
  return experiments(loaded).byKey
}

/** Ids of those that a flag lists. */
export function experimentIdsOfFlags(loaded: LoadedDatafile): ReadonlySet<string> {
  return experiments(loaded).idsOfFlags
}

const experiments = madeOncePer(make)

function make({ datafile, project }: LoadedDatafile): Experiments {
  const byKey = new Map<string, Rule>()
  for (const { id, key } of [...datafile.experiments, ...datafile.groups.flatMap((group) => group.experiments)]) {
    const rule = project.experimentsById.get(id)
    if (rule !== undefined) byKey.set(key, rule)
  }
  return { byKey, idsOfFlags: new Set(datafile.featureFlags.flatMap(({ experimentIds }) => experimentIds)) }
}
