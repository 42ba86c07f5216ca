/** The code that runs in pages, of which each page gets what its changes need. */
import { DECLARATIONS } from './generated.ts'

/** The declarations that these names need, in the order in which they have to stand. */
export function piecesFor(roots: readonly string[]): string {
  const key = roots.join()
  const known = texts.get(key)
  if (known !== undefined) return known
  const needed = new Set(roots)
  for (const name of needed) {
    for (const used of namesUsedIn(pieces.get(name) ?? '', pieces)) needed.add(used)
  }
  const text = [...pieces].map(([name, code]) => (needed.has(name) ? code : '')).join('')
  texts.set(key, text)
  return text
}

/** The top-level names in a piece, one too many where a local variable is called the same: a piece too many does no harm. */
export function namesUsedIn(code: string, names: Pick<ReadonlySet<string>, 'has'>): readonly string[] {
  return (code.match(IDENTIFIER) ?? []).filter((name) => names.has(name))
}

/** Neither in quotes, nor the name of a property, nor the sign that opens an expression in a template. */
const IDENTIFIER = /(?<![\w$"']|(?<!\.\.)\.|[{,](?=[\w$]+:))(?!\$\{)[\w$]+/g

/** By name. */
const pieces = new Map(DECLARATIONS.map((code) => [/^(?:async )?\w+ ([\w$]+)/.exec(code)?.[1] ?? '', code] as const))

/** By the names of their roots: no more than there are combinations of operations. */
const texts = new Map<string, string>()
