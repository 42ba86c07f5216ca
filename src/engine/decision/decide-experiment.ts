import { err, ok, type Result } from '../../base/result.ts'
import type { Project, Rule } from '../datafile/project.ts'
import { bucketingIdOf, type Deciding, stickyVariationsOf } from './deciding.ts'
import type { DecisionFailure, ExperimentDecision, ExperimentResult } from './decision.ts'
import { enterExperiment } from './experiment.ts'
import { heldOutBy } from './holdout.ts'
import * as reasons from './reasons.ts'
import type { DecideOptions, UserContext } from './user-context.ts'

const NO_OPTIONS: DecideOptions = {}
const NO_REASONS: readonly string[] = Object.freeze([])

/**
 * Decides one experiment for one user without a flag, as experiments on pages are: global holdouts, those of the
 * experiment, status, whitelist, profile, audience, group and bucket. Never throws.
 */
export function decideExperiment(
  project: Project,
  rule: Rule,
  user: UserContext,
  options: DecideOptions = NO_OPTIONS,
): ExperimentResult {
  const sticky = stickyVariationsOf(user, options)
  const deciding: Deciding = {
    user,
    bucketingId: bucketingIdOf(user),
    sticky,
    reasons: options.includeReasons ? [] : null,
  }
  const decision = decideGuarded(deciding, rule, project)
  return { decision, profile: user.profile === undefined ? null : (sticky?.changed ?? null) }
}

function decideGuarded(deciding: Deciding, rule: Rule, project: Project): Result<ExperimentDecision, DecisionFailure> {
  try {
    return resolve(deciding, rule, project)
  } catch (cause) {
    return err({ code: 'evaluation_failed', message: 'The experiment could not be evaluated.', cause })
  }
}

function resolve(deciding: Deciding, rule: Rule, project: Project): Result<ExperimentDecision, DecisionFailure> {
  const explanations = deciding.reasons ?? NO_REASONS
  for (const holdouts of [project.holdouts, rule.localHoldouts]) {
    const heldOut = heldOutBy(deciding, holdouts)
    if (heldOut.kind === 'unknown-group') return unknownGroup(heldOut.groupId)
    if (heldOut.kind === 'held-out') {
      const { holdout, variation } = heldOut
      return ok({ source: 'holdout', rule: holdout, variation, reasons: explanations })
    }
  }
  const outcome = enterExperiment(deciding, rule, project.variationsById)
  if (outcome.kind === 'unknown-group') return unknownGroup(outcome.groupId)
  if (outcome.kind === 'unpredicted') {
    const code = outcome.prediction === null ? 'prediction_failed' : 'prediction_needed'
    return err({ code, message: reasons.cmabFetchFailed(rule.key), rule })
  }
  // A variation with an empty key counts as none, as in the SDK.
  if (outcome.kind === 'out' || outcome.variation.key === '') {
    return ok({ source: 'experiment', rule, variation: null, reasons: explanations })
  }
  const { variation, cmabUuid } = outcome
  return ok({
    source: 'experiment',
    rule,
    variation,
    ...(cmabUuid !== undefined && { cmabUuid }),
    reasons: explanations,
  })
}

function unknownGroup(groupId: string): Result<never, DecisionFailure> {
  return err({ code: 'unknown_group', message: reasons.groupNotFound(groupId), groupId })
}
