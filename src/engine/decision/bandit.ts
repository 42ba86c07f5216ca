import type { Rule, Variation } from '../datafile/project.ts'
import type { Deciding } from './deciding.ts'
import { type Bucketed, rangeOf } from './enter.ts'
import * as reasons from './reasons.ts'

/** Where a rule led, which a contextual bandit may have had a say in. */
export type Entered =
  | { readonly kind: 'in'; readonly variation: Variation; readonly cmabUuid?: string }
  | Exclude<Bucketed, { kind: 'in' }>
  | Unpredicted

/** The user is in a rule of a contextual bandit, of which there is no prediction: `null` it had none, `undefined` nobody asked yet. */
export interface Unpredicted {
  readonly kind: 'unpredicted'
  readonly rule: Rule
  readonly prediction: null | undefined
}

const OUT = { kind: 'out' } as const

/**
 * Enters a rule whose variation a contextual bandit chooses for those in its traffic. A variation that the datafile does not
 * have is none, and nothing of a bandit's is kept in profiles (source: the SDK's decision service).
 */
export function enterBandit(deciding: Deciding, rule: Rule, variations: ReadonlyMap<string, Variation>): Entered {
  const { user, reasons: explanations } = deciding
  const { predictions } = user
  if (predictions === undefined) return outWith(deciding, rule, reasons.cmabNotSupported())
  const told = explanations?.length ?? 0
  const range = rangeOf(deciding, rule)
  if (range === undefined) return outWith(deciding, rule)
  if ('kind' in range) return range
  // The SDK tells of buckets only where they lead nowhere.
  explanations?.splice(told)
  const prediction = predictions.get(rule.id)
  if (prediction === undefined || prediction === null) return { kind: 'unpredicted', rule, prediction }
  const variation = variations.get(prediction.variationId)
  if (variation === undefined) return outWith(deciding, rule)
  explanations?.push(reasons.inVariation(user.userId, variation.key, rule.key))
  return { kind: 'in', variation, cmabUuid: prediction.cmabUuid }
}

function outWith({ user, reasons: explanations }: Deciding, { key }: Rule, ...why: readonly string[]): Entered {
  explanations?.push(...why, reasons.inNoVariation(user.userId, key))
  return OUT
}
