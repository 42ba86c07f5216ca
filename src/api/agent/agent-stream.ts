import { reasonOf } from '../../base/reason.ts'
import { err, ok } from '../../base/result.ts'
import { NOTIFICATION_TYPES } from '../../events/notification-stream.ts'
import type { AgentAnswer, AgentRequest } from './agent-route.ts'

/** `GET /v1/notifications/event-stream`: `filter` names types, repeated or with commas between; `raw` asks for lines of JSON. */
export async function agentEventStream({ url: { searchParams }, sdkKey, api }: AgentRequest): Promise<AgentAnswer> {
  if (api.notifications === null) return err({ code: 'notifications_off' })
  const filters = searchParams.getAll('filter')
  const named = new Set(filters.flatMap((filter) => filter.split(',')))
  // A filter of nothing but what is no type lets nothing through, as in the Agent.
  const types = new Set(NOTIFICATION_TYPES.filter((type) => filters.length === 0 || named.has(type)))
  try {
    const stream = await api.notifications.open(sdkKey, { types, isRaw: searchParams.has('raw') })
    return stream === 'full' ? err({ code: 'too_many_listeners' }) : ok(stream)
  } catch (cause) {
    api.log({ level: 'error', code: 'notifications_unavailable', message: reasonOf(cause) })
    return err({ code: 'notifications_unavailable' })
  }
}
