import { PAGE_LIMITS } from './limits.ts'

// Source: Selectors Level 4, 3 and 17, and CSS Syntax Module Level 3, 4.3.
const ESCAPE = String.raw`\\(?:[\da-f]{1,6}\s?|[^\n\f\r\da-f])`
const NAME_UNIT = String.raw`(?:[\w\-\u0080-\uffff]|${ESCAPE})`
const IDENTIFIER = String.raw`(?:--|-?(?:[a-z_\u0080-\uffff]|${ESCAPE}))${NAME_UNIT}*`
const STRING = String.raw`"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'`
const PREFIX = String.raw`(?:\*?\|)?`

const TYPE = new RegExp(String.raw`${PREFIX}(?:\*|${IDENTIFIER})`, 'iy')
const SIMPLE = new RegExp(
  String.raw`[#.]${IDENTIFIER}|\[\s*${PREFIX}${IDENTIFIER}\s*(?:[~|^$*]?=\s*(?:${IDENTIFIER}|${STRING})\s*[is]?\s*)?\]`,
  'iy',
)
const PSEUDO = new RegExp(String.raw`:(${IDENTIFIER})(\()?`, 'iy')
const COMBINATOR = /\s*[>+~]\s*|\s+(?=[^\s,)])/y
const NTH = /\s*(?:even|odd|[+-]?\d*n(?:\s*[+-]\s*\d+)?|[+-]?\d+)(?:\s+of\b)?\s*/iy
const WORDS = new RegExp(String.raw`\s*(?:${IDENTIFIER}|${STRING})(?:\s*,\s*(?:${IDENTIFIER}|${STRING}))*\s*`, 'iy')
const SPACE = /\s*/y
/** What an item of a list may begin with inside `:has()`. */
const RELATION = /\s*[>+~]?\s*/y

const TAKES_SELECTORS = /^(?:not|is|where|has|matches|-(?:webkit|moz)-any|host|host-context)$/i
const TAKES_WORDS = /^(?:lang|dir|state)$/i
const TAKES_NTH = /^nth-(?:last-)?(?:child|of-type)$/i
/** Inventions of jQuery, at which `querySelectorAll` throws, and the pseudo-elements that had one colon. */
const FOREIGN =
  /^(?:before|after|first-line|first-letter|even|odd|visible|hidden|parent|header|animated|button|input|text|submit|image|file|selected)$/i
/** Control characters, and what would end a rule or open a tag wherever the selector is written. */
const FORBIDDEN = /[^\P{Cc}\t\n\f\r]|[{}<;]|-->/u

const MAX_NESTING = 16

/** Where reading stands. */
interface Cursor {
  readonly text: string
  at: number
}

/** Whether a text is a list of CSS selectors of elements, of at most 1,024 characters, that browsers accept. */
export function isSelector(text: string): boolean {
  if (text.length > PAGE_LIMITS.selectorUnits || FORBIDDEN.test(text) || !text.isWellFormed()) return false
  const cursor = { text, at: 0 }
  return readList(cursor, 0, SPACE) && cursor.at === text.length
}

function readList(cursor: Cursor, nesting: number, start: RegExp): boolean {
  if (nesting > MAX_NESTING) return false
  do {
    take(cursor, start)
    if (!readComplex(cursor, nesting)) return false
    take(cursor, SPACE)
  } while (takeText(cursor, ','))
  return true
}

function readComplex(cursor: Cursor, nesting: number): boolean {
  do {
    if (!readCompound(cursor, nesting)) return false
  } while (take(cursor, COMBINATOR) !== null)
  return true
}

function readCompound(cursor: Cursor, nesting: number): boolean {
  const start = cursor.at
  take(cursor, TYPE)
  for (;;) {
    if (take(cursor, SIMPLE) !== null) continue
    const pseudo = take(cursor, PSEUDO)
    if (pseudo === null) return cursor.at > start
    const [, name = '', bracket] = pseudo
    if (FOREIGN.test(name)) return false
    if (bracket !== undefined && !(readArgument(cursor, name, nesting + 1) && takeText(cursor, ')'))) return false
  }
}

function readArgument(cursor: Cursor, name: string, nesting: number): boolean {
  if (TAKES_SELECTORS.test(name)) return readList(cursor, nesting, /^has$/i.test(name) ? RELATION : SPACE)
  if (TAKES_WORDS.test(name)) return take(cursor, WORDS) !== null
  const nth = TAKES_NTH.test(name) ? take(cursor, NTH) : null
  return nth !== null && (!/of\s*$/i.test(nth[0]) || readList(cursor, nesting, SPACE))
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.at
  const match = pattern.exec(cursor.text)
  if (match !== null) cursor.at = pattern.lastIndex
  return match
}

function takeText(cursor: Cursor, text: string): boolean {
  if (!cursor.text.startsWith(text, cursor.at)) return false
  cursor.at += text.length
  return true
}
