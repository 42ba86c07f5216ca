import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { DecideOptions, ForcedDecision, UserContext } from '../../engine/index.ts'
import { isLongerThan, REQUEST_LIMITS } from '../decision-request.ts'
import type { AgentFailure } from './agent-failure.ts'

/** What is asked of `POST /v1/decide`, beside the keys. */
export interface AgentDecideRequest {
  readonly user: UserContext
  readonly options: DecideOptions
  readonly disableTracking: boolean
}

/** Forced decisions are gone through for every rule: this bounds the product. */
const MOST_FORCED_DECISIONS = 100

/** Parses the body of `POST /v1/decide`. An empty one is an object without fields, and so is `null`. */
export function parseAgentDecide(body: JsonValue | undefined): Result<AgentDecideRequest, AgentFailure> {
  const fields = body ?? {}
  if (!isJsonObject(fields) || !hasRightTypes(fields)) return err({ code: 'malformed_body' })
  const userId = textOf(fields.userId)
  if (userId === '') return err({ code: 'missing_user_id' })
  const limitBytes = REQUEST_LIMITS.userIdBytes
  if (isLongerThan(userId, limitBytes)) return err({ code: 'user_id_too_long', limitBytes })
  const options = textsOf(fields.decideOptions)
  const unknown = options.find((option) => !DECIDE_OPTIONS.has(option))
  if (unknown !== undefined) return err({ code: 'invalid_option', option: unknown })
  const forcedDecisions = forcedDecisionsOf(fields.forcedDecisions)
  const limit = MOST_FORCED_DECISIONS
  if (forcedDecisions.length > limit) return err({ code: 'too_many_forced_decisions', limit })
  if (fields.fetchSegments === true) return err({ code: 'segments_unavailable' })
  const attributes = isJsonObject(fields.userAttributes) ? fields.userAttributes : {}
  return ok({
    user: { userId, attributes, forcedDecisions },
    options: decideOptionsOf(options),
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

function decideOptionsOf(options: readonly string[]): DecideOptions {
  return {
    includeReasons: options.includes('INCLUDE_REASONS'),
    excludeVariables: options.includes('EXCLUDE_VARIABLES'),
    enabledFlagsOnly: options.includes('ENABLED_FLAGS_ONLY'),
    ignoreUserProfile: options.includes('IGNORE_USER_PROFILE_SERVICE'),
  }
}

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

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
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
    flagKey: textOf(flagKey),
    ruleKey: textOf(ruleKey) === '' ? null : textOf(ruleKey),
    variationKey: textOf(variationKey),
  }))
}
