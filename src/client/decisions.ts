/** What the store takes for decisions: from answers, from the page and from storage, none of which is believed. */

import { isJsonObject } from '../base/json.ts'
import type { ClientDecision } from './store.ts'

/** By flag key, without a prototype, so that no key finds what nobody decided. */
export type Decisions = Record<string, ClientDecision | undefined>

/**
 * An array of decisions, without those that failed. `undefined` for anything else: an answer of which a part is not
 * understood is not half believed.
 */
export function parseDecisions(value: unknown): Decisions | undefined {
  if (!Array.isArray(value)) return undefined
  const items: readonly unknown[] = value
  const decisions: Decisions = Object.create(null)
  for (const item of items) {
    if (isDecision(item)) {
      // These two are the same for all, or empty, and would make equal decisions of two users differ.
      const { userContext, reasons, ...decision } = item
      decisions[item.flagKey] = decision
    } else if (!isJsonObject(item) || !item.error) return undefined
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
