import { parseJson } from '../base/json.ts'
import type { Prediction } from '../engine/index.ts'

/** A prediction that may be used again. */
export interface KeptPrediction {
  readonly prediction: Prediction
  /** SHA-256 of the attributes that the bandit saw, in hex. */
  readonly attributesSha256: string
  /** Milliseconds since 1970. */
  readonly untilMs: number
}

/** A prediction as a text. */
export function keptText({ prediction, attributesSha256, untilMs }: KeptPrediction): string {
  return JSON.stringify([prediction.variationId, prediction.cmabUuid, attributesSha256, untilMs])
}

/** What `keptText` wrote; `null` for anything else. */
export function parseKeptPrediction(text: string): KeptPrediction | null {
  const json = parseJson(text, { maxDepth: 1 })
  if (!json.ok || !Array.isArray(json.value)) return null
  const [variationId, cmabUuid, attributesSha256, untilMs] = json.value
  const isWhole =
    typeof variationId === 'string' &&
    typeof cmabUuid === 'string' &&
    typeof attributesSha256 === 'string' &&
    typeof untilMs === 'number'
  return isWhole ? { prediction: { variationId, cmabUuid }, attributesSha256, untilMs } : null
}
