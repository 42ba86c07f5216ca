/** Makes what a server hands to the browser: it runs in Node, in Workers, and in the proxy alike. */

import { jsonTextForScript, type ScriptText } from '../base/script-text.ts'
import type { DecisionJson, FailedDecisionJson } from './decision.ts'
import { HANDOFF_ID, type Handoff, type HandoffDecision } from './handoff.ts'

/**
 * The element that holds decisions in a page, for its `<head>`: pure ASCII, and nothing in it can close it. It is not run,
 * so that no policy has to allow it. Throws a `TypeError` where an attribute is nothing that JSON holds (a bigint, a cycle).
 */
export function decisionsScript(handoff: Handoff): string {
  return decisionsElement(handoffText(handoff))
}

/** What stands in that element. */
export function handoffText(handoff: Handoff): ScriptText {
  return jsonTextForScript(JSON.stringify(handoff))
}

/** The element around it. */
export function decisionsElement(text: ScriptText): string {
  return `<script type="application/json" id="${HANDOFF_ID}">${text}</script>`
}

/**
 * What to hand over, from the answer of `GET /?feature=…&feature=…` or `feature=*`; flags that failed are left out. `user`
 * is the one who was asked for, with the attributes that were given.
 */
export function handoffOf(
  answers: readonly (DecisionJson | FailedDecisionJson)[],
  { userId, attributes = {} }: { readonly userId: string; readonly attributes?: Readonly<Record<string, unknown>> },
): Handoff {
  return { user: { userId, attributes }, decisions: answers.flatMap(handoffDecisions) }
}

function handoffDecisions(answer: DecisionJson | FailedDecisionJson): readonly HandoffDecision[] {
  return 'error' in answer ? [] : [handoffDecision(answer)]
}

/** What is handed over of a decision. */
export function handoffDecision({
  flagKey,
  enabled,
  variationKey,
  ruleKey,
  variables,
}: HandoffDecision): HandoffDecision {
  return { flagKey, enabled, variationKey, ruleKey, variables }
}
