import { isJsonObject } from '../../base/json.ts'
import { err, ok } from '../../base/result.ts'
import { readAgentBody, USER_SHAPE, userOf } from './agent-body.ts'
import { respondAgent } from './agent-json.ts'
import type { AgentAnswer, AgentRequest } from './agent-route.ts'

const TRACK_SHAPE = { ...USER_SHAPE, eventTags: isJsonObject }

/** `POST /v1/track`: something that a user did. An event that the datafile does not list is told of, and not an error. */
export async function agentTrack({ request, url, found, sdkKey, api }: AgentRequest): Promise<AgentAnswer> {
  const body = await readAgentBody(request, TRACK_SHAPE)
  if (!body.ok) return body
  const eventKey = url.searchParams.get('eventKey') ?? ''
  if (eventKey === '') return err({ code: 'missing_event_key' })
  const user = userOf(body.value)
  if (!user.ok) return user
  const { userId, attributes } = user.value
  const { project } = found.datafile
  const eventId = project.eventIds.get(eventKey)
  if (eventId === undefined) {
    return ok(respondAgent({ userId, eventKey, error: `event with key "${eventKey}" not found` }))
  }
  const { eventTags } = body.value
  const tags = isJsonObject(eventTags) ? eventTags : {}
  api.events.record([{ kind: 'conversion', sdkKey, project, userId, attributes, eventKey, eventId, tags }])
  return ok(respondAgent({ userId, eventKey }))
}
