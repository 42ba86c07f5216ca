import type { Holdout, Variation } from '../datafile/project.ts'
import type { Deciding } from './deciding.ts'
import { type Bucketed, bucket, isIncluded } from './enter.ts'
import * as reasons from './reasons.ts'

/** The first of the holdouts that holds the user out, with its variation; or that none does, or that one cannot be evaluated. */
export type HeldOut =
  | { readonly kind: 'held-out'; readonly holdout: Holdout; readonly variation: Variation }
  | Exclude<Bucketed, { kind: 'in' }>

const NOT_HELD_OUT: HeldOut = { kind: 'out' }

/** Tries holdouts in datafile order. */
export function heldOutBy(deciding: Deciding, holdouts: readonly Holdout[]): HeldOut {
  for (const holdout of holdouts) {
    const heldOut = tryHoldout(deciding, holdout)
    if (heldOut.kind !== 'out') return heldOut
  }
  return NOT_HELD_OUT
}

function tryHoldout(deciding: Deciding, holdout: Holdout): HeldOut {
  const { reasons: explanations, user } = deciding
  if (!holdout.running) {
    explanations?.push(reasons.holdoutNotRunning(holdout.key))
    return NOT_HELD_OUT
  }
  if (!isIncluded(deciding, holdout, 'experiment', holdout.key)) {
    explanations?.push(reasons.failsHoldout(user.userId, holdout.key))
    return NOT_HELD_OUT
  }
  explanations?.push(reasons.meetsHoldout(user.userId, holdout.key))
  const bucketed = bucket(deciding, holdout)
  if (bucketed.kind === 'unknown-group') return bucketed
  if (bucketed.kind === 'out') {
    explanations?.push(reasons.notInHoldout(user.userId))
    return NOT_HELD_OUT
  }
  explanations?.push(reasons.inHoldout(user.userId, holdout.key, bucketed.variation.key))
  return { kind: 'held-out', holdout, variation: bucketed.variation }
}
