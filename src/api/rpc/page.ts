import { isJsonObject } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { pageAnswer, placedEdits } from '../../pages/plan/page-answer.ts'
import type { PlanAnswer } from '../../protocol/binding.ts'
import type { PageAnswer } from '../../protocol/page.ts'
import type { Api } from '../api.ts'
import type { Failure } from '../failure.ts'
import { type PlanQuestion, planAsked } from '../page-plan.ts'
import { parsePlanRequest } from '../page-request.ts'
import { answerCall, type Call, invalid, sdkKeyOf } from './call.ts'
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
  const cloned = parseCloned(question)
  if (!cloned.ok) return cloned
  if (!isJsonObject(question) || !isJsonObject(cloned.value)) return err(invalid('question', 'an object with url'))
  const headers = headersOf(question.headers)
  if (headers === null) return err(invalid('headers', 'Headers, or an object of them'))
  const { url = '', userId = '', sdkKey, attributes = {}, cf, disableTracking = false } = cloned.value
  if (typeof userId !== 'string') return err(invalid('userId', 'a string'))
  const key = sdkKeyOf(sdkKey, call, api)
  if (!key.ok) return key
  const query = {
    url: String(url),
    userId,
    attributes: JSON.stringify(attributes),
    disableTracking: String(disableTracking),
  }
  const parsed = parsePlanRequest(new URLSearchParams(query), true)
  if (!parsed.ok) return parsed
  return ok({ ...parsed.value, sdkKey: key.value, method: 'GET', headers, cf: isJsonObject(cf) ? cf : undefined })
}

/** `null` for what cannot be headers. */
function headersOf(headers: unknown = {}): Headers | null {
  if (headers instanceof Headers) return headers
  const cloned = parseCloned(headers)
  if (!cloned.ok || !isJsonObject(cloned.value)) return null
  try {
    return new Headers(Object.entries(cloned.value).map(([name, value]) => [name, String(value)]))
  } catch {
    // A name or a value that HTTP has no place for.
    return null
  }
}
