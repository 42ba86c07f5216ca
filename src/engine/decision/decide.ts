import type { Flag, Project } from '../datafile/project.ts'
import type { Unpredicted } from './bandit.ts'
import { bucketingIdOf, type Deciding, type StickyVariations, stickyVariationsOf, takeBack } from './deciding.ts'
import type {
  Decision,
  DecisionFailure,
  DecisionResult,
  DecisionsResult,
  Evidence,
  FailedDecision,
} from './decision.ts'
import { decideExperiments, type ExperimentOutcome } from './experiment.ts'
import { forcedVariation } from './forced.ts'
import { heldOutBy } from './holdout.ts'
import * as reasons from './reasons.ts'
import { decideRollout } from './rollout.ts'
import type { DecideOptions, UserContext, UserProfile } from './user-context.ts'

const NO_OPTIONS: DecideOptions = {}
const NO_VARIABLES = Object.freeze({})

/** Decides one flag for one user. A flag that does not exist gives a failed decision, never a throw. */
export function decide(
  project: Project,
  flagKey: string,
  user: UserContext,
  options: DecideOptions = NO_OPTIONS,
): DecisionResult {
  const call = callFor(project, user, options)
  return { decision: decideKey(call, flagKey), profile: changedProfile(call) }
}

/**
 * Decides several flags in the order given. Failed ones are kept; with `enabledFlagsOnly` those that are
 * decided and off are left out.
 */
export function decideForKeys(
  project: Project,
  flagKeys: Iterable<string>,
  user: UserContext,
  options: DecideOptions = NO_OPTIONS,
): DecisionsResult {
  const call = callFor(project, user, options)
  const decisions = new Map<string, Decision>()
  for (const flagKey of flagKeys) {
    const decision = decideKey(call, flagKey)
    if (decision.kind === 'failed' || decision.enabled || !options.enabledFlagsOnly) decisions.set(flagKey, decision)
  }
  return { decisions, profile: changedProfile(call) }
}

/** Decides every flag of the datafile. */
export function decideAll(project: Project, user: UserContext, options: DecideOptions = NO_OPTIONS): DecisionsResult {
  return decideForKeys(project, project.flags.keys(), user, options)
}

/** What the flags of one call share. */
interface Call {
  readonly project: Project
  readonly user: UserContext
  readonly bucketingId: string
  readonly sticky: StickyVariations | null
  readonly options: DecideOptions
}

function callFor(project: Project, user: UserContext, options: DecideOptions): Call {
  return { project, user, bucketingId: bucketingIdOf(user), sticky: stickyVariationsOf(user, options), options }
}

/** Nothing for a user without a profile: the flags of a call share their assignments all the same. */
function changedProfile({ user, sticky }: Call): UserProfile | null {
  return user.profile === undefined ? null : (sticky?.changed ?? null)
}

function decideKey(call: Call, flagKey: string): Decision {
  const flag = call.project.flags.get(flagKey)
  if (flag === undefined) return failed(flagKey, { code: 'unknown_flag', message: reasons.flagNotFound(flagKey) })
  if (call.sticky !== null) call.sticky.undo = []
  const decision = decideGuarded(call, flag)
  // Where a bandit failed the SDK keeps what was assigned on the way to it.
  const isTakenBack = decision.kind === 'failed' && decision.failure.code !== 'prediction_failed'
  if (isTakenBack && call.sticky !== null) takeBack(call.sticky)
  return decision
}

/** A bug or a poisoned rule must not take the other flags along: what it throws becomes that flag's failure. */
function decideGuarded(call: Call, flag: Flag): Decision {
  try {
    return decideFlag(call, flag)
  } catch (cause) {
    return failed(flag.key, { code: 'evaluation_failed', message: 'The flag could not be evaluated.', cause })
  }
}

function decideFlag(call: Call, flag: Flag): Decision {
  const { user, bucketingId, sticky, options, project } = call
  const deciding: Deciding = { user, bucketingId, sticky, reasons: options.includeReasons ? [] : null }
  const resolved = resolve(deciding, flag, project)
  if (resolved.kind === 'unknown-group') return unknownGroup(flag.key, resolved.groupId)
  if (resolved.kind === 'unpredicted') return unpredicted(call, flag, resolved)
  const { evidence } = resolved
  const enabled = evidence.variation?.featureEnabled ?? false
  return {
    kind: 'decided',
    flagKey: flag.key,
    enabled,
    variationKey: evidence.variation?.key ?? null,
    ruleKey: evidence.rule?.key ?? null,
    variables: options.excludeVariables ? NO_VARIABLES : flag.variables(enabled ? evidence.variation : null),
    // Not a frozen array for all: writing one as JSON takes V8 three times as long.
    reasons: deciding.reasons ?? [],
    evidence,
  }
}

type Resolved =
  | { readonly kind: 'resolved'; readonly evidence: Evidence }
  | { readonly kind: 'unknown-group'; readonly groupId: string }
  | Unpredicted

/** The order of a decision: forced, global holdouts, experiments, rollout (source: the SDK's decision service). */
function resolve(deciding: Deciding, flag: Flag, project: Project): Resolved {
  const forced = forcedVariation(deciding, flag, null)
  if (forced !== null) return resolved({ source: 'feature-test', rule: null, variation: forced, holdout: null })

  const heldOut = heldOutBy(deciding, project.holdouts)
  if (heldOut.kind === 'unknown-group') return heldOut
  if (heldOut.kind === 'held-out') {
    const { holdout, variation } = heldOut
    if (!holdout.excludeTargetedDeliveries) {
      return resolved({ source: 'holdout', rule: holdout, variation, holdout: null })
    }
    explainExcludedDeliveries(deciding, holdout.key)
    return resolveRollout(deciding, flag, { rule: holdout, variation })
  }

  const outcome = decideExperiments(deciding, flag, project.variationsById)
  switch (outcome.kind) {
    case 'in':
      return resolved(evidenceOf(outcome))
    case 'held-out':
      return resolved({ source: 'holdout', rule: outcome.holdout, variation: outcome.variation, holdout: null })
    case 'unknown-group':
    case 'unpredicted':
      return outcome
    case 'out':
      return resolveRollout(deciding, flag, null)
  }
}

function evidenceOf({ rule, variation, cmabUuid }: Extract<ExperimentOutcome, { kind: 'in' }>): Evidence {
  const evidence = { source: 'feature-test', rule, variation, holdout: null } as const
  return cmabUuid === undefined ? evidence : { ...evidence, cmabUuid }
}

function resolveRollout(deciding: Deciding, flag: Flag, holdout: Evidence['holdout']): Resolved {
  const outcome = decideRollout(deciding, flag)
  switch (outcome.kind) {
    case 'in':
      return resolved({ source: 'rollout', rule: outcome.rule, variation: outcome.variation, holdout })
    case 'held-out':
      return resolved({ source: 'holdout', rule: outcome.holdout, variation: outcome.variation, holdout })
    case 'unknown-group':
      return outcome
    case 'out':
      return resolved({ source: 'rollout', rule: null, variation: null, holdout })
  }
}

function resolved(evidence: Evidence): Resolved {
  return { kind: 'resolved', evidence }
}

/** The SDK repeats all reasons so far when it goes on to the rollout behind such a holdout. */
function explainExcludedDeliveries({ reasons: explanations }: Deciding, holdoutKey: string): void {
  if (explanations === null) return
  explanations.push(reasons.deliveriesExcludedFromHoldout(holdoutKey))
  explanations.push(...explanations)
}

function unknownGroup(flagKey: string, groupId: string): FailedDecision {
  return failed(flagKey, { code: 'unknown_group', message: reasons.groupNotFound(groupId), groupId })
}

/** All that led to a bandit is told when it has no prediction, whether or not reasons were asked for, as the SDK does. */
function unpredicted(call: Call, flag: Flag, { rule, prediction }: Unpredicted): FailedDecision {
  const message = reasons.cmabFetchFailed(rule.key)
  if (prediction === undefined) return failed(flag.key, { code: 'prediction_needed', message, rule })
  const { user, bucketingId, sticky, project } = call
  const explanations: string[] = []
  if (sticky !== null) takeBack(sticky)
  resolve({ user, bucketingId, sticky, reasons: explanations }, flag, project)
  return { ...failed(flag.key, { code: 'prediction_failed', message, rule }), reasons: [...explanations, message] }
}

function failed(flagKey: string, failure: DecisionFailure): FailedDecision {
  return {
    kind: 'failed',
    flagKey,
    enabled: false,
    variationKey: null,
    ruleKey: null,
    variables: NO_VARIABLES,
    reasons: [failure.message],
    failure,
  }
}
