import type { Condition, ConditionTree } from '../../engine/audience/condition.ts'
import type { Datafile } from '../../engine/index.ts'

/**
 * The keys of all attributes that a datafile names: those that it lists, and those that its audiences ask for, because
 * an audience is decided by attributes that are not listed too.
 */
export function attributeKeysOf({ attributes, audiences, typedAudiences }: Datafile): ReadonlySet<string> {
  const keys = new Set(attributes.map(({ key }) => key))
  for (const { conditions } of [...audiences, ...typedAudiences]) addKeys(keys, conditions)
  return keys
}

function addKeys(keys: Set<string>, tree: ConditionTree<Condition>): void {
  switch (tree.kind) {
    case 'leaf':
      if (tree.leaf.kind === 'attribute') keys.add(tree.leaf.name)
      return
    case 'not':
      if (tree.operand !== null) addKeys(keys, tree.operand)
      return
    case 'and':
    case 'or':
      for (const operand of tree.operands) addKeys(keys, operand)
  }
}
