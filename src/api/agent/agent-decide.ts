import { err, ok, type Result } from '../../base/result.ts'
import {
  type Decision,
  type DecisionsResult,
  decide,
  decideAll,
  decideForKeys,
  type Project,
  type UserContext,
} from '../../engine/index.ts'
import { impressionsOf } from '../../events/impression.ts'
import { logFailures } from '../decisions.ts'
import { explainsTooMuch, repeatsTooMuch } from '../repeated-attributes.ts'
import { readAgentBody } from './agent-body.ts'
import { type AgentDecideRequest, DECIDE_SHAPE, parseAgentDecide } from './agent-decide-request.ts'
import type { AgentFailure } from './agent-failure.ts'
import { goMap, respondAgent } from './agent-json.ts'
import { notifyDecisions } from './agent-notifications.ts'
import { decideWithPredictions } from './agent-predictions.ts'
import type { AgentAnswer, AgentRequest } from './agent-route.ts'
import { keepProfile, userWithKept } from './agent-user.ts'
import { goReasons } from './go-reasons.ts'

/** `POST /v1/decide`: no `keys` decides every flag, one answers an object, several an array. */
export async function agentDecide(agent: AgentRequest): Promise<AgentAnswer> {
  const body = await readAgentBody(agent.request, DECIDE_SHAPE)
  if (!body.ok) return body
  const asked = parseAgentDecide(body.value)
  if (!asked.ok) return asked
  const user = await userWithSegments(asked.value, agent)
  if (!user.ok) return user
  const { project } = agent.found.datafile
  const keys = agent.url.searchParams.getAll('keys')
  const { options, cache } = asked.value
  if (isAnswerTooLarge(project, keys, { user: user.value, options })) return err({ code: 'answer_too_large' })
  const { decisions, profile } = await decideWithPredictions(
    (known) => decisionsOf(project, keys, { user: known, options: { ...options, enabledFlagsOnly: false } }),
    { user: user.value, cache },
    agent,
  )
  const { userId, attributes } = user.value
  const isInGo = agent.request.headers.get('X-Turnout-Reasons')?.toLowerCase() !== 'javascript'
  const made = [...decisions.values()].map((decision) =>
    isInGo ? { ...decision, reasons: goReasons(decision, user.value, agent.found.datafile) } : decision,
  )
  record(made, { ...asked.value, user: user.value }, agent)
  await keepProfile(profile, user.value, agent)
  const userContext = { userId, attributes: goMap(attributes) }
  // What is off is left out of the answer alone: it has been decided, and counts, as with every SDK.
  const answered = options.enabledFlagsOnly && keys.length !== 1 ? made.filter(isOnOrFailed) : made
  const answers = answered.map((decision) => agentDecisionJson(decision, userContext))
  return ok(respondAgent(keys.length === 1 ? answers[0] : answers))
}

function isOnOrFailed({ kind, enabled }: Decision): boolean {
  return enabled || kind === 'failed'
}

async function userWithSegments(
  { user, options, segmentOptions }: AgentDecideRequest,
  { sdkKey, found, api }: AgentRequest,
): Promise<Result<UserContext, AgentFailure>> {
  const profiles = options.ignoreUserProfile ? null : api.profiles
  const kept = await userWithKept(user, { sdkKey, api: { ...api, profiles } })
  if (segmentOptions === null) return ok(kept)
  const project = { sdkKey, datafile: found.datafile.datafile }
  const qualifiedSegments = (await api.segments?.fetch(project, user.userId, segmentOptions)) ?? null
  return qualifiedSegments === null ? err({ code: 'segments_unavailable' }) : ok({ ...kept, qualifiedSegments })
}

function isAnswerTooLarge(
  project: Project,
  keys: readonly string[],
  { user, options }: Pick<AgentDecideRequest, 'user' | 'options'>,
): boolean {
  const asked = new Set(keys.length === 0 ? project.flags.keys() : keys)
  if (repeatsTooMuch(user.attributes, asked.size)) return true
  return options.includeReasons === true && explainsTooMuch(user.userId, asked, project)
}

/** A key that is given several times is decided once. */
function decisionsOf(
  project: Project,
  keys: readonly string[],
  { user, options }: Pick<AgentDecideRequest, 'user' | 'options'>,
): DecisionsResult {
  const [only] = keys
  if (only === undefined) return decideAll(project, user, options)
  if (keys.length > 1) return decideForKeys(project, new Set(keys), user, options)
  const { decision, profile } = decide(project, only, user, options)
  return { decisions: new Map([[only, decision]]), profile }
}

/** What goes wrong is in the log, what was decided is told, and what counts is with the recorder. */
function record(decisions: readonly Decision[], asked: AgentDecideRequest, agent: AgentRequest): void {
  const { found, sdkKey, api } = agent
  const { disableTracking, user } = asked
  logFailures(decisions, found, api)
  notifyDecisions(decisions, { sdkKey, user, isTracked: !disableTracking }, agent)
  if (disableTracking) return
  const { userId, attributes } = user
  const origin = { sdkKey, userId, attributes, project: found.datafile.project }
  api.events.record(
    decisions.flatMap((decision) => (decision.kind === 'decided' ? impressionsOf(decision, origin) : [])),
  )
}

/** A decision as the Agent writes it: `""` for none, and no `variables` where there are none. */
function agentDecisionJson(
  decision: Decision,
  userContext: { readonly userId: string; readonly attributes: unknown },
): Readonly<Record<string, unknown>> {
  const hasVariables = Object.keys(decision.variables).length > 0
  return {
    variationKey: decision.variationKey ?? '',
    enabled: decision.enabled,
    ruleKey: decision.ruleKey ?? '',
    flagKey: decision.flagKey,
    userContext,
    reasons: decision.reasons,
    ...(hasVariables ? { variables: goMap(decision.variables) } : {}),
    isEveryoneElseVariation: isEveryoneElse(decision),
  }
}

/** The rule of everyone else is named after its id (source: the Agent's `isEveryoneElseVariation`). */
function isEveryoneElse(decision: Decision): boolean {
  const rule = decision.kind === 'decided' ? decision.evidence.rule : null
  return rule !== null && rule.key === rule.id && rule.key.startsWith('default-')
}
