import { joined } from './bytes.ts'
import { follow, nextTag } from './fragment.ts'
import type { Needles } from './needles.ts'
import { OpenElements } from './open-elements.ts'
import { TagScanner, type Token } from './tag-scanner.ts'

/** More than this is not gone through again to find out what is in what. */
const MAX_TAPE_BYTES = 1_048_576

/** A page's tags one by one, without most of those that do not count, and what is open where that has to be known. */
export class PageReader {
  readonly scanner: TagScanner
  open: OpenElements
  private bytes: Uint8Array = new Uint8Array()
  private readonly needles: Needles
  /** What was open where `tape` begins; `null` once that is too long ago, and while `open` tells. */
  private past: OpenElements | null
  private tape: Uint8Array[] = []
  /** Where in the bytes the tape has not been yet. */
  private mark = 0
  private isPast = false

  constructor(needles: Needles) {
    this.needles = needles
    this.scanner = new TagScanner(needles.letters)
    this.past = new OpenElements(() => this.scanner.isStandardMode)
    this.open = this.past.fork(true)
  }

  /** Goes on with bytes of which the first are those from `dropped` on of the last ones. */
  feed(bytes: Uint8Array, isEnd: boolean, dropped: number): void {
    this.bytes = bytes
    this.scanner.feed(bytes, isEnd, dropped)
    this.needles.search(this.scanner.text)
  }

  next(): Token {
    const { scanner, open } = this
    if (open.isLoose && open.isPassable && scanner.isInMarkup) {
      scanner.skipPlain(this.needles.plain, this.needles.next(scanner.at))
    }
    return nextTag(scanner, open)
  }

  /** From now on `open` tells what was open before the last start tag, and then what is, if that can be told at all. */
  track(): void {
    const { past } = this
    if (past === null) return
    const scanner = new TagScanner(new Set(), this.isPast)
    scanner.feed(joined([...this.tape, this.bytes.subarray(this.mark, this.scanner.tagStart)]), true, 0)
    follow(scanner, past)
    this.past = null
    this.tape = []
    if (!past.isLost) this.open = past
  }

  /** Nobody has to know what is open until `track` is called again. */
  untrack(): void {
    if (this.open.isLoose || !this.scanner.isInMarkup) return
    this.past = this.open
    this.open = this.open.fork(true)
    this.mark = this.scanner.at
    this.isPast = true
  }

  /** The first bytes are about to go. */
  drop(count: number): void {
    if (this.past !== null && this.mark < count) this.tape.push(this.bytes.slice(this.mark, count))
    this.mark = Math.max(0, this.mark - count)
    if (this.tape.reduce((length, { length: more }) => length + more, 0) <= MAX_TAPE_BYTES) return
    this.past = null
    this.tape = []
  }
}
