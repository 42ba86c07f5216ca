import { isAscii } from './fragment.ts'
import { type AttributeTest, type Compound, passes } from './selector.ts'

/** The attributes of a start tag, as characters of their bytes. */
export interface TagAttributes {
  /** Of several of one name, the first counts. Names are in lower case. */
  readonly values: Map<string, string>
  /** Names whose values a parser reads as something else than is written. */
  readonly unsure: Set<string>
}

/** How the page is read. */
export interface Reading {
  readonly isUtf8: boolean
  /** Browsers may compare ids and classes without case. */
  readonly mayBeQuirky: boolean
}

const ATTRIBUTE =
  /[\t\n\f\r /]*(=?[^\t\n\f\r />=]*)(?:[\t\n\f\r ]*=[\t\n\f\r ]*("[^"]*"|'[^']*'|[^\t\n\f\r "'>][^\t\n\f\r >]*|(?=>)))?/y

/** Reads what stands between a start tag's name and its end, its `>` included. */
export function readAttributes(text: string): TagAttributes {
  const values = new Map<string, string>()
  const unsure = new Set<string>()
  ATTRIBUTE.lastIndex = 0
  for (;;) {
    const [, written = '', value = ''] = ATTRIBUTE.exec(text) ?? []
    if (written === '') return { values, unsure }
    const name = written.toLowerCase()
    if (values.has(name)) continue
    values.set(name, /^["']/.test(value) ? value.slice(1, -1) : value)
    if (/[&\r\0]/.test(value)) unsure.add(name)
  }
}

/** Whether one of the compounds finds an element; `null` where only the browser knows. */
export function isFound(
  compounds: readonly Compound[],
  { name, attributes, reading }: { name: string; attributes: TagAttributes; reading: Reading },
): boolean | null {
  let answer: boolean | null = false
  for (const { tag, tests } of compounds) {
    if (tag !== null && tag !== name) continue
    const answers = tests.map((test) => holds(test, attributes, reading))
    if (answers.includes(false)) continue
    if (!answers.includes(null)) return true
    answer = null
  }
  return answer
}

function holds(
  test: AttributeTest,
  { values, unsure }: TagAttributes,
  { isUtf8, mayBeQuirky }: Reading,
): boolean | null {
  const value = values.get(test.name)
  if (value === undefined) return false
  if (test.operator === '') return true
  // In other charsets than UTF-8, bytes of ASCII may be a part of other characters.
  if (unsure.has(test.name) || (!isUtf8 && !isAscii(value))) return null
  if (passes(test, value)) return true
  const isCaseless = mayBeQuirky && (test.name === 'id' || test.name === 'class')
  return isCaseless && passes({ ...test, ignoresCase: true }, value) ? null : false
}
