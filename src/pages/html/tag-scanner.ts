import { addToId, EMPTY_ID, endId, nameId } from './element-kinds.ts'

/** What the scanner has come to. Where it is `more`, the rest of the token is not there yet. */
export type Token = 'start' | 'end' | 'more'

/** One character for each byte, ASCII as it is. */
export const latin1 = new TextDecoder('latin1')

const SCRIPT = nameId('script')
const [TAB, LINE, FEED, RETURN, SPACE] = [9, 10, 12, 13, 32]
const [BANG, DOUBLE, AND, SINGLE, SLASH, LESS, EQUALS, GREATER, QUESTION] = [33, 34, 38, 39, 47, 60, 61, 62, 63]

/** What a regular expression goes through at once: it keeps a note of every tag. */
const LONGEST_RUN = 65_536

/** Enough for `</textarea` and what tells that the name has ended. */
const LONGEST_MARK = 12

const STANDARD_DOCTYPE = /^<!doctype[\t\n\f\r ]+html[\t\n\f\r ]*>/i
const LONGEST_DOCTYPE = 64

/** How text that is not markup ends. */
const COMMENT_END = /--!?>/g
const CDATA_END = /\]\]>/g
const BOGUS_END = />/g

/**
 * Finds the tags in a page's bytes as a browser's tokenizer does, in whatever pieces they come (HTML Standard, 13.2.5).
 * What a tag does to the tokenizer depends on the page's tree: whoever follows that says so.
 */
export class TagScanner {
  private bytes: Uint8Array = new Uint8Array()
  /** The bytes as characters. */
  text = ''
  private isEnd = false
  /** Where the next token begins, and everything before it has been told. */
  at = 0
  /** Of the last tag: where it begins, and behind its name. */
  tagStart = 0
  nameEnd = 0
  name = 0
  isSelfClosing = false
  /** The last tag ended the raw text that `startRawText` began. */
  endsRawText = false
  /** A value of an attribute whose name begins with one of `watched` holds a character reference. */
  hasReference = false
  /** Text other than white space came since this was set. */
  hasText = false
  /** What ends the text that is not markup, and that text's kind; `null` in markup. */
  private ending: RegExp | null = null
  private isRawText = false
  private isScript = false
  /** In a script: in a comment, and there in another script. */
  private escape = 0
  /** The doctype is `<!doctype html>`; every other may put browsers into quirks mode. */
  isStandardMode = false
  private isStarted: boolean
  private isDoctypeOver = false
  private readonly watched: ReadonlySet<number>

  /** `watched`: first letters, in lower case, of the attributes that count. */
  /** `isStarted`: what comes is not the start of a page. */
  constructor(watched: ReadonlySet<number> = new Set(), isStarted = false) {
    this.watched = watched
    this.isStarted = isStarted
  }

  /** Goes on with bytes of which the first are those from `dropped` on of the last ones. */
  feed(bytes: Uint8Array, isEnd: boolean, { dropped = 0, text = latin1.decode(bytes) } = {}): void {
    this.bytes = bytes
    this.text = text
    this.isEnd = isEnd
    this.at -= dropped
    if (this.isStarted || (bytes.length < 3 && !isEnd)) return
    this.isStarted = true
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3
  }

  get isInMarkup(): boolean {
    return this.ending === null
  }

  /** The last tag's name, in lower case. */
  get written(): string {
    return this.text.slice(this.tagStart + 1, this.nameEnd).toLowerCase()
  }

  /** Passes what `run`, which is sticky, matches before `limit`. */
  skipPlain(run: RegExp, limit: number): void {
    run.lastIndex = 0
    run.test(this.text.slice(this.at, Math.min(limit, this.at + LONGEST_RUN)))
    this.at += run.lastIndex
  }

  /** The last start tag begins raw text, which goes on to the end tag of that name. */
  startRawText(): void {
    this.ending = rawTextEnding(this.written)
    this.isRawText = true
    this.isScript = this.name === SCRIPT
    this.escape = 0
  }

  /** `isForeign`: a CDATA section is one. */
  next(isForeign: boolean): Token {
    while (this.isStarted) {
      if (this.ending !== null) {
        const token = this.isRawText ? this.readRawText(this.ending) : this.skipText(this.ending)
        if (token !== null) return token
      }
      const start = this.findMarkup()
      if (start < 0) return 'more'
      const token = this.readMarkup(start, isForeign)
      if (token !== null) return token
    }
    return 'more'
  }

  private findMarkup(): number {
    const { bytes } = this
    const { length } = bytes
    let isText = false
    let at = this.at
    for (; at < length; at++) {
      const unit = bytes[at] ?? 0
      if (unit === LESS) break
      if (unit > SPACE || !isSpace(unit)) isText = true
    }
    if (isText) this.passText()
    this.at = at
    return at < length ? at : -1
  }

  /** `null`: it was no tag, and has been passed. */
  private readMarkup(start: number, isForeign: boolean): Token | null {
    const { bytes } = this
    const first = bytes[start + 1] ?? -1
    if (isLetter(first)) return this.readTag(start, start + 1)
    if (!this.isEnd && !this.isDecided(start)) return 'more'
    const second = bytes[start + 2] ?? -1
    if (first === SLASH && isLetter(second)) return this.readTag(start, start + 2)
    if (first === SLASH && second === GREATER) this.at = start + 3
    else if (first === BANG) this.readDeclaration(start, isForeign)
    else if (first === QUESTION || (first === SLASH && second >= 0)) this.skip(start + 2, BOGUS_END)
    else {
      this.passText()
      this.at = start + 1
    }
    return null
  }

  private passText(): void {
    this.hasText = true
    this.isDoctypeOver = true
  }

  /** What begins there can be told from other things that begin so. */
  private isDecided(start: number): boolean {
    const length = this.bytes.length - start
    return length > 2 && (length >= LONGEST_DOCTYPE || this.bytes[start + 1] !== BANG || this.text.includes('>', start))
  }

  private readDeclaration(start: number, isForeign: boolean): void {
    const mark = this.text.slice(start, start + LONGEST_DOCTYPE)
    const empty = /^<!---?>/.exec(mark)
    if (empty !== null) this.at = start + empty[0].length
    else if (mark.startsWith('<!--')) this.skip(start + 4, COMMENT_END)
    else if (isForeign && mark.startsWith('<![CDATA[')) {
      this.skip(start + 9, CDATA_END)
    } else {
      this.readDoctype(mark)
      this.skip(start + 2, BOGUS_END)
    }
  }

  /** The first one counts, and none behind text or a tag. */
  private readDoctype(mark: string): void {
    if (!/^<!doctype/i.test(mark)) return
    this.isStandardMode ||= !this.isDoctypeOver && STANDARD_DOCTYPE.test(mark)
    this.isDoctypeOver = true
  }

  private skip(from: number, ending: RegExp): void {
    this.at = from
    this.ending = ending
    this.isRawText = false
  }

  private skipText(ending: RegExp): Token | null {
    ending.lastIndex = this.at
    const isEnded = ending.test(this.text)
    this.at = isEnded ? ending.lastIndex : this.endOfText()
    if (isEnded) this.ending = null
    return isEnded ? null : 'more'
  }

  private endOfText(): number {
    return this.isEnd ? this.text.length : Math.max(this.at, this.text.length - LONGEST_MARK)
  }

  private readRawText(ending: RegExp): Token | null {
    ending.lastIndex = this.at
    for (let match = ending.exec(this.text); match !== null; match = ending.exec(this.text)) {
      if (match.index + LONGEST_MARK > this.text.length && !this.isEnd) {
        this.at = match.index
        return 'more'
      }
      if (this.isRawTextEnd(match)) {
        const token = this.readTag(match.index, match.index + 2)
        this.endsRawText = token === 'end'
        if (this.endsRawText) this.ending = null
        return token
      }
      this.at = ending.lastIndex
    }
    this.at = this.endOfText()
    return 'more'
  }

  private isRawTextEnd([mark, slash]: RegExpExecArray): boolean {
    if (!this.isScript) return slash === '/'
    if (mark === '<!--') this.escape = Math.max(this.escape, 1)
    else if (mark === '-->') this.escape = 0
    else if (slash === '/' && this.escape < 2) return true
    else if (this.escape > 0) this.escape = slash === '/' ? 1 : 2
    return false
  }

  private readTag(start: number, nameStart: number): Token {
    const { bytes } = this
    let at = nameStart
    let name = EMPTY_ID
    for (; at < bytes.length; at++) {
      const unit = bytes[at] ?? 0
      if (unit <= SPACE ? isSpace(unit) : unit === SLASH || unit === GREATER) break
      name = addToId(name, unit > 64 && unit < 91 ? unit + 32 : unit)
    }
    const end = this.endOfTag(at)
    if (end < 0) {
      this.at = start
      return 'more'
    }
    this.isDoctypeOver = true
    this.endsRawText = false
    this.tagStart = start
    this.nameEnd = at
    this.name = endId(name)
    this.at = end
    return nameStart === start + 1 ? 'start' : 'end'
  }

  /** Behind the tag whose name ends at `from`; -1 where its end is missing. */
  private endOfTag(from: number): number {
    const { bytes } = this
    this.hasReference = false
    let at = from
    for (;;) {
      const start = at
      while (at < bytes.length && (bytes[at] === SLASH || isSpace(bytes[at] ?? 0))) at++
      if (at === bytes.length) return -1
      if (bytes[at] === GREATER) {
        this.isSelfClosing = at > start && bytes[at - 1] === SLASH
        return at + 1
      }
      at = this.endOfAttribute(at)
      if (at < 0) return -1
    }
  }

  private endOfAttribute(start: number): number {
    const { bytes } = this
    let end = start + 1
    while (end < bytes.length && !endsName(bytes[end] ?? 0)) end++
    const next = this.passSpace(end)
    if (bytes[next] !== EQUALS) return end
    return this.endOfValue(this.passSpace(next + 1), this.watched.has((bytes[start] ?? 0) | 32))
  }

  private endOfValue(start: number, isWatched: boolean): number {
    const { bytes } = this
    const quote = bytes[start]
    const isQuoted = quote === DOUBLE || quote === SINGLE
    for (let at = isQuoted ? start + 1 : start; at < bytes.length; at++) {
      const unit = bytes[at] ?? 0
      if (isQuoted && unit === quote) return at + 1
      if (!isQuoted && (unit === GREATER || isSpace(unit))) return at
      if (unit === AND && isWatched) this.hasReference = true
    }
    return -1
  }

  private passSpace(from: number): number {
    let at = from
    while (at < this.bytes.length && isSpace(this.bytes[at] ?? 0)) at++
    return at
  }
}

function endsName(unit: number): boolean {
  return unit === EQUALS || unit === GREATER || unit === SLASH || isSpace(unit)
}

const endings = new Map<string, RegExp>()

function rawTextEnding(name: string): RegExp {
  const known = endings.get(name)
  if (known !== undefined) return known
  const ending = new RegExp(`<!--(?!-?>)|-->|<(/?)${name}(?=[\\t\\n\\f\\r />])`, 'gi')
  endings.set(name, ending)
  return ending
}

function isLetter(unit: number): boolean {
  return (unit > 96 && unit < 123) || (unit > 64 && unit < 91)
}

function isSpace(unit: number): boolean {
  return unit === SPACE || unit === LINE || unit === TAB || unit === RETURN || unit === FEED
}
