/** What the order of edits asks for beyond making them one after the other. */
import { tasks } from './apply.ts'
import type { DomTask, Task } from './types.ts'

/** By the edit that inserted it. */
export const insertedBy = new WeakMap<Node, DomTask>()

/** An edit that the task depends on has not been made yet. */
export function isAwaiting({ dependencies }: Task): boolean {
  return tasks.some(({ id, isMade }) => !isMade && dependencies?.includes(id ?? ''))
}

/** An edit is made neither on what it has inserted itself nor on what a later one has. */
export function isBarred(element: Element, { rank = 0 }: DomTask): boolean {
  for (let node: Node | null = element; node; node = node.parentNode) {
    if ((insertedBy.get(node)?.rank ?? -1) >= rank) return true
  }
  return false
}
