/** What every way of asking for decisions has in common, whatever it is answered in. */
import {
  type Decision,
  decide,
  decideAll,
  decideForKeys,
  type FlagDecision,
  type UserContext,
} from '../engine/index.ts'
import type { Impression } from '../events/event.ts'
import { impressionsOf } from '../events/impression.ts'
import type { DecisionJson, FailedDecisionJson } from '../protocol/decision.ts'
import type { FoundDatafile } from '../store/datafile-store.ts'
import { type DecidedFor, notifyDecisions } from './agent/agent-notifications.ts'
import type { Api } from './api.ts'
import type { DecisionRequest } from './decision-request.ts'
import { type Failure, failureJson } from './failure.ts'

/** The decisions in the order asked; those that cannot be made are in the log. */
export function decideAsked(found: FoundDatafile, asked: DecisionRequest, api: Api): readonly Decision[] {
  const decisions = decisionsOf(found, asked)
  logFailures(decisions, found, api)
  return decisions
}

function decisionsOf({ datafile: { project } }: FoundDatafile, asked: DecisionRequest): readonly Decision[] {
  const { features, userId, attributes, includeReasons } = asked
  const user: UserContext = { userId, attributes }
  const options = { includeReasons }
  if (features === 'all') return [...decideAll(project, user, options).decisions.values()]
  const [only] = features
  if (only !== undefined && features.length === 1) return [decide(project, only, user, options).decision]
  const { decisions } = decideForKeys(project, features, user, options)
  return features.flatMap((key) => decisions.get(key) ?? [])
}

/** A decision on the wire, or why there is none. */
export function decisionJson(decision: Decision, asked: DecisionRequest): DecisionJson | FailedDecisionJson {
  if (decision.kind === 'decided') return decidedJson(decision, asked)
  return { flagKey: decision.flagKey, ...failureJson(failureOf(decision)) }
}

/** A decision on the wire. */
export function decidedJson(decision: FlagDecision, { userId, attributes }: DecisionRequest): DecisionJson {
  const { flagKey, enabled, variationKey, ruleKey, variables, reasons } = decision
  return { flagKey, enabled, variationKey, ruleKey, variables, userContext: { userId, attributes }, reasons }
}

/** Why there is no decision, as it is told. */
export function failureOf({ flagKey, failure }: Extract<Decision, { kind: 'failed' }>): Failure {
  const code = failure.code === 'unknown_flag' ? 'unknown_flag' : 'flag_failed'
  return { code, flagKey, message: failure.message }
}

/** A flag that cannot be evaluated is the operator's business, whoever asked for it. */
export function logFailures(decisions: readonly Decision[], { datafile }: FoundDatafile, { log }: Api): void {
  for (const decision of decisions) {
    if (decision.kind === 'decided' || decision.failure.code === 'unknown_flag') continue
    const { code, message } = decision.failure
    const { revision } = datafile.stamp
    log({ level: 'error', code: 'flag_failed', flagKey: decision.flagKey, cause: code, message, revision })
  }
}

/**
 * Tells of what was asked for, and counts it where that is due. A flag that is asked for twice is answered twice; it counts once, as it
 * does with the SDK.
 */
export function recordAsked(
  decisions: readonly Decision[],
  {
    found,
    asked,
    isCounted,
  }: { readonly found: FoundDatafile; readonly asked: DecisionRequest; readonly isCounted: boolean },
  api: Api,
): void {
  const made = asked.isList ? [...new Set(decisions)] : decisions
  recordDecisions(made, { sdkKey: asked.sdkKey, user: asked, isTracked: isCounted }, { found, api })
}

/** Tells of what was decided, and counts it where that is due. */
export function recordDecisions(
  decisions: readonly Decision[],
  decidedFor: DecidedFor,
  { found, api }: { readonly found: FoundDatafile; readonly api: Api },
): void {
  notifyDecisions(decisions, decidedFor, { found, api })
  const { sdkKey, user, isTracked } = decidedFor
  if (!isTracked) return
  const origin = { sdkKey, userId: user.userId, attributes: user.attributes, project: found.datafile.project }
  const impressions: Impression[] = []
  for (const decision of decisions) {
    if (decision.kind === 'decided') impressions.push(...impressionsOf(decision, origin))
  }
  api.events.record(impressions)
}
