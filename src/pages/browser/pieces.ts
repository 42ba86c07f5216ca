/** The code that runs in pages, of which each page gets what its changes need. */
import { madeOnce } from '../../base/made-once.ts'
import { DECLARATIONS } from './generated.ts'

/** The declarations that these names need, in the order in which they have to stand. */
export function piecesFor(roots: readonly string[]): string {
  return texts(roots.join(), () => made(roots))
}

function made(roots: readonly string[]): string {
  const needed = new Set(roots)
  for (const name of needed) {
    for (const used of namesUsedIn(pieces.get(name) ?? '', pieces)) needed.add(used)
  }
  return [...pieces].map(([name, code]) => (needed.has(name) ? code : '')).join('')
}

/** The top-level names in a piece, one too many where a local variable is called the same: a piece too many does no harm. */
export function namesUsedIn(code: string, names: Pick<ReadonlySet<string>, 'has'>): readonly string[] {
  return (code.match(IDENTIFIER) ?? []).filter((name) => names.has(name))
}

/** Neither in quotes, nor the name of a property, nor the sign that opens an expression in a template. */
const IDENTIFIER = /(?<![\w$"']|(?<!\.\.)\.|[{,](?=[\w$]+:))(?!\$\{)[\w$]+/g

/** By name. */
const pieces = new Map(DECLARATIONS.map((code) => [/^(?:async )?\w+ ([\w$]+)/.exec(code)?.[1] ?? '', code] as const))

/** By the names of their roots: there are not many more combinations of operations. */
const texts = madeOnce<string>(500)
