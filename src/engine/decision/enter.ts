import { bucketValue, findRange } from '../bucketing/bucket.ts'
import type { Allocation, Audience, Destination, Group, Range } from '../datafile/project.ts'
import type { Deciding } from './deciding.ts'
import * as reasons from './reasons.ts'

/** What a rule and a holdout have in common when a user is about to enter it. */
export interface Enterable {
  readonly id: string
  readonly key: string
  readonly audience: Audience
  readonly allocation: Allocation
  readonly group: Group | null
}

/** Where the hash put a user. */
export type Bucketed = Destination | UnknownGroup

/** The rule is in a group that the datafile does not have. */
export interface UnknownGroup {
  readonly kind: 'unknown-group'
  readonly groupId: string
}

const OUT: Bucketed = { kind: 'out' }

/** Whether the rule is meant for the user. `label` and `name` are how its reasons call it. */
export function isIncluded(
  { user, reasons: explanations }: Deciding,
  { audience }: Enterable,
  label: string,
  name: string,
): boolean {
  explanations?.push(reasons.evaluatingAudiences(label, name, audience))
  const included = audience.test(user) === true
  explanations?.push(reasons.audiencesResult(label, name, included))
  return included
}

/** Puts the user into a variation: first by the group, if the rule is in one, then by the rule's own ranges. */
export function bucket(deciding: Deciding, rule: Enterable): Bucketed {
  const range = rangeOf(deciding, rule)
  if (range === undefined) return OUT
  if ('kind' in range) return range
  if (range.dangling) deciding.reasons?.push(reasons.invalidVariation())
  return range.destination
}

/** The range that the user falls into: first by the group, if the rule is in one. */
export function rangeOf(deciding: Deciding, rule: Enterable): Range | UnknownGroup | undefined {
  const { bucketingId, reasons: explanations, user } = deciding
  const { group } = rule
  if (group !== null) {
    if (group.kind === 'unknown') return { kind: 'unknown-group', groupId: group.id }
    if (!isInGroupExperiment(deciding, group, rule)) return undefined
  }
  const value = bucketValue(bucketingId + rule.id)
  explanations?.push(reasons.assignedBucket(value, user.userId))
  return findRange(rule.allocation, value)
}

function isInGroupExperiment(
  { bucketingId, reasons: explanations, user }: Deciding,
  group: Extract<Group, { kind: 'random' }>,
  rule: Enterable,
): boolean {
  const range = findRange(group.ranges, bucketValue(bucketingId + group.id))
  if (range === undefined) {
    explanations?.push(reasons.inNoGroupExperiment(user.userId, group.id))
    return false
  }
  if (range.experimentId !== rule.id) {
    explanations?.push(reasons.notInGroupExperiment(user.userId, rule.key, group.id))
    return false
  }
  explanations?.push(reasons.inGroupExperiment(user.userId, rule.key, group.id))
  return true
}
