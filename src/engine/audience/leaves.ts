import type { ConditionTree } from './condition.ts'

/** The leaves of a tree in the order written, however they are joined. */
export function leavesOf<Leaf>(tree: ConditionTree<Leaf>): readonly Leaf[] {
  switch (tree.kind) {
    case 'leaf':
      return [tree.leaf]
    case 'not':
      return tree.operand === null ? [] : leavesOf(tree.operand)
    case 'and':
    case 'or':
      return tree.operands.flatMap((operand) => leavesOf(operand))
  }
}
