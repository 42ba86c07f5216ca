import type { PageCodeEdit, PageDomEdit, PageEdit, PageOperation } from '../../../protocol/page.ts'

/** An edit, and how far the page has come with it. */
export type Task = DomTask | CodeTask

export interface DomTask extends Omit<PageDomEdit, 'shows'>, Progress {}

export interface CodeTask extends Omit<PageCodeEdit, 'shows'>, Progress {}

interface Progress {
  /** Which exposure is still to be reported once this is made. */
  shows?: number
  /** Its place among the edits. */
  rank?: number
  /** Made at least once. */
  isMade?: boolean
  isGivenUp?: boolean
  seenElements?: WeakSet<Element>
  /** What an insertion inserts. */
  content?: DocumentFragment
  /** The element that the companion had it made on last. */
  lastElement?: Element
  /** What the app had where the edit was made, by slot. */
  originals?: Set<string>
  restoredInPass?: number
  secondBegan?: number
  timesRestored?: number
}

/** Makes one operation on one element, or finds it made. `false`: it cannot be made yet. */
export type Operate<Kind extends PageOperation['kind']> = (
  element: Element,
  operation: Extract<PageOperation, { kind: Kind }>,
  task: DomTask,
) => unknown

/** What a script brings along: no more than its edits use. */
export type Operations = { readonly [Kind in PageOperation['kind']]?: Operate<Kind> } & {
  readonly code?: (task: CodeTask) => unknown
  readonly isAwaiting?: (task: Task) => boolean
  readonly isBarred?: (element: Element, task: DomTask) => boolean
  readonly report?: Report
  /** What is awaited may come after the document has loaded. */
  readonly isLate?: 1
}

/** Told after each pass. */
export type Report = () => void

/** One thing about an element that can be read, compared and written. */
export interface Slot {
  /** The same for two edits that overwrite each other. */
  readonly slotName: string
  /** As `current` reads it once it is written. */
  readonly wanted: () => string
  readonly current: () => string | null
  /** Writes what is wanted, or puts back what was read before. */
  readonly fill: (original?: string | null) => void
}

/** What was done to one slot of an element, or put beside it. */
export interface Mark {
  slot?: Slot
  markTask?: DomTask
  /** `undefined`: it came edited, so nobody knows. */
  original?: string | null | undefined
  written?: string | null
  isLeft?: boolean
  insertedNodes?: Element[]
  isRepeated?: boolean
  /** Where a moved element had its place. */
  home?: readonly [parent: Node, next: Node | null]
}

/** Keeps edits alive in a page that a framework renders. */
export type Companion = readonly [
  keep: (element: Element, slot: Slot, task: DomTask) => void,
  tidy: () => void,
  mayTouch: (task: DomTask, isRestored: boolean) => boolean,
  guard: (parent: Node) => void,
]

export type { PageEdit }
