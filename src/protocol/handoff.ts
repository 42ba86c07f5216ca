/** Decisions that a server hands to the browser in the page, so that the first paint needs no request. */

import type { DecisionJson } from './decision.ts'

/** The `id` of the `<script type="application/json">` that holds them. */
export const HANDOFF_ID = 'turnout-decisions'

/** What that element holds. */
export interface Handoff {
  readonly user: HandoffUser
  /** What was decided for this user; flags that failed are left out. */
  readonly decisions: readonly HandoffDecision[]
}

export interface HandoffUser {
  readonly userId: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A decision without what is the same for all of them. */
export type HandoffDecision = Pick<DecisionJson, 'flagKey' | 'enabled' | 'variationKey' | 'ruleKey' | 'variables'>
