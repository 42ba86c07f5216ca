import type { Rule } from '../../engine/index.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'

interface Experiments {
  readonly byKey: ReadonlyMap<string, Rule>
  readonly idsOfFlags: ReadonlySet<string>
}

const known = new WeakMap<LoadedDatafile, Experiments>()

/**
 * The experiments of a datafile by key, as OptimizelyConfig lists them: grouped ones with them, delivery rules not. Made
 * once for each datafile.
 */
export function experimentsOf(loaded: LoadedDatafile): ReadonlyMap<string, Rule> {
  return madeOnce(loaded).byKey
}

/** Ids of those that a flag lists. */
export function experimentIdsOfFlags(loaded: LoadedDatafile): ReadonlySet<string> {
  return madeOnce(loaded).idsOfFlags
}

function madeOnce(loaded: LoadedDatafile): Experiments {
  const made = known.get(loaded) ?? make(loaded)
  known.set(loaded, made)
  return made
}

function make({ datafile, project }: LoadedDatafile): Experiments {
  const byKey = new Map<string, Rule>()
  for (const { id, key } of [...datafile.experiments, ...datafile.groups.flatMap((group) => group.experiments)]) {
    const rule = project.experimentsById.get(id)
    if (rule !== undefined) byKey.set(key, rule)
  }
  return { byKey, idsOfFlags: new Set(datafile.featureFlags.flatMap(({ experimentIds }) => experimentIds)) }
}
