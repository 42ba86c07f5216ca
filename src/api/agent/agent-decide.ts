import { err, ok, type Result } from '../../base/result.ts'
import { type Decision, decide, decideAll, decideForKeys, type Project, type UserContext } from '../../engine/index.ts'
import { impressionsOf } from '../../events/impression.ts'
import { readJson } from '../../http/body.ts'
import { JSON_HEADERS } from '../../http/headers.ts'
import { REQUEST_LIMITS } from '../decision-request.ts'
import { type AgentDecideRequest, parseAgentDecide } from './agent-decide-request.ts'
import { type AgentFailure, agentJson } from './agent-failure.ts'
import type { AgentRequest } from './agent-route.ts'

/** `POST /v1/decide`: no `keys` decides every flag, one answers an object, several an array. */
export async function agentDecide({
  request,
  url,
  found,
  sdkKey,
  api,
}: AgentRequest): Promise<Result<Response, AgentFailure>> {
  if (!isJsonRequest(request)) return err({ code: 'unsupported_media_type' })
  const body = await readJson(request, REQUEST_LIMITS.bodyBytes)
  if (!body.ok) return err({ code: body.error.code })
  const parsed = parseAgentDecide(body.value)
  if (!parsed.ok) return parsed
  const { user, disableTracking } = parsed.value
  const { project } = found.datafile
  const keys = url.searchParams.getAll('keys')
  const decisions = decisionsOf(project, keys, parsed.value)
  if (!disableTracking) {
    const origin = { sdkKey, userId: user.userId, attributes: user.attributes, project }
    api.events.record(
      decisions.flatMap((decision) => (decision.kind === 'decided' ? impressionsOf(decision, origin) : [])),
    )
  }
  const answers = decisions.map((decision) => agentDecisionJson(decision, user))
  return ok(new Response(agentJson(keys.length === 1 ? answers[0] : answers), { headers: JSON_HEADERS }))
}

/** The Agent lets a request without a body pass whatever its type. */
function isJsonRequest(request: Request): boolean {
  if (request.headers.get('Content-Length') === '0' || request.body === null) return true
  const [type = ''] = (request.headers.get('Content-Type') ?? '').split(';', 1)
  return type.trim().toLowerCase() === 'application/json'
}

/** A key that is given several times is decided once. */
function decisionsOf(
  project: Project,
  keys: readonly string[],
  { user, options }: AgentDecideRequest,
): readonly Decision[] {
  const [only] = keys
  if (only === undefined) return [...decideAll(project, user, options).decisions.values()]
  if (keys.length === 1) return [decide(project, only, user, options).decision]
  return [...decideForKeys(project, new Set(keys), user, options).decisions.values()]
}

/** A decision as the Agent writes it: `""` for none, and no `variables` where there are none. */
function agentDecisionJson(decision: Decision, { userId, attributes }: UserContext): Readonly<Record<string, unknown>> {
  const hasVariables = Object.keys(decision.variables).length > 0
  return {
    variationKey: decision.variationKey ?? '',
    enabled: decision.enabled,
    ruleKey: decision.ruleKey ?? '',
    flagKey: decision.flagKey,
    userContext: { userId, attributes },
    reasons: decision.reasons,
    ...(hasVariables ? { variables: decision.variables } : {}),
    isEveryoneElseVariation: isEveryoneElse(decision),
  }
}

/** The rule of everyone else is named after its id (source: the Agent's `isEveryoneElseVariation`). */
function isEveryoneElse(decision: Decision): boolean {
  const rule = decision.kind === 'decided' ? decision.evidence.rule : null
  return rule !== null && rule.key === rule.id && rule.key.startsWith('default-')
}
