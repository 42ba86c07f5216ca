import { madeOnce } from '../../base/made-once.ts'
import type { AttributeTest, Compound } from './selector.ts'

/** Tells, at little cost, in which tags nothing can be that one of some compounds finds. */
export class Needles {
  /** The first letters of the attributes that the compounds test, in lower case. */
  readonly letters: ReadonlySet<number>
  /** Matches text and tags as long as they are none that a parser or a compound may take notice of. */
  readonly plain: RegExp
  /** Matches a tested attribute whose value holds a character reference. */
  private readonly reference: RegExp
  /** Without it in a text, no value there may be found although it is written otherwise: a letter's reference has a number. */
  private readonly sign: string
  private readonly isCaseless: boolean
  private readonly exact: RegExp
  private readonly caseless: RegExp
  private text = ''
  private needle: RegExp
  private nearest = -1
  private hasReference = false

  constructor(compounds: readonly Compound[]) {
    const tested = compounds.filter(({ tests }) => tests.length > 0)
    const names = new Set(tested.flatMap(({ tests }) => tests.map(({ name }) => name)))
    this.letters = new Set([...names].map((name) => name.charCodeAt(0) | 32))
    this.plain = plainRun(names)
    const texts = [...new Set(compounds.map(needleOf))]
    this.exact = anyOf(texts, 'g')
    this.caseless = anyOf(texts, 'gi')
    this.needle = this.caseless
    this.isCaseless = compounds.some(({ tests }) => tests.length === 0 || tests.some(isCaseless))
    this.sign = texts.every((text) => /^(?!.*fj)<?[\w-]+$/i.test(text)) ? '&#' : '&'
    this.reference = referenceIn(names)
  }

  /** Goes on with another text. */
  search(text: string, isStandardMode: boolean): void {
    this.text = text
    this.needle = isStandardMode && !this.isCaseless ? this.exact : this.caseless
    this.nearest = -1
    this.hasReference = text.includes(this.sign) && this.reference.test(text)
  }

  /** Whether a tag from there on may be found. Places may only grow. */
  mayFollow(from: number): boolean {
    return this.hasReference || this.next(from) < this.text.length
  }

  /** Whether the tag at that place may be found. */
  isIn(start: number, end: number): boolean {
    return this.next(start) < end
  }

  /** The first place from there on at which a tag may be found, but for references in it. */
  next(from: number): number {
    if (this.nearest < from) {
      this.needle.lastIndex = from
      this.nearest = this.needle.exec(this.text)?.index ?? Number.POSITIVE_INFINITY
    }
    return this.nearest
  }
}

/** One expression goes through a page in a tenth of the time that a search for each of three texts takes. */
function anyOf(texts: readonly string[], flags: string): RegExp {
  const source = texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  return cached(`${flags} ${source}`, () => new RegExp(source, flags))
}

/** What has to be in the tag. */
function needleOf({ tag, tests }: Compound): string {
  if (tests.length === 0) return `<${tag}`
  const longest = tests.reduce((best, { value }) => (value.length > best.length ? value : best), '')
  return longest === '' ? (tests[0]?.name ?? '') : longest
}

function isCaseless({ value, ignoresCase }: AttributeTest): boolean {
  return ignoresCase || value === ''
}

function referenceIn(names: ReadonlySet<string>): RegExp {
  const words = [...names].map((name) => name.replace(/[^\w-]/g, '.')).join('|')
  return cached(`reference ${words}`, () => {
    const value = String.raw`"[^"]*&|'[^']*&|[^"'>\t\n\f\r ]*&`
    return new RegExp(String.raw`(?:${words})[\t\n\f\r ]*=[\t\n\f\r ]*(?:${value})`, 'i')
  })
}

/** Tags that change how what follows is read, or what is found in it. */
const NOTICED =
  'script|style|textarea|title|xmp|iframe|noembed|noframes|noscript|plaintext|template|svg|math|select|frameset|html|head|body|col'

/** Compiling costs more than looking through a page, and even putting the source together costs as much as an edit. */
const cached = madeOnce<RegExp>(200)

function plainRun(names: ReadonlySet<string>): RegExp {
  return cached(`plain ${[...names].join('|')}`, () => newPlainRun([...names]))
}

/** Only tags that are written as most are, so that there is one way to read them; the others are left to be read slowly. */
function newPlainRun(names: readonly string[]): RegExp {
  // A value may stand for another with character references in it, of which most are in addresses.
  const noReference = names.every((name) => /^[a-z][\w-]*$/.test(name)) ? `(?:${names.join('|') || '(?!)'})` : '[^=]*'
  const s = String.raw`[\t\n\f\r ]`
  const watched = String.raw`${noReference}=(?:"[^"&]*"|'[^'&]*'|[^\t\n\f\r "'>=<\x60&]+)`
  const other = String.raw`(?!${noReference}=)[^\t\n\f\r />="'<]+(?:=(?:"[^"]*"|'[^']*'|[^\t\n\f\r "'>=<\x60]+))?`
  const tag = String.raw`<\/?(?!(?:${NOTICED})[\t\n\f\r />])[a-z][^\t\n\f\r />]*(?:${s}+(?:${watched}|${other}))*${s}*\/?>`
  return new RegExp(`(?:[^<]+|${tag})*`, 'iy')
}
