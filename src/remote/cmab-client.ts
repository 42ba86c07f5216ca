import { isJsonObject, type JsonValue } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { Prediction } from '../engine/index.ts'
import { type Fetch, postJson } from './post-json.ts'

export interface CmabWorld {
  /** The endpoint of a rule: `CMAB_URL` with the rule's id in the place of `%s`. */
  readonly urlOf: (ruleId: string) => string
  readonly fetch: Fetch
  readonly wait: (ms: number) => Promise<void>
  readonly newId: () => string
}

export interface CmabQuestion {
  readonly ruleId: string
  readonly userId: string
  /** By attribute id. */
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Of each attempt. */
const TIMEOUT_MS = 2_000
const RETRY_AFTER_MS = 100
const MAX_BYTES = 65_536

/** Asks the prediction endpoint, and once more when that fails (source: the SDK's CMAB client). Never rejects. */
export async function fetchPrediction(world: CmabWorld, question: CmabQuestion): Promise<Result<Prediction, string>> {
  const cmabUuid = world.newId()
  const first = await attempt(world, question, cmabUuid)
  if (first.ok) return first
  await world.wait(RETRY_AFTER_MS)
  return await attempt(world, question, cmabUuid)
}

async function attempt(
  { urlOf, fetch }: CmabWorld,
  { ruleId, userId, attributes }: CmabQuestion,
  cmabUUID: string,
): Promise<Result<Prediction, string>> {
  const instance = {
    visitorId: userId,
    experimentId: ruleId,
    attributes: Object.entries(attributes).map(([id, value]) => ({ id, value, type: 'custom_attribute' })),
    cmabUUID,
  }
  const body = { instances: [instance] }
  const answer = await postJson(fetch, { url: urlOf(ruleId), body, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES })
  if (!answer.ok) return answer
  const variationId = variationIdOf(answer.value)
  return variationId === null ? err('It answers without a prediction') : ok({ variationId, cmabUuid: cmabUUID })
}

/** `predictions[0].variation_id`, a text or a number, neither of them empty. */
function variationIdOf(answer: JsonValue | undefined): string | null {
  if (!isJsonObject(answer) || !Array.isArray(answer.predictions)) return null
  const predictions: readonly JsonValue[] = answer.predictions
  const [first] = predictions
  const id = isJsonObject(first) ? first.variation_id : undefined
  return (typeof id === 'string' || typeof id === 'number') && id ? String(id) : null
}
