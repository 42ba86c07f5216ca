import type { DecisionsResult, Prediction, Project, Rule, UserContext } from '../../engine/index.ts'
import type { CacheUse, Predictor } from '../../remote/predictor.ts'

/** How often bandits are asked: a flag asks its next one only where the prediction of the one before leads nowhere. */
const MOST_ROUNDS = 4

/** The part of a request that bandits are asked with. */
interface PredictionPlace {
  readonly sdkKey: string
  readonly found: { readonly datafile: { readonly project: Project } }
  readonly api: { readonly predictor: Predictor | null }
}

/**
 * Decides, asks the contextual bandits that turned out to be needed, and decides again. Where none is needed, which is nearly always,
 * that is one decision.
 */
export async function decideWithPredictions(
  decide: (user: UserContext) => DecisionsResult,
  { user, cache }: { readonly user: UserContext; readonly cache: CacheUse },
  { sdkKey, found, api: { predictor } }: PredictionPlace,
): Promise<DecisionsResult> {
  if (predictor === null) return decide(user)
  const predictions = new Map<string, Prediction | null>()
  const { project } = found.datafile
  for (let round = 0; ; round++) {
    const result = decide({ ...user, predictions })
    const rules = neededFor(result)
    if (rules.length === 0) return result
    for (const { id } of rules) predictions.set(id, null)
    if (round === MOST_ROUNDS) continue
    const predicted = await predictor.predict({ sdkKey, project, user, rules, cache })
    for (const [id, prediction] of predicted) predictions.set(id, prediction)
  }
}

function neededFor({ decisions }: DecisionsResult): readonly Rule[] {
  const rules = new Set<Rule>()
  for (const decision of decisions.values()) {
    if (decision.kind === 'failed' && decision.failure.code === 'prediction_needed') rules.add(decision.failure.rule)
  }
  return [...rules]
}
