import type { Api } from '../../src/api/api.ts'
import { createPredictor, type PredictorOptions } from '../../src/remote/cached-predictor.ts'
import { startAgent } from './agent-service.ts'
import type { Ask } from './service.ts'
import { shopDatafile } from './shop-datafile.ts'

/** An experiment that is all a bandit's, which sees `plan`, in front of a delivery to everybody. */
export const BANDIT = shopDatafile({
  sendFlagDecisions: true,
  featureFlags: [{ id: 'f', key: 'offer', rolloutId: 'r1', experimentIds: ['55'], variables: [] }],
  experiments: [
    {
      id: '55',
      key: 'bandit',
      layerId: 'l',
      status: 'Running',
      audienceIds: [],
      forcedVariations: { listed: 'small' },
      variations: [
        { id: '61', key: 'small', featureEnabled: true },
        { id: '62', key: 'large', featureEnabled: true },
      ],
      trafficAllocation: [],
      cmab: { trafficAllocation: 10_000, attributeIds: ['1'] },
    },
  ],
})

export const LARGE = '{"predictions":[{"variation_id":"62"}]}'

export interface Endpoint {
  answer: () => Promise<Response>
  /** Bodies, in the order in which they came. */
  readonly asked: { readonly url: string; readonly body: { readonly instances: readonly object[] } }[]
}

/** A service whose bandits answer what a test says. The clock is the test's, and nothing waits before it asks again. */
export function startBandit(
  answer: Endpoint['answer'] = async () => new Response(LARGE),
  {
    kept = null,
    id = 'uuid',
    ports = {},
  }: { readonly kept?: PredictorOptions['kept']; readonly id?: string; readonly ports?: Partial<Api> } = {},
) {
  const endpoint: Endpoint = { answer, asked: [] }
  const waits: number[] = []
  const time = { nowMs: 0 }
  let ids = 0
  const logged: object[] = []
  const predictor = createPredictor({
    kept,
    urlOf: (ruleId) => `https://bandits.example/predict/${ruleId}`,
    fetch: async (url, { body }) => {
      endpoint.asked.push({ url, body: JSON.parse(String(body)) })
      return await endpoint.answer()
    },
    wait: async (ms) => void waits.push(ms),
    newId: () => `${id}-${++ids}`,
    clock: () => time.nowMs,
    log: (event) => void logged.push(event),
  })
  return { ...startAgent(BANDIT, { predictor, ...ports }), endpoint, waits, time, predictionLog: logged }
}

export async function decided(
  ask: Ask,
  body: object = {},
  path = '/v1/decide?keys=offer',
): Promise<Record<string, unknown>> {
  const headers = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }
  const response = await ask(path, { method: 'POST', headers, body: JSON.stringify({ userId: 'u1', ...body }) })
  return await response.json()
}
