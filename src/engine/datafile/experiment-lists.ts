import type { Datafile, ExperimentEntry } from './datafile.ts'

/** Where something stands in a datafile. */
export type Path = readonly (string | number)[]

export type ExperimentList = readonly [path: Path, experiments: readonly ExperimentEntry[]]

/** The lists of experiments and delivery rules in a datafile: its own, those of groups, and those of rollouts. */
export function experimentLists({ experiments, groups, rollouts }: Datafile): readonly ExperimentList[] {
  return [[['experiments'], experiments], ...listsOf('groups', groups), ...listsOf('rollouts', rollouts)]
}

function listsOf(
  name: string,
  owners: readonly { readonly experiments: readonly ExperimentEntry[] }[],
): readonly ExperimentList[] {
  return owners.map(({ experiments }, index) => [[name, index, 'experiments'], experiments])
}
