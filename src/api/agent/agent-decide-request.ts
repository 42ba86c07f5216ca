import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { DecideOptions, ForcedDecision, UserContext } from '../../engine/index.ts'
import type { CacheUse } from '../../remote/predictor.ts'
import { hasShape, isText, isTexts, type Shape, textOf, USER_SHAPE, userOf } from './agent-body.ts'
import type { AgentFailure } from './agent-failure.ts'

/** What is asked of `POST /v1/decide`, beside the keys. */
export interface AgentDecideRequest {
  readonly user: UserContext
  readonly options: DecideOptions
  readonly disableTracking: boolean
  /** How segments are to be fetched; `null`: they are not. */
  readonly segmentOptions: readonly string[] | null
  readonly cache: CacheUse
}

/** Forced decisions are gone through for every rule: this bounds the product. */
const MOST_FORCED_DECISIONS = 100

const FORCED_SHAPE: Shape = { flagKey: isText, ruleKey: isText, variationKey: isText }

/** The body of `POST /v1/decide`. */
export const DECIDE_SHAPE: Shape = {
  ...USER_SHAPE,
  decideOptions: isTexts,
  forcedDecisions: (value) =>
    Array.isArray(value) && value.every((entry) => isJsonObject(entry) && hasShape(entry, FORCED_SHAPE)),
  fetchSegments: (value) => typeof value === 'boolean',
  fetchSegmentsOptions: isTexts,
}

/** Parses a body of `DECIDE_SHAPE`. */
export function parseAgentDecide(fields: JsonObject): Result<AgentDecideRequest, AgentFailure> {
  const user = userOf(fields)
  if (!user.ok) return user
  const options = textsOf(fields.decideOptions)
  const unknown = options.find((option) => !DECIDE_OPTIONS.has(option))
  if (unknown !== undefined) return err({ code: 'invalid_option', option: unknown })
  const forcedDecisions = forcedDecisionsOf(fields.forcedDecisions)
  const limit = MOST_FORCED_DECISIONS
  if (forcedDecisions.length > limit) return err({ code: 'too_many_forced_decisions', limit })
  return ok({
    user: { ...user.value, forcedDecisions },
    options: decideOptionsOf(options),
    disableTracking: options.includes('DISABLE_DECISION_EVENT'),
    segmentOptions: fields.fetchSegments === true ? textsOf(fields.fetchSegmentsOptions) : null,
    cache: {
      ignore: options.includes('IGNORE_CMAB_CACHE'),
      reset: options.includes('RESET_CMAB_CACHE'),
      invalidateUser: options.includes('INVALIDATE_USER_CMAB_CACHE'),
    },
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

function textsOf(value: JsonValue | undefined): readonly string[] {
  return isTexts(value) ? value : []
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
