/** Decisions as the store holds them: from answers, from the page and from storage, none of which is believed. */

import { isJsonObject } from '../base/json.ts'
import { equal } from './equal.ts'
import type { ClientDecision, Snapshot } from './store.ts'

export type Decisions = Snapshot['decisions']

/**
 * An array of decisions by flag key, without those that failed. `undefined` for anything else: an answer of which a part
 * is not understood is not half believed.
 */
export function parseDecisions(value: unknown): Decisions | undefined {
  if (!Array.isArray(value)) return undefined
  const items: readonly unknown[] = value
  const decisions = noDecisions()
  for (const item of items) {
    if (!isJsonObject(item)) return undefined
    if (isDecision(item)) {
      const { flagKey, enabled, variationKey, ruleKey, variables } = item
      decisions[flagKey] = { flagKey, enabled, variationKey, ruleKey, variables }
    } else if (!item.error) return undefined
  }
  return decisions
}

/** A record without a prototype, so that no flag key finds what nobody decided. */
export function noDecisions(): Record<string, ClientDecision> {
  return Object.create(null)
}

/** The fresh decisions, in which those that say the same as before are the same objects; all of them, the same record. */
export function reuse(known: Decisions, fresh: Decisions): Decisions {
  if (equal(known, fresh)) return known
  const decisions = noDecisions()
  for (const [flagKey, decision] of Object.entries(fresh)) {
    const before = known[flagKey]
    if (decision) decisions[flagKey] = before && equal(before, decision) ? before : decision
  }
  return decisions
}

function isDecision(value: unknown): value is ClientDecision {
  return (
    isJsonObject(value) &&
    typeof value.flagKey === 'string' &&
    typeof value.enabled === 'boolean' &&
    isKeyOrNull(value.variationKey) &&
    isKeyOrNull(value.ruleKey) &&
    isJsonObject(value.variables)
  )
}

function isKeyOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string'
}
