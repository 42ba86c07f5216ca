import { ok } from '../../base/result.ts'
import type { Route } from '../../http/router.ts'
import type { Api } from '../api.ts'
import { agentActivate } from './agent-activate.ts'
import { agentConfig, agentDatafile } from './agent-config.ts'
import { agentDecide } from './agent-decide.ts'
import { respondAgent } from './agent-json.ts'
import { agentSendOdpEvent } from './agent-odp.ts'
import { agentOverride } from './agent-override.ts'
import { agentLookup, agentSave } from './agent-profile.ts'
import { type AgentAnswer, type AgentRequest, agentRoute } from './agent-route.ts'
import { agentEventStream } from './agent-stream.ts'
import { agentTrack } from './agent-track.ts'
import { postToken } from './auth/post-token.ts'

/** What an operation of a batch can ask for. */
export const BATCH_ROUTES: readonly Route<Api>[] = [
  { path: '/v1/activate', methods: { POST: agentRoute(agentActivate) } },
  { path: '/v1/decide', methods: { POST: agentRoute(agentDecide) } },
  { path: '/v1/track', methods: { POST: agentRoute(agentTrack) } },
  { path: '/v1/override', methods: { POST: agentRoute(agentOverride) } },
  { path: '/v1/lookup', methods: { POST: agentRoute(agentLookup) } },
  { path: '/v1/save', methods: { POST: agentRoute(agentSave) } },
  { path: '/v1/reset', methods: { POST: agentRoute(agentReset) } },
  { path: '/v1/send-odp-event', methods: { POST: agentRoute(agentSendOdpEvent) } },
  { path: '/v1/config', methods: { GET: agentRoute(agentConfig) }, isThere: hasDatafileRoutes },
  { path: '/v1/datafile', methods: { GET: agentRoute(agentDatafile) }, isThere: hasDatafileRoutes },
]

/** The routes of the Agent, without CORS as there. */
export const AGENT_ROUTES: readonly Route<Api>[] = [
  ...BATCH_ROUTES,
  { path: '/v1/notifications/event-stream', methods: { GET: agentRoute(agentEventStream) } },
  { path: '/oauth/token', methods: { POST: postToken }, isThere: hasTokens },
]

/** `POST /v1/reset`: what contextual bandits predicted is forgotten, in this isolate. */
async function agentReset({ sdkKey, api }: AgentRequest): Promise<AgentAnswer> {
  api.predictor?.reset(sdkKey)
  return ok(respondAgent({ result: true }))
}

/** `DATAFILE_ROUTES=off` takes them away. */
function hasDatafileRoutes({ datafileRoutes }: Api): boolean {
  return datafileRoutes
}

/** Without a secret that could sign one there are no tokens. */
function hasTokens({ agentAuth }: Api): boolean {
  return agentAuth !== null
}
