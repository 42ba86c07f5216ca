import { type Datafile, leavesOf } from '../../engine/index.ts'

/**
 * The keys of all attributes that a datafile names: those that it lists, and those that its audiences ask for, because
 * an audience is decided by attributes that are not listed too.
 */
export function attributeKeysOf({ attributes, audiences, typedAudiences }: Datafile): ReadonlySet<string> {
  const asked = [...audiences, ...typedAudiences].flatMap(({ conditions }) => leavesOf(conditions))
  const keys = asked.flatMap((condition) => (condition.kind === 'attribute' ? [condition.name] : []))
  return new Set([...attributes.map(({ key }) => key), ...keys])
}
