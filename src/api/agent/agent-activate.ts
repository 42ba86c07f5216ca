import { err, ok, type Result } from '../../base/result.ts'
import { decide, decideExperiment, type UserContext, type UserProfile } from '../../engine/index.ts'
import type { Impression } from '../../events/event.ts'
import { impressionsOf } from '../../events/impression.ts'
import { logFailures } from '../decisions.ts'
import { readAgentBody, USER_SHAPE, userOf } from './agent-body.ts'
import { experimentsOf } from './agent-experiments.ts'
import type { AgentFailure } from './agent-failure.ts'
import { goMap, respondAgent } from './agent-json.ts'
import { type Activated, activationNotification } from './agent-notifications.ts'
import type { AgentAnswer, AgentRequest } from './agent-route.ts'
import { keepProfile, userWithKept } from './agent-user.ts'

/** What one key came to. */
interface Activation {
  readonly experimentKey?: string
  readonly featureKey?: string
  readonly variationKey?: string
  readonly type?: 'experiment' | 'feature'
  readonly variables?: object
  readonly enabled?: boolean
  readonly error?: string
}

/** What activating one key after the other adds to. */
interface Activating {
  readonly agent: AgentRequest
  /** With the profile as the keys so far have left it. */
  user: UserContext
  /** `null`: nothing to save. */
  profile: UserProfile | null
  readonly impressions: Impression[]
}

/** `POST /v1/activate`: features and experiments by key or of a type, each with what it is for the user. */
export async function agentActivate(agent: AgentRequest): Promise<AgentAnswer> {
  const body = await readAgentBody(agent.request, USER_SHAPE)
  if (!body.ok) return body
  const user = userOf(body.value)
  if (!user.ok) return user
  const keys = keysOf(agent)
  if (!keys.ok) return keys
  const kept = await userWithKept(user.value, agent)
  const activating: Activating = { agent, user: kept, profile: null, impressions: [] }
  const activations = [...keys.value].map(([key, type]) =>
    type === 'experiment' ? activateExperiment(key, activating) : activateFeature(key, activating),
  )
  const { searchParams } = agent.url
  if (searchParams.get('disableTracking') !== 'true') agent.api.events.record(activating.impressions)
  await keepProfile(activating.profile, kept, agent)
  const answers = activations.filter(isAskedFor(searchParams.get('enabled')))
  return ok(respondAgent(answers.map((activation) => activationJson(activation, user.value.userId))))
}

/** Every key once, with what it is: a key that is both is that of the feature, as in the Agent. */
function keysOf({
  url: { searchParams },
  found,
}: AgentRequest): Result<ReadonlyMap<string, 'experiment' | 'feature'>, AgentFailure> {
  const keys = new Map<string, 'experiment' | 'feature'>()
  for (const type of new Set(searchParams.getAll('type'))) {
    if (type !== 'experiment' && type !== 'feature') return err({ code: 'unsupported_type', type })
    const entries = type === 'feature' ? found.datafile.project.flags : experimentsOf(found.datafile)
    for (const key of entries.keys()) keys.set(key, type)
  }
  for (const key of searchParams.getAll('experimentKey')) keys.set(key, 'experiment')
  for (const key of searchParams.getAll('featureKey')) keys.set(key, 'feature')
  return ok(keys)
}

function activateExperiment(key: string, activating: Activating): Activation {
  const { agent, user, impressions } = activating
  const rule = experimentsOf(agent.found.datafile).get(key)
  if (rule === undefined) return { experimentKey: key, error: 'experimentKey not found' }
  const { project } = agent.found.datafile
  const { decision, profile } = decideExperiment(project, rule, user)
  if (!decision.ok) {
    agent.api.log({ level: 'error', code: 'experiment_failed', experimentKey: key, message: decision.error.message })
    return { experimentKey: key, type: 'experiment', error: decision.error.message }
  }
  keep(profile, activating)
  const { source, variation } = decision.value
  if (variation !== null) {
    const { sdkKey } = agent
    const { userId, attributes } = user
    const context = { kind: 'impression', sdkKey, project, userId, attributes, flagKey: '' } as const
    // As the SDK's `activate` says it of an experiment, whatever its variation says of a feature.
    const enabled = source === 'experiment' || variation.featureEnabled
    impressions.push({ ...context, enabled, source, rule: decision.value.rule, variation })
  }
  const variationKey = source === 'experiment' ? (variation?.key ?? '') : ''
  tell({ type: 'ab-test', experimentKey: key, variationKey }, activating)
  return { experimentKey: key, variationKey, type: 'experiment', enabled: variationKey !== '' }
}

function activateFeature(key: string, activating: Activating): Activation {
  const { agent, user, impressions } = activating
  const { found, sdkKey, api } = agent
  const { project } = found.datafile
  if (!project.flags.has(key)) return { featureKey: key, error: 'featureKey not found' }
  const { decision, profile } = decide(project, key, user)
  logFailures([decision], found, api)
  if (decision.kind === 'failed') return { featureKey: key, type: 'feature', error: decision.failure.message }
  keep(profile, activating)
  const { userId, attributes } = user
  impressions.push(...impressionsOf(decision, { sdkKey, userId, attributes, project }))
  const { enabled, variables, evidence } = decision
  const tested = evidence.source === 'feature-test' && evidence.rule !== null
  const keys: Pick<Activation, 'experimentKey' | 'variationKey'> = tested
    ? { experimentKey: decision.ruleKey ?? '', variationKey: decision.variationKey ?? '' }
    : {}
  const { source } = evidence
  const { experimentKey = '', variationKey = '' } = keys
  tell({ type: 'feature', featureKey: key, enabled, source, experimentKey, variationKey }, activating)
  return { featureKey: key, ...keys, type: 'feature', variables, enabled }
}

/** Whoever listens, if anybody can. */
function tell(activated: Activated, { agent: { api, sdkKey }, user }: Activating): void {
  api.notifications?.publish(sdkKey, [activationNotification(activated, user)])
}

function keep(profile: UserProfile | null, activating: Activating): void {
  if (profile === null) return
  activating.profile = profile
  activating.user = { ...activating.user, profile }
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
