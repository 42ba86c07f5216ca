import { err, ok, type Result } from '../../base/result.ts'
import { type Decision, decideForKeys, type Project, type UserContext } from '../../engine/index.ts'
import { logFailures, recordDecisions } from '../decisions.ts'
import { explainsTooMuch, repeatsTooMuch } from '../repeated-attributes.ts'
import { readAgentBody } from './agent-body.ts'
import { type AgentDecideRequest, DECIDE_SHAPE, parseAgentDecide } from './agent-decide-request.ts'
import type { AgentFailure } from './agent-failure.ts'
import { goMap, respondAgent } from './agent-json.ts'
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
  // A key that is given several times is decided once.
  const flagKeys = new Set(keys.length === 0 ? project.flags.keys() : keys)
  const { options, cache } = asked.value
  if (isAnswerTooLarge(project, flagKeys, { user: user.value, options })) return err({ code: 'answer_too_large' })
  const { decisions, profile } = await decideWithPredictions(
    (known) => decideForKeys(project, flagKeys, known, { ...options, enabledFlagsOnly: false }),
    { user: user.value, cache },
    agent,
  )
  const { userId, attributes } = user.value
  const isInGo = agent.request.headers.get('X-Turnout-Reasons')?.toLowerCase() !== 'javascript'
  const made = [...decisions.values()].map((decision) =>
    isInGo ? { ...decision, reasons: goReasons(decision, user.value, agent.found.datafile) } : decision,
  )
  logFailures(made, agent.found, agent.api)
  const isTracked = !asked.value.disableTracking
  recordDecisions(made, { sdkKey: agent.sdkKey, user: user.value, isTracked }, agent)
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
  keys: ReadonlySet<string>,
  { user, options }: Pick<AgentDecideRequest, 'user' | 'options'>,
): boolean {
  if (repeatsTooMuch(user.attributes, keys.size)) return true
  return options.includeReasons === true && explainsTooMuch(user.userId, keys, project)
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
