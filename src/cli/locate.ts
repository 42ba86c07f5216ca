/** Where in a JSON text something is: what `JSON.parse` does not keep, found again only when it is needed. */
import { type IdentifierNode, parse, type StringNode, type ValueNode } from '@humanwhocodes/momoa'

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/**
 * Where a text stops being JSON. `message` is that of `JSON.parse`, which mostly knows the place itself; the rest
 * (such as a misspelt `true`) is found by parsing again. `null` when neither can tell.
 */
export function locateSyntaxError(text: string, message: string): Position | null {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(message) ?? []
  if (line !== undefined && column !== undefined) return { line: Number(line), column: Number(column) }
  try {
    parse(text)
    return null
  } catch (cause) {
    return hasPosition(cause) ? { line: cause.line, column: cause.column } : null
  }
}

/**
 * Finds the values that paths like `experiments[3].variations[0]["odd key"]` name. A path into nothing
 * gives the nearest thing around it.
 */
export function locator(text: string): (path: string) => Position {
  const { body } = parse(text)
  return (path) => {
    const { line, column } = nearest(body, segmentsOf(path)).loc.start
    return { line, column }
  }
}

type Segment = string | number

function segmentsOf(path: string): readonly Segment[] {
  return [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([\w$]+)/g)].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? (name ?? '') : String(JSON.parse(quoted))
  })
}

function nearest(root: ValueNode, segments: readonly Segment[]): ValueNode {
  let node = root
  for (const segment of segments) {
    const child = childOf(node, segment)
    if (child === undefined) return node
    node = child
  }
  return node
}

function childOf(node: ValueNode, segment: Segment): ValueNode | undefined {
  if (node.type === 'Array') return typeof segment === 'number' ? node.elements[segment]?.value : undefined
  if (node.type !== 'Object') return undefined
  // The last of several members with one name is the one that JSON.parse keeps.
  return node.members.findLast(({ name }) => nameOf(name) === String(segment))?.value
}

function nameOf(name: IdentifierNode | StringNode): string {
  return name.type === 'String' ? name.value : name.name
}

function hasPosition(cause: unknown): cause is Position {
  return cause instanceof Error && 'line' in cause && 'column' in cause
}
