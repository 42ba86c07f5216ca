/**
 * The companion of pages that a framework hydrates and renders: has edits made again when the app puts its own value
 * back, leaves alone what the app has set to something new, and gives an edit up that the app keeps reverting.
 */
import { isLoaded, marks, passes, setMark } from './apply.ts'
import type { Companion, DomTask, Mark, Slot } from './types.ts'

const RESTORED_PER_SECOND = 20

let settlesAt = 0
let sheet: Element | null = null

export const companionHooks: Companion = [keep, tidy, mayTouch, guard]

/** For a time in ms the app is still rendering the page: whatever it sets is its original value. */
export function settle(ms: number): void {
  settlesAt = performance.now() + ms
}

function keep(element: Element, slot: Slot, task: DomTask): void {
  const { slotName } = slot
  const mark = marks.get(element)?.[slotName]
  const current = slot.current()
  const isOwn = mark?.markTask === task
  if (mark && (mark.isLeft || (isOwn && current === mark.written) || rankOf(mark.markTask) > rankOf(task))) return
  const wanted = slot.wanted()
  let original = mark?.original
  if (current !== wanted) {
    if (isNewValue(slotName + current, task, mark) || !mayTouch(task, isOwn)) {
      setMark(element, slotName, { isLeft: true })
      return
    }
    if (!mark || isOwn) original = current
    if (slotName === 'content') guard(element)
    slot.fill()
    task.originals ??= new Set()
    task.originals.add(slotName + original)
  }
  setMark(element, slotName, { slot, markTask: task, original, written: slot.current() })
  task.lastElement = element
}

/** The app has set something else than it had before: in the same element, or in the one that replaced it. */
function isNewValue(value: string, task: DomTask, mark: Mark | undefined): boolean {
  const { originals, lastElement } = task
  if (mark) {
    return (
      mark.markTask === task && mark.original !== undefined && !originals?.has(value) && performance.now() > settlesAt
    )
  }
  return isLoaded() && !!originals && !originals.has(value) && !(lastElement?.isConnected && !task.counts)
}

function rankOf(task: DomTask | undefined): number {
  return task?.rank ?? 0
}

/** Forgets elements that are gone, with what was inserted beside them, and puts a style of ours back. */
function tidy(): void {
  sheet ??= document.querySelector('style[data-turnout]')
  if (sheet && !sheet.isConnected) document.head.append(sheet)
  for (const [element, bySlot] of marks) {
    if (element.isConnected) continue
    for (const mark of Object.values(bySlot)) for (const node of mark.insertedNodes ?? []) node.remove()
    marks.delete(element)
  }
}

/** Whether an edit may be made on one more element, or again. Elements that show up in great number are no fight. */
function mayTouch(task: DomTask, isRestored: boolean): boolean {
  if (!isRestored && !(task.lastElement && !task.lastElement.isConnected)) {
    return !(task.counts && task.lastElement && isLoaded())
  }
  if (task.restoredInPass !== passes) {
    task.restoredInPass = passes
    const now = performance.now()
    if (!(now - (task.secondBegan ?? 0) < 1000)) {
      task.secondBegan = now
      task.timesRestored = 0
    }
    task.timesRestored = (task.timesRestored ?? 0) + 1
    task.isGivenUp = task.timesRestored > RESTORED_PER_SECOND
  }
  return !task.isGivenUp
}

/** React throws, and the page goes blank, when a child that it means to remove, or to insert before, has been moved. */
function guard(parent: Node): void {
  const { insertBefore, removeChild } = Node.prototype
  parent.removeChild = (node) => {
    if (node.parentNode) removeChild.call(node.parentNode, node)
    return node
  }
  parent.insertBefore = (node, next) => {
    insertBefore.call(parent, node, next && next.parentNode === parent ? next : null)
    return node
  }
}
