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
  if (!Array.isArray(value)) throw TypeError()
  const items: readonly unknown[] = value
  const decisions: Decisions = Object.create(null)
  for (const item of items) {
    if (isDecision(item)) {
      const { userContext, reasons, ...decision } = item
      const before = known?.[item.flagKey]
      decisions[item.flagKey] = equal(before, decision) ? before : decision
    } else if (!isJsonObject(item) || !item.error) throw TypeError()
  }
  return decisions
}

interface Answered extends ClientDecision {
  readonly userContext?: unknown
  readonly reasons?: unknown
}

function isDecision(value: unknown): value is Answered {
  return (
    isJsonObject(value) &&
    typeof value.flagKey === 'string' &&
    typeof value.enabled === 'boolean' &&
    isJsonObject(value.variables) &&
    [value.variationKey, value.ruleKey].every((key) => key === null || typeof key === 'string')
  )
}
