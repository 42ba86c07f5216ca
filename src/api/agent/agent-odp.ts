import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok } from '../../base/result.ts'
import type { OdpEvent } from '../../events/odp.ts'
import { isText, isTextMap, readAgentBody, textOf } from './agent-body.ts'
import { respondAgent } from './agent-json.ts'
import type { AgentAnswer, AgentRequest } from './agent-route.ts'

const ODP_SHAPE = { action: isText, type: isText, identifiers: isTextMap, data: isJsonObject }

/** `POST /v1/send-odp-event`: an event for Optimizely Data Platform. */
export async function agentSendOdpEvent({ request, sdkKey, found, api }: AgentRequest): Promise<AgentAnswer> {
  const body = await readAgentBody(request, ODP_SHAPE)
  if (!body.ok) return body
  const { identifiers, data } = body.value
  const action = textOf(body.value.action)
  if (action === '') return err({ code: 'missing_action' })
  if (!isTextMap(identifiers) || Object.keys(identifiers).length === 0) return err({ code: 'missing_identifiers' })
  if (api.odp === null) return err({ code: 'odp_not_integrated' })
  const values = isJsonObject(data) ? data : {}
  if (!isOdpData(values)) return err({ code: 'invalid_odp_data' })
  const type = textOf(body.value.type) || 'fullstack'
  const project = { sdkKey, datafile: found.datafile.datafile }
  const outcome = await api.odp.send(project, { type, action, identifiers, data: values })
  return outcome === 'sent' ? ok(respondAgent({ success: true })) : err({ code: 'odp_not_integrated' })
}

function isOdpData(data: JsonObject): data is JsonObject & OdpEvent['data'] {
  return Object.values(data).every((value: JsonValue) => typeof value !== 'object' || value === null)
}
