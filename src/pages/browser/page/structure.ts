/** The operations that add, take away or move elements. */
import type { PagePosition } from '../../../protocol/page.ts'
import { companion, isWhole, marks, setMark } from './apply.ts'
import { insertedBy } from './order.ts'
import type { Operate } from './types.ts'

export const insert: Operate<'insert'> = (element, { html, position }, task) => {
  task.content ??= parse(html)
  const nodes = [...task.content.childNodes]
  const name = `+${task.rank}`
  const mark = marks.get(element)?.[name]
  const parent = isBeside(position) ? element.parentNode : element
  if (mark) {
    // Taken out alone, it was the app's or the visitor's will, but for once: that is how Vue hydrates.
    if (mark.isRepeated || mark.insertedNodes?.every((node) => node.parentNode === parent)) return
  } else {
    // The Worker's own insertion can match the selector, too.
    if (nodes.some((node) => node.isEqualNode(element))) return
    const standing = findStanding(element, position, nodes)
    if (standing) {
      register(standing)
      return
    }
  }
  if (companion && !companion[2](task, !!mark)) return
  const copy = document.importNode(task.content, true)
  const inserted = [...copy.childNodes]
  element[position](copy)
  register(inserted)

  function register(registered: Node[]): void {
    const insertedNodes = registered.filter((node) => node instanceof Element)
    for (const node of insertedNodes) insertedBy.set(node, task)
    setMark(element, name, { insertedNodes, isRepeated: !!mark })
    task.lastElement = element
  }
}

export const remove: Operate<'remove'> = (element) => element.remove()

export const rearrange: Operate<'rearrange'> = (element, { target, position }, task) => {
  const goal = document.querySelector(target)
  const { parentNode, nextSibling } = element
  if (!goal || !parentNode || element.contains(goal) || (position === 'append' && !isWhole(goal))) return false
  const name = `>${task.rank}`
  const mark = marks.get(element)?.[name]
  if (mark && parentNode === (isBeside(position) ? goal.parentNode : goal)) return true
  if (companion) {
    if (!companion[2](task, !!mark)) return true
    companion[3](parentNode)
  }
  setMark(element, name, { home: mark?.home ?? [parentNode, nextSibling] })
  task.lastElement = element
  goal[position](element)
  return true
}

/** Where something could be moved from, if it is known where to. */
export const watch: Operate<'watch'> = (_, { target }) => !target || !!document.querySelector(target)

function isBeside(position: PagePosition): boolean {
  return position === 'before' || position === 'after'
}

function parse(html: string): DocumentFragment {
  const template = document.createElement('template')
  template.innerHTML = html
  return template.content
}

/** The nodes of an insertion that is there already, perhaps behind other insertions of the same place. */
function findStanding(element: Element, position: PagePosition, nodes: ChildNode[]): ChildNode[] | null {
  const isBackward = position === 'before' || position === 'append'
  const next = isBackward ? 'previousSibling' : 'nextSibling'
  const line: ChildNode[] = []
  let node = isBeside(position) ? element[next] : isBackward ? element.lastChild : element.firstChild
  for (; node && line.length < nodes.length + SKIPPED_NODES; node = node[next]) line.push(node)
  const wanted = isBackward ? nodes.reverse() : nodes
  for (const first of line.keys()) {
    if (wanted.every((one, index) => isSame(one, line[first + index]))) return line.slice(first, first + wanted.length)
  }
  return null
}

/** So many nodes of other insertions may stand between. */
const SKIPPED_NODES = 9

/** Equal, or a text that the parser has joined with the text beside it. */
function isSame(wanted: ChildNode, node: ChildNode | undefined): boolean {
  return (
    wanted.isEqualNode(node ?? null) ||
    (wanted instanceof Text && node instanceof Text && node.data.includes(wanted.data))
  )
}
