import {
  type Decision,
  type DecisionFailure,
  decide,
  decideExperiment,
  type ExperimentResult,
  type UserContext,
  type UserProfile,
} from '../../engine/index.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'
import { experimentsOf } from './agent-experiments.ts'

export type ActivatedType = 'experiment' | 'feature'

/** What one key is decided to be; `missing`: the datafile has no such thing. */
export type KeyDecision = { readonly key: string } & (
  | { readonly kind: 'experiment'; readonly decision: ExperimentResult['decision'] }
  | { readonly kind: 'feature'; readonly decision: Decision }
  | { readonly kind: 'missing'; readonly type: ActivatedType }
)

export interface ActivationDecisions {
  readonly keys: readonly KeyDecision[]
  /** `null`: nothing to save. */
  readonly profile: UserProfile | null
}

/** Decides one key after the other, each with the profile as the keys before have left it. */
export function decideActivation(
  keys: ReadonlyMap<string, ActivatedType>,
  user: UserContext,
  loaded: LoadedDatafile,
): ActivationDecisions {
  const decided: KeyDecision[] = []
  let profile: UserProfile | null = null
  for (const [key, type] of keys) {
    const known: UserContext = profile === null ? user : { ...user, profile }
    const { decision, changed }: Made =
      type === 'experiment' ? experimentDecision(key, known, loaded) : featureDecision(key, known, loaded)
    decided.push(decision)
    profile = changed ?? profile
  }
  return { keys: decided, profile }
}

/** Why keys could not be decided. */
export function failuresOf({ keys }: ActivationDecisions): readonly DecisionFailure[] {
  return keys.flatMap((key) => {
    if (key.kind === 'experiment' && !key.decision.ok) return key.decision.error
    return key.kind === 'feature' && key.decision.kind === 'failed' ? key.decision.failure : []
  })
}

interface Made {
  readonly decision: KeyDecision
  readonly changed: UserProfile | null
}

function experimentDecision(key: string, user: UserContext, loaded: LoadedDatafile): Made {
  const rule = experimentsOf(loaded).get(key)
  if (rule === undefined) return missing(key, 'experiment')
  const { decision, profile } = decideExperiment(loaded.project, rule, user)
  return { decision: { key, kind: 'experiment', decision }, changed: profile }
}

function featureDecision(key: string, user: UserContext, { project }: LoadedDatafile): Made {
  if (!project.flags.has(key)) return missing(key, 'feature')
  const { decision, profile } = decide(project, key, user)
  return { decision: { key, kind: 'feature', decision }, changed: profile }
}

function missing(key: string, type: ActivatedType): Made {
  return { decision: { key, kind: 'missing', type }, changed: null }
}
