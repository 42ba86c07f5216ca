import type { Evidence, FailedDecision, FlagDecision, Variables } from '../../engine/index.ts'
import type { OfrepError, OfrepEvaluation, OfrepReason } from '../../protocol/ofrep.ts'

/** A decision as OFREP has it. The order of fields is part of the promise: a browser's provider compares the texts. */
export function evaluationOf(decision: FlagDecision): OfrepEvaluation {
  const { flagKey, enabled, variables, evidence } = decision
  const ruleKey = decision.ruleKey ?? undefined
  const variationKey = decision.variationKey ?? undefined
  return {
    key: flagKey,
    reason: reasonOf(evidence),
    variant: variationKey,
    value: onlyValue(enabled, variables),
    metadata: { enabled, ruleKey, variationKey },
  }
}

/** A flag of many that could not be evaluated. */
export function errorOf({ flagKey, failure }: FailedDecision): OfrepError {
  return { key: flagKey, errorCode: 'GENERAL', errorDetails: failure.message }
}

/** A holdout is a share of the users, as an experiment is; `STATIC` is what everybody gets whom no rule lets in. */
function reasonOf({ source, rule }: Evidence): OfrepReason {
  if (source !== 'rollout') return 'SPLIT'
  return rule === null ? 'STATIC' : 'TARGETING_MATCH'
}

/**
 * The one value that OpenFeature knows for a flag: whether it is on, or the value of its only variable, or all of them
 * as an object. A variable that is not of its type, or that JSON cannot hold, leaves the caller's default in force.
 */
function onlyValue(enabled: boolean, variables: Variables): OfrepEvaluation['value'] {
  const values = Object.values(variables)
  if (values.length === 0) return enabled
  if (values.length > 1) return variables
  const [only] = values
  return only === null || only === Infinity || only === -Infinity ? undefined : only
}
