import type { Condition, ConditionTree, Ternary, Test, UserTest } from './condition.ts'
import { attributeTest } from './match.ts'

/** Compiles an audience's conditions. */
export function compileConditions(tree: ConditionTree<Condition>): UserTest {
  return compileTree(tree, compileCondition)
}

/**
 * Compiles a tree by Kleene's logic: `and` is false as soon as one operand is, `or` true as soon as one is,
 * and otherwise one unknown makes the whole unknown.
 */
export function compileTree<Leaf, Subject>(
  tree: ConditionTree<Leaf>,
  compileLeaf: (leaf: Leaf) => Test<Subject>,
): Test<Subject> {
  switch (tree.kind) {
    case 'leaf':
      return compileLeaf(tree.leaf)
    case 'not':
      return tree.operand === null ? unknown : negation(compileTree(tree.operand, compileLeaf))
    case 'and':
      return joined(compileOperands(tree.operands, compileLeaf), false)
    case 'or':
      return joined(compileOperands(tree.operands, compileLeaf), true)
  }
}

/** A test that can tell nothing of anyone, or anything. */
export function unknown(): Ternary {
  return null
}

function compileOperands<Leaf, Subject>(
  operands: readonly ConditionTree<Leaf>[],
  compileLeaf: (leaf: Leaf) => Test<Subject>,
): readonly Test<Subject>[] {
  return operands.map((operand) => compileTree(operand, compileLeaf))
}

function negation<Subject>(operand: Test<Subject>): Test<Subject> {
  return (subject) => {
    const result = operand(subject)
    return result === null ? null : !result
  }
}

/**
 * `and` is decided by the first false, `or` by the first true; without one, `decisive` does not hold or is unknown. Booleans are compared
 * with booleans alone: where `null` is among them, V8 optimizes the comparison time and again, and each time in vain.
 */
function joined<Subject>(operands: readonly Test<Subject>[], decisive: boolean): Test<Subject> {
  const [first, second] = operands
  if (first !== undefined && operands.length === 1) return first
  if (first !== undefined && second !== undefined && operands.length === 2) return joinedPair(first, second, decisive)
  return (subject) => {
    let sawUnknown = false
    for (const operand of operands) {
      const result = operand(subject)
      if (result === null) sawUnknown = true
      else if (result === decisive) return decisive
    }
    return sawUnknown ? null : !decisive
  }
}

/** The same for two operands, which most have: without a loop it takes a third less. */
function joinedPair<Subject>(first: Test<Subject>, second: Test<Subject>, decisive: boolean): Test<Subject> {
  return (subject) => {
    const left = first(subject)
    if (left !== null && left === decisive) return decisive
    const right = second(subject)
    if (right !== null && right === decisive) return decisive
    return left === null || right === null ? null : !decisive
  }
}

function compileCondition(condition: Condition): UserTest {
  switch (condition.kind) {
    case 'unknown':
      return unknown
    case 'segment':
      return segmentTest(condition.value)
    case 'attribute':
      return attributeTest(condition)
  }
}

function segmentTest(segment: unknown): UserTest {
  return ({ qualifiedSegments }) => qualifiedSegments?.some((qualified) => qualified === segment) ?? false
}
