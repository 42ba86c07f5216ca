import type { Attributes, Flag, Project } from '../engine/index.ts'
import type { FoundDatafile } from '../store/datafile-store.ts'
import type { DecisionRequest } from './decision-request.ts'

/** What a request may have repeated of a user's attributes, and of their id, in code units: an isolate's 128 MB are everybody's. */
const MOST_UNITS = 8_388_608

/** Whether so many decisions, or their events, would repeat more of a user's attributes than one request may cause. */
export function repeatsTooMuch(attributes: Attributes, times: number): boolean {
  return times * JSON.stringify(attributes).length > MOST_UNITS
}

/** Reasons name the user: when a holdout is met, when the bucket is told, and what that comes to. */
const TIMES_PER_RULE = 3

/** Whether the reasons for flags would repeat the user's id more often than that. `flagKeys` may name some that are not there. */
export function explainsTooMuch(userId: string, flagKeys: Iterable<string>, { flags, holdouts }: Project): boolean {
  let rules = 0
  for (const key of flagKeys) rules += holdouts.length + rulesOf(flags.get(key))
  return rules * TIMES_PER_RULE * userId.length > MOST_UNITS
}

function rulesOf(flag: Flag | undefined): number {
  if (flag === undefined) return 0
  return (flag.experiments?.length ?? 0) + (flag.rollout.kind === 'rules' ? flag.rollout.rules.length : 0)
}

/** Both for a request on our own routes, whose attributes stay far below with the flags that it may name. */
export function asksForTooMuch(asked: DecisionRequest, { datafile: { project } }: FoundDatafile): boolean {
  const { features, attributes, userId, includeReasons } = asked
  const isAll = features === 'all'
  if (isAll && repeatsTooMuch(attributes, project.flags.size)) return true
  return includeReasons && explainsTooMuch(userId, isAll ? project.flags.keys() : features, project)
}
