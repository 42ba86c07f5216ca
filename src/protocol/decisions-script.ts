/** Makes what a server hands to the browser: it runs in Node, in Workers, and in the proxy alike. */

import type { JsonValue } from '../base/json.ts'
import { jsonForScript, type ScriptText } from '../base/script-text.ts'
import type { DecisionJson, FailedDecisionJson } from './decision.ts'
import { HANDOFF_ID, type Handoff, type HandoffDecision } from './handoff.ts'

/**
 * The element that holds decisions in a page, for its `<head>`: pure ASCII, and nothing in it can close it. It is not run,
 * so that no policy has to allow it. Throws a `TypeError` where an attribute is nothing that JSON holds (a bigint, a cycle).
 */
export function decisionsScript(handoff: Handoff): string {
  return `<script type="application/json" id="${HANDOFF_ID}">${handoffText(handoff)}</script>`
}

/** The text of that element. */
export function handoffText(handoff: Handoff): ScriptText {
  // Attributes may be anything; what comes back from JSON is JSON.
  const json: JsonValue = JSON.parse(JSON.stringify(handoff))
  return jsonForScript(json)
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
  if ('error' in answer) return []
  const { flagKey, enabled, variationKey, ruleKey, variables } = answer
  return [{ flagKey, enabled, variationKey, ruleKey, variables }]
}
