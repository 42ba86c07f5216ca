import { isJsonObject, type JsonObject } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { decide, type FlagDecision } from '../../engine/index.ts'
import type { EvaluationDetails } from '../../protocol/binding.ts'
import type { Api } from '../api.ts'
import { failureOf, logFailures, recordDecisions } from '../decisions.ts'
import { type Failure, failureJson, invalid } from '../failure.ts'
import { type OfrepContext, parseOfrepBody } from '../ofrep/ofrep-context.ts'
import type { RefusedEvaluation } from '../ofrep/ofrep-failure.ts'
import { evaluationOf } from '../ofrep/ofrep-flag.ts'
import { readDatafile } from '../read-datafile.ts'
import { answerCall, type Call, parseOptions } from './call.ts'
import { parseCloned } from './cloned-json.ts'
import type { ValueType } from './value-type.ts'

/** What was handed over: nothing is known of it, and the default goes back as it came. */
export type EvaluationArguments<Value> = readonly [
  flagKey: unknown,
  defaultValue: Value,
  context?: unknown,
  options?: unknown,
]

type EvaluationFailure = Failure | RefusedEvaluation | { readonly code: 'type_mismatch'; readonly message: string }

/** `env.TURNOUT.getBooleanDetails(…)` and its like. Never rejects: whatever is wrong, the value is the caller's default. */
export async function callDetails<Value>(
  type: ValueType<Value>,
  given: EvaluationArguments<Value>,
  call: Call,
): Promise<EvaluationDetails<Value>> {
  const [flagKey, defaultValue] = given
  const answered = await answerCall<EvaluationDetails<Value>, EvaluationFailure>(call, (api) =>
    evaluate(type, given, { call, api }),
  )
  if (answered.ok) return answered.value
  const key = typeof flagKey === 'string' ? flagKey : ''
  return { flagKey: key, value: defaultValue, reason: 'ERROR', flagMetadata: {}, ...errorOf(answered.error) }
}

/** `env.TURNOUT.getBooleanValue(…)` and its like. */
export async function callValue<Value>(
  type: ValueType<Value>,
  given: EvaluationArguments<Value>,
  call: Call,
): Promise<Value> {
  return (await callDetails(type, given, call)).value
}

interface Asked {
  readonly call: Call
  readonly api: Api
}

/** What is not of the type asked for is not shown, and so does not count. */
async function evaluate<Value>(
  type: ValueType<Value>,
  given: EvaluationArguments<Value>,
  { call, api }: Asked,
): Promise<Result<EvaluationDetails<Value>, EvaluationFailure>> {
  const [flagKey, , context, options] = given
  const parsed = parseEvaluation({ flagKey, context, options }, call, api)
  if (!parsed.ok) return parsed
  const asked = parsed.value
  const found = await readDatafile(asked.sdkKey, api.store)
  if (!found.ok) return found
  const { decision } = decide(found.value.datafile.project, asked.flagKey, asked.context)
  logFailures([decision], found.value, api)
  if (decision.kind === 'failed') return err(failureOf(decision))
  const details = detailsOf(decision, type)
  const { sdkKey, context: user } = asked
  const isTracked = details.ok && !user.disableTracking
  recordDecisions([decision], { sdkKey, user, isTracked }, { found: found.value, api })
  return details
}

interface Evaluation {
  readonly flagKey: string
  readonly sdkKey: string
  readonly context: OfrepContext
}

type Given = Readonly<Record<'flagKey' | 'context' | 'options', unknown>>

/** A context is read, and bounded, as those that come by OFREP. */
function parseEvaluation(given: Given, call: Call, api: Api): Result<Evaluation, EvaluationFailure> {
  const cloned = parseCloned(given)
  if (!cloned.ok) return cloned
  const { flagKey, context = {}, options = {} } = cloned.value
  if (typeof flagKey !== 'string') return invalid('flagKey', 'the key of a flag')
  const parsed = parseOptions(options, call, api)
  if (!parsed.ok) return parsed
  const { sdkKey, ...tracking } = parsed.value
  const read = parseOfrepBody({ context: isJsonObject(context) ? withTracking(context, tracking) : context })
  return read.ok ? ok({ flagKey, sdkKey, context: read.value }) : read
}

/** An OFREP context says by itself whether it counts. */
function withTracking(context: JsonObject, { disableTracking }: JsonObject): JsonObject {
  return disableTracking === undefined ? context : { ...context, disableTracking }
}

function detailsOf<Value>(
  decision: FlagDecision,
  type: ValueType<Value>,
): Result<EvaluationDetails<Value>, EvaluationFailure> {
  const { key, value, reason, variant, metadata } = evaluationOf(decision)
  if (!type.is(value)) {
    return err({ code: 'type_mismatch', message: `The value of "${key}" is not of the type ${type.name}.` })
  }
  const { enabled, ruleKey } = metadata
  const flagMetadata = { enabled, ...(ruleKey === undefined ? {} : { ruleKey }) }
  return ok({ flagKey: key, value, reason, ...(variant === undefined ? {} : { variant }), flagMetadata })
}

function errorOf(failure: EvaluationFailure): { readonly errorCode: string; readonly errorMessage: string } {
  switch (failure.code) {
    case 'refused':
      return { errorCode: failure.errorCode, errorMessage: failure.message }
    case 'type_mismatch':
      return { errorCode: 'TYPE_MISMATCH', errorMessage: failure.message }
    case 'unknown_flag':
      return { errorCode: 'FLAG_NOT_FOUND', errorMessage: failure.message }
    default:
      return { errorCode: 'GENERAL', errorMessage: failureJson(failure).error.message }
  }
}
