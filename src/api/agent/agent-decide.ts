import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import {
  type DecideOptions,
  type Decision,
  decide,
  decideAll,
  decideForKeys,
  type ForcedDecision,
  type UserContext,
} from '../../engine/index.ts'
import { impressionsOf } from '../../events/impression.ts'
import { readJson } from '../../http/body.ts'
import { JSON_HEADERS } from '../../http/headers.ts'
import { REQUEST_LIMITS } from '../decision-request.ts'
import { type AgentFailure, agentJson } from './agent-failure.ts'
import type { AgentRequest } from './agent-route.ts'

/** A request to decide, parsed. */
interface AgentDecideRequest {
  readonly user: UserContext
  readonly options: DecideOptions
  readonly disableTracking: boolean
}

/** `POST /v1/decide`: no `keys` decides every flag, one answers an object, several an array. */
export async function agentDecide(routed: AgentRequest): Promise<Result<Response, AgentFailure>> {
  const { request, url, found, sdkKey, api } = routed
  if (!isJsonRequest(request)) return err({ code: 'unsupported_media_type' })
  const body = await readJson(request, REQUEST_LIMITS.bodyBytes)
  if (!body.ok) return err({ code: body.error.code === 'malformed_body' ? 'malformed_body' : 'payload_too_large' })
  const parsed = parseRequest(body.value)
  if (!parsed.ok) return parsed
  const { user, options, disableTracking } = parsed.value
  const { project } = found.datafile
  const keys = url.searchParams.getAll('keys')
  const [only] = keys
  const isSingle = only !== undefined && keys.length === 1
  const decisions = isSingle
    ? [decide(project, only, user, options).decision]
    : [
        ...(keys.length === 0
          ? decideAll(project, user, options)
          : decideForKeys(project, keys, user, options)
        ).decisions.values(),
      ]
  if (!disableTracking) {
    const origin = { sdkKey, userId: user.userId, attributes: user.attributes, project }
    api.impressions.record(
      decisions.flatMap((decision) => (decision.kind === 'decided' ? impressionsOf(decision, origin) : [])),
    )
  }
  const answers = decisions.map((decision) => agentDecisionJson(decision, user))
  return ok(new Response(agentJson(isSingle ? answers[0] : answers), { headers: JSON_HEADERS }))
}

/** The Agent lets a request without a body pass whatever its type. */
function isJsonRequest(request: Request): boolean {
  if (request.headers.get('Content-Length') === '0' || request.body === null) return true
  const [type = ''] = (request.headers.get('Content-Type') ?? '').split(';', 1)
  return type.trim().toLowerCase() === 'application/json'
}

function parseRequest(body: JsonValue | undefined): Result<AgentDecideRequest, AgentFailure> {
  const fields = body === undefined ? {} : body
  if (!isJsonObject(fields) || !hasRightTypes(fields)) return err({ code: 'malformed_body' })
  if (fields.userId === undefined || fields.userId === '') return err({ code: 'missing_user_id' })
  const options = textsOf(fields.decideOptions)
  const unknown = options.find((option) => !DECIDE_OPTIONS.has(option))
  if (unknown !== undefined) return err({ code: 'invalid_option', option: unknown })
  if (fields.fetchSegments === true) return err({ code: 'segments_unavailable' })
  return ok({
    user: {
      userId: String(fields.userId),
      attributes: isJsonObject(fields.userAttributes) ? fields.userAttributes : {},
      forcedDecisions: forcedDecisionsOf(fields.forcedDecisions),
    },
    options: {
      includeReasons: options.includes('INCLUDE_REASONS'),
      excludeVariables: options.includes('EXCLUDE_VARIABLES'),
      enabledFlagsOnly: options.includes('ENABLED_FLAGS_ONLY'),
      ignoreUserProfile: options.includes('IGNORE_USER_PROFILE_SERVICE'),
    },
    disableTracking: options.includes('DISABLE_DECISION_EVENT'),
  })
}

const DECIDE_OPTIONS: ReadonlySet<string> = new Set([
  'DISABLE_DECISION_EVENT',
  'ENABLED_FLAGS_ONLY',
  'IGNORE_USER_PROFILE_SERVICE',
  'EXCLUDE_VARIABLES',
  'INCLUDE_REASONS',
  'IGNORE_CMAB_CACHE',
  'RESET_CMAB_CACHE',
  'INVALIDATE_USER_CMAB_CACHE',
])

/** Go refuses a body whose fields are not of its types; `null` is what an absent field is. */
function hasRightTypes({ userId, userAttributes, decideOptions, forcedDecisions, fetchSegments }: JsonObject): boolean {
  return (
    isAbsentOr(userId, (value) => typeof value === 'string') &&
    isAbsentOr(userAttributes, isJsonObject) &&
    isAbsentOr(decideOptions, isTexts) &&
    isAbsentOr(forcedDecisions, (value) => Array.isArray(value) && value.every(isForcedDecision)) &&
    isAbsentOr(fetchSegments, (value) => typeof value === 'boolean')
  )
}

function isAbsentOr(value: JsonValue | undefined, isRight: (value: JsonValue) => boolean): boolean {
  return value === undefined || value === null || isRight(value)
}

function isTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return value !== undefined && isTexts(value) ? value : []
}

function isForcedDecision(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false
  const { flagKey, ruleKey, variationKey } = value
  return [flagKey, ruleKey, variationKey].every((field) => isAbsentOr(field, (text) => typeof text === 'string'))
}

/** An absent or empty rule key forces the whole flag. */
function forcedDecisionsOf(value: JsonValue | undefined): readonly ForcedDecision[] {
  if (!Array.isArray(value)) return []
  return value.filter(isJsonObject).map(({ flagKey, ruleKey, variationKey }) => ({
    flagKey: String(flagKey ?? ''),
    ruleKey: ruleKey ? String(ruleKey) : null,
    variationKey: String(variationKey ?? ''),
  }))
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
