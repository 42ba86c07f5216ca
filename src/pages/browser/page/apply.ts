/**
 * Makes the edits of a page: in their order, each as soon as its elements are there, once per element, or again and
 * again where a companion judges that. An edit that throws ends alone.
 */
import type { Companion, DomTask, Mark, Operations, PageEdit, Report, Slot, Task } from './types.ts'

export let tasks: readonly Task[]
export let companion: Companion | undefined
/** By slot, of every element that was touched. */
export let marks: Map<Element, Record<string, Mark>>
export let passes = 0
let operations: Operations
let path: string
let observer: MutationObserver
let report: Report | undefined

/**
 * Begins now, with what is parsed, and goes on until the document has loaded; for good where something may come later, or with a
 * companion, to which `watched` names attributes.
 */
export function start(edits: readonly PageEdit[], has: Operations, keeps?: Companion, watched?: string[]): void {
  operations = has
  companion = keeps
  observer = new MutationObserver(pass)
  document.addEventListener('readystatechange', pass)
  begin(edits, watched, has.report)
}

/** Makes these edits, and no others, on the URL that the page has now. */
export function begin(edits: readonly PageEdit[], attributeFilter: string[] = [], reports?: Report): void {
  report = reports
  tasks = edits.map((edit, rank) => ({ ...edit, rank }))
  marks = new Map()
  path = location.pathname
  observer.observe(document, { childList: true, subtree: true, characterData: !!companion, attributeFilter })
  pass()
}

export function isLoaded(): boolean {
  return document.readyState === 'complete'
}

/** The parser adds no more to the element. */
export function isWhole(element: Element): boolean {
  for (let node: Node | null = element; node; node = node.parentNode) if (node.nextSibling) return true
  return document.readyState !== 'loading'
}

/** Has a slot hold what is wanted. */
export function put(element: Element, slot: Slot, task: DomTask): void {
  if (companion) companion[0](element, slot, task)
  else if (slot.current() !== slot.wanted()) slot.fill()
}

export function setMark(element: Element, name: string, mark: Mark): void {
  marks.set(element, { ...marks.get(element), [name]: mark })
}

function pass(): void {
  if (location.pathname !== path) return
  passes++
  companion?.[1]()
  for (const task of tasks) {
    try {
      if (task.isGivenUp || operations.isAwaiting?.(task)) continue
      if ('selector' in task) perform(task)
      else operations.code?.(task)
    } catch (error) {
      task.isGivenUp = true
      // biome-ignore lint/suspicious/noConsole: the author of a change has no other place to see why it failed.
      console.warn(error)
    }
  }
  report?.()
  // What the edits themselves changed is no reason for another pass.
  observer.takeRecords()
  if (!companion && !operations.isLate && isLoaded()) observer.disconnect()
}

function perform(task: DomTask): void {
  // What has to wait for the whole page is made once: by then its selector finds others.
  if (task.wait === 2 && (!isWhole(document.documentElement) || (task.isMade && !companion))) return
  task.seenElements ??= new WeakSet()
  for (const element of document.querySelectorAll(task.selector)) {
    if (!companion && task.seenElements.has(element)) continue
    if ((task.wait && !isWhole(element)) || operations.isBarred?.(element, task)) continue
    const operate = operations[task.operation.kind] as ((...given: unknown[]) => unknown) | undefined
    if (operate?.(element, task.operation, task) === false) continue
    task.seenElements.add(element)
    task.isMade = true
  }
}
