import { parseJson } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { JSON_HEADERS } from '../../http/headers.ts'
import type { AgentFailure } from './agent-failure.ts'
import { respondAgent } from './agent-json.ts'
import type { AgentRequest } from './agent-route.ts'
import { optimizelyConfig } from './optimizely-config.ts'

/** Seconds after which a read that failed may be tried again. */
const RETRY_SECONDS = 5

/** `GET /v1/config`: what the datafile describes, in the shape of OptimizelyConfig. */
export async function agentConfig({ found }: AgentRequest): Promise<Result<Response, AgentFailure>> {
  return ok(respondAgent(optimizelyConfig(found.datafile.datafile)))
}

/**
 * `GET /v1/datafile`: the datafile as it was uploaded, where the Agent would encode it anew. Only an upload is sure to
 * be JSON: what was put into KV by other means may be anything.
 */
export async function agentDatafile({ sdkKey, api }: AgentRequest): Promise<Result<Response, AgentFailure>> {
  const stored = await api.datafiles.get(sdkKey)
  switch (stored.kind) {
    case 'found':
      if (stored.stamp.generation === 0 && !parseJson(stored.text).ok) return err({ code: 'broken_datafile' })
      return ok(new Response(stored.text, { headers: JSON_HEADERS }))
    case 'unknown':
      return err({ code: 'unknown_sdk_key' })
    case 'unavailable':
      return err({ code: 'datafile_unavailable', retryAfterSeconds: RETRY_SECONDS })
  }
}
