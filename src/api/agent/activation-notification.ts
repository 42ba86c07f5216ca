import type { FlagDecision } from '../../engine/index.ts'
import type { Notification } from '../../events/notification-stream.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'
import { experimentIdsOfFlags, experimentsOf } from './agent-experiments.ts'
import { goMap } from './agent-json.ts'
import { type DecidedFor, decisionNotification } from './agent-notifications.ts'
import type { KeyDecision } from './decide-activation.ts'

/** What listeners are told of an activation; `null`: there was none (source: go-sdk `client` and `decision`, as the Agent activates). */
export function activationNotification(
  activated: KeyDecision,
  user: DecidedFor['user'],
  loaded: LoadedDatafile,
): Notification | null {
  switch (activated.kind) {
    case 'missing':
      return null
    case 'experiment': {
      const { key, decision } = activated
      if (!decision.ok) return null
      const id = experimentsOf(loaded).get(key)?.id ?? ''
      const type = experimentIdsOfFlags(loaded).has(id) ? 'feature-test' : 'ab-test'
      const { source, variation } = decision.value
      const variationKey = source === 'experiment' && variation !== null ? { variationKey: variation.key } : {}
      return decisionNotification(type, user, { experimentKey: key, ...variationKey })
    }
    case 'feature': {
      const { decision } = activated
      if (decision.kind === 'failed') return null
      return decisionNotification('all-feature-variables', user, { feature: featureFields(decision) })
    }
  }
}

function featureFields({ flagKey, enabled, variables, ruleKey, variationKey, evidence }: FlagDecision): object {
  const { source, rule } = evidence
  const keys = source === 'feature-test' && rule !== null ? { experimentKey: ruleKey, variationKey } : {}
  return {
    featureEnabled: enabled,
    featureKey: flagKey,
    source,
    sourceInfo: keys,
    variableValues: goMap(variables),
  }
}
