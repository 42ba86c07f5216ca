/**
 * The regular expressions that a page may be told by: JavaScript's, without what could make them take long. What is
 * refused is refused here; `linear-regex` matches the rest in a time that does not depend on luck.
 */
import { reasonOf } from '../../base/reason.ts'
import { err, ok, type Result } from '../../base/result.ts'

export type RegexNode =
  /** One character, class or escape as written: it takes one character of the text. */
  | { readonly kind: 'unit'; readonly source: string }
  /** `^`, `$`, `\b` or `\B` */
  | { readonly kind: 'assertion'; readonly assertion: string }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly node: RegexNode; readonly least: number; readonly most: number }

const MOST_UNITS = 256

// Groups and alternatives, then repetitions, assertions, and what takes a character.
const TOKEN = new RegExp(
  [
    String.raw`\((?:\?(?::|<[^>=!]+>))?(?!\?)|[)|]`,
    String.raw`([*+?]|\{\d+(?:,\d*)?\})\??`,
    String.raw`(\^|\$|\\[bB])`,
    String.raw`(\[(?:[^\]\\]|\\[^])*\]|\\(?:[dDwWsStnrfv\W_]|x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4})|[^\\(])`,
  ].join('|'),
  'gy',
)

/**
 * Reads a regular expression. The failure says what it should have been: valid, of at most 256 characters of ASCII, and
 * without back references, look-around, and repeated groups that hold a repetition or an alternation.
 */
export function parseRegex(source: string): Result<RegexNode, string> {
  if (source === '') return err('not an empty one')
  if (source.length > MOST_UNITS) return err(`at most ${MOST_UNITS} characters`)
  if (/[^\x20-\x7e]/.test(source)) return err('printable ASCII characters, as a URL has no others')
  try {
    new RegExp(source, 'i')
  } catch (cause) {
    return err(`a valid one (${reasonOf(cause).replace(/^.*: /s, '')})`)
  }
  return parseValid(source)
}

interface Group {
  readonly around: Group | null
  /** The alternatives before the one that is being read. */
  readonly earlier: RegexNode[]
  nodes: RegexNode[]
}

function parseValid(source: string): Result<RegexNode, string> {
  let group: Group | null = groupIn(null)
  let end = 0
  for (const token of source.matchAll(TOKEN)) {
    group = take(group, token)
    if (group === null) return err('no repeated group that holds a repetition or an alternation')
    end += token[0].length
  }
  return end === source.length ? ok(nodeOf(group)) : err(refusalAt(source.slice(end)))
}

function groupIn(around: Group | null): Group {
  return { around, earlier: [], nodes: [] }
}

/** Adds a token to the group that is being read; gives the one that is read next, or `null` where it is refused. */
function take(group: Group, [token, quantifier, assertion, unit]: RegExpExecArray): Group | null {
  const { around, earlier, nodes } = group
  if (unit !== undefined) nodes.push({ kind: 'unit', source: unit })
  else if (assertion !== undefined) nodes.push({ kind: 'assertion', assertion })
  else if (quantifier !== undefined) return repeatLast(group, quantifier)
  else if (token === '|') {
    earlier.push(sequence(nodes))
    group.nodes = []
  } else if (token !== ')') return groupIn(group)
  else if (around !== null) {
    around.nodes.push(nodeOf(group))
    return around
  }
  return group
}

function nodeOf({ earlier, nodes }: Group): RegexNode {
  return earlier.length === 0 ? sequence(nodes) : { kind: 'choice', nodes: [...earlier, sequence(nodes)] }
}

function sequence(nodes: readonly RegexNode[]): RegexNode {
  return { kind: 'sequence', nodes }
}

function repeatLast(group: Group, quantifier: string): Group | null {
  const [least, most] = bounds(quantifier)
  const node = group.nodes.pop()
  if (node === undefined || (most > 1 && holdsChoice(node))) return null
  group.nodes.push({ kind: 'repeat', node, least, most })
  return group
}

function bounds(quantifier: string): readonly [least: number, most: number] {
  if (quantifier === '*') return [0, Number.POSITIVE_INFINITY]
  if (quantifier === '+') return [1, Number.POSITIVE_INFINITY]
  if (quantifier === '?') return [0, 1]
  const [least, most = least] = quantifier.slice(1, -1).split(',')
  return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)]
}

function holdsChoice(node: RegexNode): boolean {
  if (node.kind === 'sequence') return node.nodes.some(holdsChoice)
  return node.kind === 'choice' || node.kind === 'repeat'
}

function refusalAt(rest: string): string {
  if (rest.startsWith('(')) return 'no look-ahead, look-behind or flags in groups'
  return /^\\[\dk]/.test(rest)
    ? 'no back references'
    : `no escape of a letter that has no meaning (${rest.slice(0, 2)})`
}
