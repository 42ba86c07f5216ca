import type { Audience } from '../datafile/project.ts'

/**
 * Why a decision came out as it did, in the exact words of the JavaScript SDK (source: its decision service
 * and bucketer). `null` when nobody asked: then `reasons?.push(…)` does not even build the text.
 */
export type Reasons = string[] | null

/** The SDK's name for the last delivery rule of a flag. */
export const EVERYONE_ELSE = 'Everyone Else'

export const flagNotFound = (key: string) => `No flag was found for key "${key}".`
export const groupNotFound = (id: string) => `Group ID ${id} is not in datafile.`

export const experimentNotRunning = (key: string) => `Experiment ${key} is not running.`
export const storedVariation = (variation: string, experiment: string, user: string) =>
  `Returning previously activated variation "${variation}" of experiment "${experiment}" for user "${user}" from user profile.`
export const notInExperiment = (user: string, experiment: string) =>
  `User ${user} does not meet conditions to be in experiment ${experiment}.`
export const inNoVariation = (user: string, experiment: string) =>
  `User ${user} is in no variation of experiment ${experiment}.`
export const inVariation = (user: string, variation: string, experiment: string) =>
  `User ${user} is in variation ${variation} of experiment ${experiment}.`
export const overridden = (variation: string, experiment: string, user: string) =>
  `Variation ${variation} is mapped to experiment ${experiment} and user ${user} in the forced variation map.`
export const whitelisted = (user: string, variation: string) => `User ${user} is forced in variation ${variation}.`
export const whitelistInvalid = (variation: string, user: string) =>
  `Variation key ${variation} is not in datafile. Not activating user ${user}.`
export const cmabNotSupported = () => 'CMAB is not supported in sync mode.'
export const cmabFetchFailed = (experiment: string) => `Failed to fetch CMAB data for experiment ${experiment}.`
export const noExperiments = (flag: string) => `Feature ${flag} is not attached to any experiments.`

export const evaluatingAudiences = (label: string, key: string, { source }: Audience) =>
  `Evaluating audiences for ${label} "${key}": ${JSON.stringify(source)}.`
export const audiencesResult = (label: string, key: string, result: boolean) =>
  `Audiences for ${label} ${key} collectively evaluated to ${result ? 'TRUE' : 'FALSE'}.`

export const inNoGroupExperiment = (user: string, group: string) =>
  `User ${user} is not in any experiment of group ${group}.`
export const notInGroupExperiment = (user: string, experiment: string, group: string) =>
  `User ${user} is not in experiment ${experiment} of group ${group}.`
export const inGroupExperiment = (user: string, experiment: string, group: string) =>
  `User ${user} is in experiment ${experiment} of group ${group}.`
/** The SDK's text says bucketing id and holds the user id. */
export const assignedBucket = (bucket: number, user: string) =>
  `Assigned bucket ${bucket} to user with bucketing ID ${user}.`
export const invalidVariation = () => 'Bucketed into an invalid variation ID. Returning null.'

export const noRollout = (flag: string) => `There is no rollout of feature ${flag}.`
export const invalidRollout = (rollout: string, flag: string) =>
  `Invalid rollout ID ${rollout} attached to feature ${flag}`
export const rolloutWithoutRules = (rollout: string) => `Rollout of feature ${rollout} has no experiments`
export const inRollout = (user: string, flag: string) => `User ${user} is in rollout of feature ${flag}.`
export const notInRollout = (user: string, flag: string) => `User ${user} is not in rollout of feature ${flag}.`
export const meetsTargetingRule = (user: string, rule: string) =>
  `User ${user} meets conditions for targeting rule ${rule}.`
export const failsTargetingRule = (user: string, rule: string) =>
  `User ${user} does not meet conditions for targeting rule ${rule}.`
export const inTargetingRule = (user: string, rule: string) => `User ${user} bucketed into targeting rule ${rule}.`
export const notInTargetingRule = (user: string, rule: string) =>
  `User ${user} not bucketed into targeting rule ${rule} due to traffic allocation. Trying everyone rule.`

export const forcedForRule = (variation: string, flag: string, rule: string, user: string) =>
  `Variation (${variation}) is mapped to flag (${flag}), rule (${rule}) and user (${user}) in the forced decision map.`
export const forcedForFlag = (variation: string, flag: string, user: string) =>
  `Variation (${variation}) is mapped to flag (${flag}) and user (${user}) in the forced decision map.`
export const invalidForcedForRule = (flag: string, rule: string, user: string) =>
  `Invalid variation is mapped to flag (${flag}), rule (${rule}) and user (${user}) in the forced decision map.`
export const invalidForcedForFlag = (flag: string, user: string) =>
  `Invalid variation is mapped to flag (${flag}) and user (${user}) in the forced decision map.`

export const holdoutNotRunning = (holdout: string) => `Holdout ${holdout} is not running.`
export const meetsHoldout = (user: string, holdout: string) => `User ${user} meets conditions for holdout ${holdout}.`
export const failsHoldout = (user: string, holdout: string) =>
  `User ${user} does not meet conditions for holdout ${holdout}.`
/** The SDK hands the two keys over in this order, so that its text names the holdout as the variation. */
export const inHoldout = (user: string, holdout: string, variation: string) =>
  `User ${user} is in variation ${holdout} of holdout ${variation}.`
export const notInHoldout = (user: string) => `User ${user} is in no holdout variation.`
export const deliveriesExcludedFromHoldout = (holdout: string) =>
  `Holdout "${holdout}" has excludeTargetedDeliveries enabled, continuing to rollout evaluation.`
