import { isJsonObject, type JsonValue } from '../../base/json.ts'
import { ok, type Result } from '../../base/result.ts'
import { pageAnswer, placedEdits } from '../../pages/plan/page-answer.ts'
import type { PlanAnswer } from '../../protocol/binding.ts'
import type { PageAnswer } from '../../protocol/page.ts'
import type { Api } from '../api.ts'
import { type Failure, invalid } from '../failure.ts'
import { type PlanQuestion, planAsked } from '../page-plan.ts'
import { parsePlanRequest } from '../page-request.ts'
import { answerCall, type Call, parseOptions } from './call.ts'
import { parseCloned } from './cloned-json.ts'
import { failedCall } from './decide.ts'

/** `env.TURNOUT.page(…)`: for a Worker that makes the edits, and sends the cookies along. */
export async function callPage(question: unknown, call: Call): Promise<PlanAnswer> {
  const answered = await answerCall(call, (api) => planFor(question, call, api))
  return answered.ok ? { ok: true, plan: answered.value } : failedCall(answered.error)
}

async function planFor(question: unknown, call: Call, api: Api): Promise<Result<PageAnswer, Failure>> {
  const asked = parseQuestion(question, call, api)
  if (!asked.ok) return asked
  const planned = await planAsked(asked.value, api)
  if (!planned.ok) return planned
  const { plan, leftAlone } = planned.value
  return ok(pageAnswer(plan, placedEdits(plan.edits), leftAlone))
}

/** The same checks, in the same words, as those of the query of `GET /v1/page`. */
function parseQuestion(question: unknown, call: Call, api: Api): Result<PlanQuestion, Failure> {
  const cloned = parseCloned({ question })
  if (!cloned.ok) return cloned
  if (!isJsonObject(question) || !isJsonObject(cloned.value.question)) return invalid('question', 'an object with url')
  const parsed = parseOptions(cloned.value.question, call, api)
  if (!parsed.ok) return parsed
  const {
    sdkKey,
    url = '',
    userId = '',
    headers: fields = {},
    attributes = {},
    cf,
    disableTracking = false,
  } = parsed.value
  if (typeof url !== 'string') return invalid('url', 'a string')
  if (typeof userId !== 'string') return invalid('userId', 'a string')
  const headers = question.headers instanceof Headers ? question.headers : headersOf(fields)
  if (headers === null) return invalid('headers', 'Headers, or an object of them')
  const query = {
    url,
    userId,
    attributes: JSON.stringify(attributes),
    disableTracking: String(disableTracking),
  }
  const asked = parsePlanRequest(new URLSearchParams(query), true)
  return asked.ok
    ? ok({ ...asked.value, sdkKey, method: 'GET', headers, cf: isJsonObject(cf) ? cf : undefined })
    : asked
}

/** `null` for what cannot be headers. */
function headersOf(fields: JsonValue): Headers | null {
  if (!isJsonObject(fields)) return null
  try {
    return new Headers(Object.entries(fields).map(([name, value]) => [name, String(value)]))
  } catch {
    // A name or a value that HTTP has no place for.
    return null
  }
}
