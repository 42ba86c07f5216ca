import { err, ok, type Result } from '../../base/result.ts'
import type { UserContext } from '../../engine/index.ts'
import type { Impression } from '../../events/event.ts'
import { impressionsOf } from '../../events/impression.ts'
import { logFailures } from '../decisions.ts'
import { repeatsTooMuch } from '../repeated-attributes.ts'
import { activationNotification } from './activation-notification.ts'
import { readAgentBody, USER_SHAPE, userOf } from './agent-body.ts'
import { experimentsOf } from './agent-experiments.ts'
import type { AgentFailure } from './agent-failure.ts'
import { goMap, respondAgent } from './agent-json.ts'
import { withPredictions } from './agent-predictions.ts'
import type { AgentAnswer, AgentRequest } from './agent-route.ts'
import { keepProfile, userWithKept } from './agent-user.ts'
import { type ActivatedType, decideActivation, failuresOf, type KeyDecision } from './decide-activation.ts'

/** What one key came to. */
interface Activation {
  readonly experimentKey?: string
  readonly featureKey?: string
  readonly variationKey?: string
  readonly type?: ActivatedType
  readonly variables?: object
  readonly enabled?: boolean
  readonly error?: string
}

/** What goes on beside the answer. */
interface Activating {
  readonly agent: AgentRequest
  readonly user: UserContext
  readonly impressions: Impression[]
}

/** Predictions are remembered as the SDK does it: of activations nobody can say otherwise. */
const USUAL_CACHE = { ignore: false, reset: false, invalidateUser: false }

/** `POST /v1/activate`: features and experiments by key or of a type, each with what it is for the user. */
export async function agentActivate(agent: AgentRequest): Promise<AgentAnswer> {
  const body = await readAgentBody(agent.request, USER_SHAPE)
  if (!body.ok) return body
  const asked = userOf(body.value)
  if (!asked.ok) return asked
  const keys = keysOf(agent)
  if (!keys.ok) return keys
  if (repeatsTooMuch(asked.value.attributes, keys.value.size)) return err({ code: 'answer_too_large' })
  const user = await userWithKept(asked.value, agent)
  const { datafile } = agent.found
  const decided = await withPredictions(
    { decide: (known) => decideActivation(keys.value, known, datafile), failuresOf },
    { user, cache: USUAL_CACHE },
    agent,
  )
  const activating: Activating = { agent, user, impressions: [] }
  const activations = decided.keys.map((decision) => activate(decision, activating))
  const { searchParams } = agent.url
  if (searchParams.get('disableTracking') !== 'true') agent.api.events.record(activating.impressions)
  await keepProfile(decided.profile, user, agent)
  const answers = activations.filter(isAskedFor(searchParams.get('enabled')))
  return ok(respondAgent(answers.map((activation) => activationJson(activation, user.userId))))
}

/** Every key once, with what it is: a key that is both is that of the feature, as in the Agent. */
function keysOf({
  url: { searchParams },
  found,
}: AgentRequest): Result<ReadonlyMap<string, ActivatedType>, AgentFailure> {
  const keys = new Map<string, ActivatedType>()
  for (const type of new Set(searchParams.getAll('type'))) {
    if (type !== 'experiment' && type !== 'feature') return err({ code: 'unsupported_type', type })
    const entries = type === 'feature' ? found.datafile.project.flags : experimentsOf(found.datafile)
    for (const key of entries.keys()) keys.set(key, type)
  }
  for (const key of searchParams.getAll('experimentKey')) keys.set(key, 'experiment')
  for (const key of searchParams.getAll('featureKey')) keys.set(key, 'feature')
  return ok(keys)
}

function activate(decision: KeyDecision, activating: Activating): Activation {
  tell(decision, activating)
  switch (decision.kind) {
    case 'missing': {
      const error = `${decision.type}Key not found`
      return decision.type === 'experiment'
        ? { experimentKey: decision.key, error }
        : { featureKey: decision.key, error }
    }
    case 'experiment':
      return activateExperiment(decision, activating)
    case 'feature':
      return activateFeature(decision, activating)
  }
}

function activateExperiment(
  { key, decision }: Extract<KeyDecision, { kind: 'experiment' }>,
  { agent, user, impressions }: Activating,
): Activation {
  if (!decision.ok) {
    agent.api.log({ level: 'error', code: 'experiment_failed', experimentKey: key, message: decision.error.message })
    return { experimentKey: key, type: 'experiment', error: decision.error.message }
  }
  const { source, rule, variation, cmabUuid } = decision.value
  if (variation !== null) {
    const { userId, attributes } = user
    const { project } = agent.found.datafile
    const context = { kind: 'impression', sdkKey: agent.sdkKey, project, userId, attributes, flagKey: '' } as const
    // As the SDK's `activate` says it of an experiment, whatever its variation says of a feature.
    const enabled = source === 'experiment' || variation.featureEnabled
    impressions.push({ ...context, enabled, source, rule, variation, ...(cmabUuid !== undefined && { cmabUuid }) })
  }
  const variationKey = source === 'experiment' ? (variation?.key ?? '') : ''
  return { experimentKey: key, variationKey, type: 'experiment', enabled: variationKey !== '' }
}

function activateFeature(
  { key, decision }: Extract<KeyDecision, { kind: 'feature' }>,
  { agent: { found, sdkKey, api }, user, impressions }: Activating,
): Activation {
  logFailures([decision], found, api)
  if (decision.kind === 'failed') return { featureKey: key, type: 'feature', error: decision.failure.message }
  const { userId, attributes } = user
  impressions.push(...impressionsOf(decision, { sdkKey, userId, attributes, project: found.datafile.project }))
  const { enabled, variables, evidence, ruleKey, variationKey } = decision
  const tested = evidence.source === 'feature-test' && evidence.rule !== null
  const keys = tested ? { experimentKey: ruleKey ?? '', variationKey: variationKey ?? '' } : {}
  return { featureKey: key, ...keys, type: 'feature', variables, enabled }
}

/** Whoever listens, if anybody can. */
function tell(decision: KeyDecision, { agent: { api, sdkKey, found }, user }: Activating): void {
  if (api.notifications === null) return
  const notification = activationNotification(decision, user, found.datafile)
  if (notification !== null) api.notifications.publish(sdkKey, [notification])
}

/** Only `true` and `false` leave some out. */
function isAskedFor(enabled: string | null): (activation: Activation) => boolean {
  if (enabled !== 'true' && enabled !== 'false') return () => true
  return (activation) => (activation.enabled ?? false) === (enabled === 'true')
}

/** In the order of the Agent's structure, with `""` for what there is not. */
function activationJson(
  { experimentKey = '', featureKey = '', variationKey = '', type, variables, enabled = false, error }: Activation,
  userId: string,
): Readonly<Record<string, unknown>> {
  const hasVariables = variables !== undefined && Object.keys(variables).length > 0
  return {
    userId,
    experimentKey,
    featureKey,
    variationKey,
    type: type ?? '',
    ...(hasVariables ? { variables: goMap(variables) } : {}),
    enabled,
    ...(error === undefined ? {} : { error }),
  }
}
