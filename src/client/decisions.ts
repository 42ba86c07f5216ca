/** What the store takes for decisions: from answers, from the page and from storage, none of which is believed. */

import { isJsonObject } from '../base/json.ts'
import { equal } from './equal.ts'
import type { ClientDecision } from './store.ts'

/** By flag key, without a prototype, so that no key finds what nobody decided. */
export type Decisions = Record<string, ClientDecision | undefined>

/**
 * An array of decisions, without those that failed; one that says the same as the known one is that. Throws for anything
 * else: an answer of which a part is not understood is not half believed.
 */
export function parseDecisions(value: unknown, known?: Decisions): Decisions {
  if (!isAnswers(value)) throw TypeError()
  const decisions: Decisions = Object.create(null)
  for (const item of value) {
    if ('error' in item) continue
    const { userContext, reasons, ...decision } = item
    const before = known?.[item.flagKey]
    decisions[item.flagKey] = equal(before, decision) ? before : decision
  }
  return decisions
}

interface Answered extends ClientDecision {
  readonly userContext?: unknown
  readonly reasons?: unknown
}

function isAnswers(value: unknown): value is readonly (Answered | { error: unknown })[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) =>
        isJsonObject(item) &&
        ('error' in item ||
          (typeof item.flagKey === 'string' &&
            typeof item.enabled === 'boolean' &&
            typeof (item.variationKey ?? '') === 'string' &&
            typeof (item.ruleKey ?? '') === 'string' &&
            isJsonObject(item.variables))),
    )
  )
}
