import { err, ok } from '../../base/result.ts'
import { variationOfRule } from '../../engine/index.ts'
import { isText, readAgentBody, refusalOfUserId, textOf } from './agent-body.ts'
import { experimentsOf } from './agent-experiments.ts'
import { respondAgent } from './agent-json.ts'
import type { AgentAnswer, AgentRequest } from './agent-route.ts'
import { askingStore } from './agent-store.ts'

const OVERRIDE_SHAPE = { userId: isText, experimentKey: isText, variationKey: isText }

/** `POST /v1/override`: forces a user into a variation of an experiment; an empty `variationKey` takes that back. */
export async function agentOverride(agent: AgentRequest): Promise<AgentAnswer> {
  const { request, sdkKey, api } = agent
  const { overrides } = api
  if (overrides === null) return err({ code: 'overrides_off' })
  const body = await readAgentBody(request, OVERRIDE_SHAPE)
  if (!body.ok) return body
  const userId = textOf(body.value.userId)
  if (userId === '') return err({ code: 'empty_field', field: 'userId' })
  const refusal = refusalOfUserId(userId)
  if (refusal !== null) return err(refusal)
  const experimentKey = textOf(body.value.experimentKey)
  if (experimentKey === '') return err({ code: 'empty_field', field: 'experimentKey' })
  const variationKey = textOf(body.value.variationKey)
  return askingStore(api, 'override_unsaved', async () => {
    const previous = await overrides.set({ sdkKey, userId, experimentKey }, variationKey === '' ? null : variationKey)
    const messages = messagesOf(agent, { experimentKey, variationKey, previous })
    const fields = { userId, experimentKey, variationKey, prevVariationKey: previous ?? '' }
    return ok(respondAgent({ ...fields, messages: messages.length > 0 ? messages : null }))
  })
}

interface Overridden {
  readonly experimentKey: string
  readonly variationKey: string
  readonly previous: string | null
}

function messagesOf({ found }: AgentRequest, { experimentKey, variationKey, previous }: Overridden): readonly string[] {
  if (variationKey === '') return [previous === null ? 'no pre-existing override' : 'removing previous override']
  const messages: string[] = []
  const rule = experimentsOf(found.datafile).get(experimentKey)
  if (rule === undefined) messages.push('experimentKey not found in configuration')
  else if (variationOfRule(rule, variationKey) === undefined) messages.push('variationKey not found in configuration')
  if (previous !== null) messages.push('updating previous override')
  return messages
}
