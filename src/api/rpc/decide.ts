import { isJsonObject } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { Decision } from '../../engine/index.ts'
import type { DecideAllAnswer, DecideAnswer, FailedCall } from '../../protocol/binding.ts'
import type { Api } from '../api.ts'
import { type DecisionRequest, parseBody } from '../decision-request.ts'
import { decideAsked, decidedJson, decisionJson, failureOf, recordAsked } from '../decisions.ts'
import { type Failure, failureJson, invalid } from '../failure.ts'
import { readDatafile } from '../read-datafile.ts'
import { asksForTooMuch } from '../repeated-attributes.ts'
import { answerCall, type Call, parseOptions } from './call.ts'
import { parseCloned } from './cloned-json.ts'

/** What was handed over: nothing is known of it. */
export type DecideArguments = readonly [flagKey: unknown, user: unknown, options?: unknown]
export type DecideAllArguments = readonly [user: unknown, options?: unknown]

const ALL = '*'

/** `env.TURNOUT.decide(…)` */
export async function callDecide(given: DecideArguments, call: Call): Promise<DecideAnswer> {
  const [flagKey] = given
  if (typeof flagKey !== 'string' || flagKey === '' || flagKey === ALL) return failedCall(NO_FLAG.error)
  const answered = await answerCall(call, async (api) => {
    const made = await decisionsFor(given, call, api)
    if (!made.ok) return made
    const { asked, decisions } = made.value
    const [decision] = decisions.map((one) =>
      one.kind === 'failed' ? err(failureOf(one)) : ok(decidedJson(one, asked)),
    )
    return decision ?? NO_FLAG
  })
  return answered.ok ? { ok: true, decision: answered.value } : failedCall(answered.error)
}

const NO_FLAG = invalid('flagKey', 'the key of a flag')

/** `env.TURNOUT.decideAll(…)` */
export async function callDecideAll([user, options]: DecideAllArguments, call: Call): Promise<DecideAllAnswer> {
  const answered = await answerCall(call, (api) => decisionsFor([ALL, user, options], call, api))
  if (!answered.ok) return failedCall(answered.error)
  const { asked, decisions } = answered.value
  return { ok: true, decisions: decisions.map((decision) => decisionJson(decision, asked)) }
}

/** The answer to a call that failed. */
export function failedCall(failure: Failure): FailedCall {
  return { ok: false, ...failureJson(failure) }
}

interface Made {
  readonly asked: DecisionRequest
  readonly decisions: readonly Decision[]
}

async function decisionsFor(given: DecideArguments, call: Call, api: Api): Promise<Result<Made, Failure>> {
  const parsed = parseDecide(given, call, api)
  if (!parsed.ok) return parsed
  const asked = parsed.value
  const found = await readDatafile(asked.sdkKey, api.store)
  if (!found.ok) return found
  if (asksForTooMuch(asked, found.value)) return err({ code: 'answer_too_large' })
  const decisions = decideAsked(found.value, asked, api)
  recordAsked(decisions, { found: found.value, asked, isCounted: !asked.disableTracking }, api)
  return ok({ asked, decisions })
}

/** The same checks, in the same words, as those of the body of `POST /`. */
function parseDecide(
  [feature, user, options]: DecideArguments,
  call: Call,
  api: Api,
): Result<DecisionRequest, Failure> {
  const cloned = parseCloned({ feature, user, options })
  if (!cloned.ok) return cloned
  const given = cloned.value
  if (!isJsonObject(given.user)) return invalid('user', 'an object with userId')
  const parsed = parseOptions(given.options ?? {}, call, api)
  if (!parsed.ok) return parsed
  const { sdkKey: key, reasons = false, disableTracking = false } = parsed.value
  const { userId, attributes = {} } = given.user
  return parseBody({
    feature: given.feature ?? null,
    key,
    userId: userId || null,
    attributes,
    reasons,
    disableTracking,
  })
}
