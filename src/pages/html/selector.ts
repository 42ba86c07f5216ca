/**
 * The CSS selectors that can be told from a start tag alone: compounds of a type, ids, classes and attributes, and lists
 * of them. Whatever looks at other elements depends on the tree that a browser builds, which tags do not show.
 */

/** A test of one attribute: `#id` is one of `id`, `.class` one of `class`. */
export interface AttributeTest {
  /** In lower case. */
  readonly name: string
  readonly operator: '' | '=' | '~=' | '|=' | '^=' | '$=' | '*='
  readonly value: string
  readonly ignoresCase: boolean
}

/** One element is found when its type is `tag`, in lower case, and all tests hold. */
export interface Compound {
  readonly tag: string | null
  readonly tests: readonly AttributeTest[]
}

// Source: Selectors Level 4, and CSS Syntax Module Level 3, 4.3.
const ESCAPE = String.raw`\\(?:[\da-f]{1,6}[ \t\n]?|[^\n\r\f\da-f])`
const UNIT = String.raw`(?:[\w\-\u0080-\uffff]|${ESCAPE})`
const IDENTIFIER = String.raw`(?:--|-?(?:[a-z_\u0080-\uffff]|${ESCAPE}))${UNIT}*`
const VALUE = String.raw`("(?:[^"\\\n\r\f]|${ESCAPE})*"|'(?:[^'\\\n\r\f]|${ESCAPE})*'|${IDENTIFIER})`
const TYPE = new RegExp(String.raw`\*|${IDENTIFIER}`, 'iy')
const TEST = new RegExp(
  String.raw`([#.])(${IDENTIFIER})|\[\s*(${IDENTIFIER})\s*(?:([~|^$*]?=)\s*${VALUE}\s*([is]?)\s*)?\]`,
  'iy',
)
const SEPARATOR = /\s*(,|$)\s*/y

/**
 * Elements of these types may be in the tree without a tag, or with what several tags say (HTML Standard, 13.2.6), and
 * `<image>` makes an `img`: by type alone they are not told from tags.
 */
const IMPLIED = new Set(['html', 'head', 'body', 'p', 'br', 'colgroup', 'tbody', 'tr', 'img'])

/** Attributes of HTML whose values selectors compare without case (HTML Standard, 4.16.2). */
const CASELESS = new Set(
  `accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare defer dir direction disabled enctype face frame hreflang http-equiv lang language link media method multiple nohref noresize noshade nowrap readonly rel rev rules scope scrolling selected shape target text type valign valuetype vlink`.split(
    ' ',
  ),
)

/** The compounds of a selector, one of which has to match; `null` for a selector that start tags alone cannot decide. */
export function parseCompounds(selector: string): readonly Compound[] | null {
  const text = selector.trim()
  const compounds: Compound[] = []
  for (let at = 0; at < text.length || at === 0; ) {
    const compound = readCompound(text, at)
    if (compound === null) return null
    compounds.push(compound.value)
    const separator = matchAt(SEPARATOR, text, compound.end)
    if (separator === null || (separator[1] === ',' && SEPARATOR.lastIndex === text.length)) return null
    at = SEPARATOR.lastIndex
  }
  return compounds.every(isTold) ? compounds : null
}

/** What `style` says when it is compared is up to the browser once a declaration has been added. */
function isTold({ tag, tests }: Compound): boolean {
  if (tests.some(({ name }) => name === 'style')) return false
  return tag === null ? tests.length > 0 : /^[a-z][\w-]*$/.test(tag) && (tests.length > 0 || !IMPLIED.has(tag))
}

/** Whether the text of an attribute passes a test of it. */
export function passes({ operator, value, ignoresCase }: AttributeTest, text: string): boolean {
  const [sought, given] = ignoresCase ? [lowerAscii(value), lowerAscii(text)] : [value, text]
  switch (operator) {
    case '':
      return true
    case '=':
      return given === sought
    case '|=':
      return given === sought || given.startsWith(`${sought}-`)
    case '~=':
      return sought !== '' && given.includes(sought) && given.split(/[\t\n\f\r ]+/).includes(sought)
    case '^=':
      return given.startsWith(sought) && sought !== ''
    case '$=':
      return given.endsWith(sought) && sought !== ''
    default:
      return given.includes(sought) && sought !== ''
  }
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function readCompound(text: string, start: number): { readonly value: Compound; readonly end: number } | null {
  const type = matchAt(TYPE, text, start)?.[0] ?? null
  let end = type === null ? start : TYPE.lastIndex
  const tests: AttributeTest[] = []
  for (let match = matchAt(TEST, text, end); match !== null; match = matchAt(TEST, text, end)) {
    tests.push(testOf(match))
    end = TEST.lastIndex
  }
  const tag = type === null || type === '*' ? null : unescapeCss(type).toLowerCase()
  return end === start ? null : { value: { tag, tests }, end }
}

function testOf([, sign, word = '', written = '', operator, value = '', flag = '']: RegExpExecArray): AttributeTest {
  if (sign === '#') return { name: 'id', operator: '=', value: unescapeCss(word), ignoresCase: false }
  if (sign === '.') return { name: 'class', operator: '~=', value: unescapeCss(word), ignoresCase: false }
  const name = unescapeCss(written).toLowerCase()
  return {
    name,
    operator: (operator ?? '') as AttributeTest['operator'],
    value: unescapeCss(/^["']/.test(value) ? value.slice(1, -1) : value),
    ignoresCase: flag === '' ? CASELESS.has(name) : flag.toLowerCase() === 'i',
  }
}

function unescapeCss(text: string): string {
  return text.replace(/\\(?:([\da-f]{1,6})[ \t\n]?|([\s\S]))/gi, (_, digits: string | undefined, character: string) => {
    if (digits === undefined) return character
    const point = Number.parseInt(digits, 16)
    const isCharacter = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
    return String.fromCodePoint(isCharacter ? point : 0xfffd)
  })
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
