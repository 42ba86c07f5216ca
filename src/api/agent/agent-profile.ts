import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok } from '../../base/result.ts'
import type { UserProfile } from '../../engine/index.ts'
import { isText, readAgentBody, refusalOfUserId, textOf } from './agent-body.ts'
import { goMap, respondAgent } from './agent-json.ts'
import type { AgentAnswer, AgentRequest } from './agent-route.ts'
import { askingStore } from './agent-store.ts'

/** `POST /v1/lookup`: a user's profile. */
export async function agentLookup({ request, sdkKey, api }: AgentRequest): Promise<AgentAnswer> {
  const { profiles } = api
  if (profiles === null) return err({ code: 'no_profiles' })
  const body = await readAgentBody(request, { userId: isText })
  if (!body.ok) return body
  const userId = textOf(body.value.userId)
  const refusal = refusalOfUserId(userId)
  if (refusal !== null) return err(refusal)
  return askingStore(api, 'profile_unread', async () => {
    const profile = (await profiles.read(sdkKey, userId)) ?? new Map<string, string>()
    const entries = [...profile].map(([experimentId, variationId]) => [experimentId, { variation_id: variationId }])
    return ok(respondAgent({ userId, experimentBucketMap: goMap(Object.fromEntries(entries)) }))
  })
}

/** No user takes part in more, and stores keep no more. */
const MOST_EXPERIMENTS = 1_000

/** `POST /v1/save`: takes the place of a user's profile. Answers without a body. */
export async function agentSave({ request, sdkKey, api }: AgentRequest): Promise<AgentAnswer> {
  const { profiles } = api
  if (profiles === null) return err({ code: 'no_profiles' })
  const body = await readAgentBody(request, { userId: isText, experimentBucketMap: isBucketMap })
  if (!body.ok) return body
  const userId = textOf(body.value.userId)
  const refusal = refusalOfUserId(userId)
  if (refusal !== null) return err(refusal)
  const profile = profileOf(body.value)
  if (profile.size > MOST_EXPERIMENTS) return err({ code: 'payload_too_large' })
  return askingStore(api, 'profile_unsaved', async () => {
    await profiles.save(sdkKey, userId, profile)
    return ok(new Response(null))
  })
}

function isBucketMap(value: JsonValue): boolean {
  return isJsonObject(value) && Object.values(value).every((entry) => isJsonObject(entry) && isText(entry.variation_id))
}

function profileOf({ experimentBucketMap }: JsonObject): UserProfile {
  const profile = new Map<string, string>()
  if (!isJsonObject(experimentBucketMap)) return profile
  for (const [experimentId, entry] of Object.entries(experimentBucketMap)) {
    if (isJsonObject(entry)) profile.set(experimentId, textOf(entry.variation_id))
  }
  return profile
}
