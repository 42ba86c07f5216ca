import type { DecisionFailure, DecisionsResult, Prediction, Project, Rule, UserContext } from '../../engine/index.ts'
import type { CacheUse, Predictor } from '../../remote/predictor.ts'

/** How often bandits are asked: a flag asks its next one only where the prediction of the one before leads nowhere. */
const MOST_ROUNDS = 4

/** The part of a request that bandits are asked with. */
interface PredictionPlace {
  readonly sdkKey: string
  readonly found: { readonly datafile: { readonly project: Project } }
  readonly api: { readonly predictor: Predictor | null }
}

/** Something that is decided anew with each prediction, and what went wrong in it. */
interface Deciding<Made> {
  readonly decide: (user: UserContext) => Made
  readonly failuresOf: (made: Made) => readonly DecisionFailure[]
}

/** For whom, and what becomes of what bandits said before. */
interface Asked {
  readonly user: UserContext
  readonly cache: CacheUse
}

/**
 * Decides, asks the contextual bandits that turned out to be needed, and decides again. Where none is needed, which is nearly always,
 * that is one decision.
 */
export async function withPredictions<Made>(
  { decide, failuresOf }: Deciding<Made>,
  { user, cache }: Asked,
  { sdkKey, found, api: { predictor } }: PredictionPlace,
): Promise<Made> {
  if (predictor === null) return decide(user)
  const predictions = new Map<string, Prediction | null>()
  const { project } = found.datafile
  for (let round = 0; ; round++) {
    const made = decide({ ...user, predictions })
    const rules = neededFor(failuresOf(made))
    if (rules.length === 0) return made
    for (const { id } of rules) predictions.set(id, null)
    if (round === MOST_ROUNDS) continue
    const predicted = await predictor.predict({ sdkKey, project, user, rules, cache })
    for (const [id, prediction] of predicted) predictions.set(id, prediction)
  }
}

/** The same for the decisions of flags. */
export function decideWithPredictions(
  decide: (user: UserContext) => DecisionsResult,
  asked: Asked,
  place: PredictionPlace,
): Promise<DecisionsResult> {
  return withPredictions({ decide, failuresOf }, asked, place)
}

function failuresOf({ decisions }: DecisionsResult): readonly DecisionFailure[] {
  return [...decisions.values()].flatMap((decision) => (decision.kind === 'failed' ? decision.failure : []))
}

function neededFor(failures: readonly DecisionFailure[]): readonly Rule[] {
  const rules = new Set<Rule>()
  for (const failure of failures) if (failure.code === 'prediction_needed') rules.add(failure.rule)
  return [...rules]
}
