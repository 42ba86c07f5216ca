/**
 * What Go says of audiences before it says what they come to together: only what cannot be evaluated (source: the Go SDK's
 * evaluators). Its `and` ends at the first part that is unknown, where the JavaScript SDK's goes on; what is not evaluated has no reason.
 */
import type { JsonValue } from '../../base/json.ts'
import { madeOncePer } from '../../base/made-once.ts'
import {
  type AudienceReference,
  type Condition,
  type ConditionTree,
  compileConditions,
  type Datafile,
  emptyReport,
  isMatchType,
  readAudienceReferences,
  type Ternary,
  type UserContext,
} from '../../engine/index.ts'

/** The reasons for the conditions of a rule; `null`, `""` and `[]` are everyone, of whom nothing is asked. */
export function goAudienceReasons(conditions: JsonValue, user: UserContext, datafile: Datafile): readonly string[] {
  const isEveryones = !conditions || (Array.isArray(conditions) && conditions.length === 0)
  if (isEveryones) return []
  const reasons: string[] = []
  const tree = readAudienceReferences(emptyReport(), conditions)
  evaluate(tree, (id) => evaluateAudience(id, { user, datafile, reasons }))
  return reasons
}

interface Evaluating {
  readonly user: UserContext
  readonly datafile: Datafile
  readonly reasons: string[]
}

function evaluateAudience(id: AudienceReference, evaluating: Evaluating): Ternary {
  const { datafile, reasons } = evaluating
  const conditions = audiencesOf(datafile).get(id)
  if (conditions === undefined) {
    reasons.push(`unable to evaluate nested tree for audience ID "${id}"`)
    return null
  }
  const result = evaluate(conditions, (condition) => evaluateCondition(condition, evaluating))
  if (result === null) reasons.push(`an error occurred while evaluating nested tree for audience ID "${id}"`)
  return result
}

type Audiences = ReadonlyMap<AudienceReference, ConditionTree<Condition>>

/** By id, once for each datafile: a typed audience stands in for the untyped one. */
const audiencesOf = madeOncePer(
  ({ audiences, typedAudiences }: Datafile): Audiences =>
    new Map([...audiences, ...typedAudiences].map(({ id, conditions }) => [id, conditions])),
)

function evaluateCondition(condition: Condition, { user, reasons }: Evaluating): Ternary {
  if (condition.kind === 'unknown' && condition.type !== null) {
    reasons.push(`unable to evaluate condition of type "${condition.type}"`)
  } else if (condition.kind === 'attribute' && typeof condition.match === 'string' && !isMatchType(condition.match)) {
    reasons.push(`invalid Condition matcher "${condition.match}"`)
  }
  return compileConditions({ kind: 'leaf', leaf: condition })(user)
}

type Operands<Leaf> = readonly ConditionTree<Leaf>[]
type EvaluateLeaf<Leaf> = (leaf: Leaf) => Ternary

function evaluate<Leaf>(tree: ConditionTree<Leaf>, evaluateLeaf: EvaluateLeaf<Leaf>): Ternary {
  switch (tree.kind) {
    case 'leaf':
      return evaluateLeaf(tree.leaf)
    case 'not': {
      const result = tree.operand === null ? null : evaluate(tree.operand, evaluateLeaf)
      return result === null ? null : !result
    }
    case 'and':
      return evaluateAnd(tree.operands, evaluateLeaf)
    case 'or':
      return evaluateOr(tree.operands, evaluateLeaf)
  }
}

function evaluateAnd<Leaf>(operands: Operands<Leaf>, evaluateLeaf: EvaluateLeaf<Leaf>): Ternary {
  for (const operand of operands) {
    const result = evaluate(operand, evaluateLeaf)
    if (result !== true) return result
  }
  return true
}

function evaluateOr<Leaf>(operands: Operands<Leaf>, evaluateLeaf: EvaluateLeaf<Leaf>): Ternary {
  let whole: Ternary = false
  for (const operand of operands) {
    const result = evaluate(operand, evaluateLeaf)
    if (result === true) return true
    if (result === null) whole = null
  }
  return whole
}
