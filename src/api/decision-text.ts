import type { Decision, FlagDecision } from '../engine/index.ts'
import type { DecisionRequest } from './decision-request.ts'
import { decisionJson } from './decisions.ts'

/**
 * Decisions as the JSON that `decisionJson` describes: an array where a list was asked for. What they share is written once, since
 * writing takes longer than deciding: the user for all of a request, the variables of a variation for all requests.
 */
export function decisionsText(decisions: readonly Decision[], asked: DecisionRequest): string {
  const { userId, attributes, isList } = asked
  const user = JSON.stringify({ userId, attributes })
  const [first] = decisions
  if (first !== undefined && !isList) return textOf(first, asked, user)
  return `[${decisions.map((decision) => textOf(decision, asked, user)).join(',')}]`
}

function textOf(decision: Decision, asked: DecisionRequest, user: string): string {
  return decision.kind === 'decided' ? decidedText(decision, user) : JSON.stringify(decisionJson(decision, asked))
}

function decidedText({ flagKey, enabled, variationKey, ruleKey, variables, reasons }: FlagDecision, user: string) {
  const keys = JSON.stringify({ flagKey, enabled, variationKey, ruleKey }).slice(0, -1)
  return `${keys},"variables":${variablesText(variables)},"userContext":${user},"reasons":${JSON.stringify(reasons)}}`
}

type Variables = FlagDecision['variables']

/** Kept for as long as the datafile: its variables are the same object in each decision for a variation. */
const variablesTexts = new WeakMap<Variables, string>()

function variablesText(variables: Variables): string {
  const known = variablesTexts.get(variables)
  if (known !== undefined) return known
  const text = JSON.stringify(variables)
  variablesTexts.set(variables, text)
  return text
}
