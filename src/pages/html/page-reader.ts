import { joined } from './bytes.ts'
import { follow, nextTag } from './fragment.ts'
import type { Needles } from './needles.ts'
import { OpenElements } from './open-elements.ts'
import { TagScanner, type Token } from './tag-scanner.ts'

/** More than this is not gone through again to find out what is in what. */
const MAX_TAPE_BYTES = 262_144

/**
 * A page's tags one by one, without most of those that do not count, and what is open where that has to be known. Bytes
 * that have been sent are kept as long as one of both may have to be found out in them. Places are counted from the
 * page's start.
 */
export class PageReader {
  readonly scanner: TagScanner
  open: OpenElements
  /** What the scanner goes by, and where it begins. */
  buffer: Uint8Array = new Uint8Array()
  origin = 0
  private readonly needles: Needles
  private bytes: Uint8Array = new Uint8Array()
  private text = ''
  private start = 0
  /** What was open at `pastPlace`; `null` once that is too long ago, and while `open` tells. */
  private past: OpenElements | null
  private pastPlace = 0
  /** What has been dropped, up to `start`. */
  private tape: Uint8Array[] = []

  constructor(needles: Needles) {
    this.needles = needles
    this.scanner = new TagScanner(needles.letters)
    this.past = new OpenElements(() => this.scanner.isStandardMode)
    this.open = this.past.fork(true)
  }

  /** Goes on with the bytes that begin where those that have been dropped end. */
  take(bytes: Uint8Array, text: string): void {
    this.bytes = bytes
    this.text = text
  }

  /** Has the scanner go on with what it has not seen of them. */
  scan(isEnd: boolean): void {
    const { scanner, needles } = this
    const place = this.origin + scanner.at
    const isBehind = place < this.start
    const origin = isBehind ? place : this.start
    this.buffer = isBehind ? joined(this.piecesFrom(place)) : this.bytes
    const dropped = origin - this.origin
    scanner.feed(this.buffer, isEnd, isBehind ? { dropped } : { dropped, text: this.text })
    this.origin = origin
    needles.search(scanner.text, scanner.isStandardMode)
  }

  /** Nothing is sought in the rest of what the scanner has. */
  get isThrough(): boolean {
    return !this.needles.mayFollow(this.scanner.at)
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
    const scanner = new TagScanner(new Set(), this.pastPlace > 0)
    const pieces = this.piecesFrom(this.pastPlace)
    const length = this.origin + this.scanner.tagStart - this.pastPlace
    scanner.feed(joined(pieces).subarray(0, length), true)
    follow(scanner, past)
    this.past = null
    if (!past.isLost) this.open = past
  }

  /** Nobody has to know what is open until `track` is called again. */
  untrack(): void {
    if (this.open.isLoose || !this.scanner.isInMarkup) return
    this.past = this.open
    this.pastPlace = this.origin + this.scanner.at
    this.open = this.open.fork(true)
  }

  /** The first bytes are about to go. `true`: the scanner has to go on first the next time. */
  drop(count: number): boolean {
    this.tape.push(this.bytes.slice(0, count))
    this.start += count
    const size = this.shorten()
    if (size > MAX_TAPE_BYTES) this.past = null
    return size > MAX_TAPE_BYTES
  }

  /** Forgets what nobody will ask for, and gives how much is kept. */
  private shorten(): number {
    const scanned = this.origin + this.scanner.at
    const needed = this.past === null ? scanned : Math.min(scanned, this.pastPlace)
    let size = this.tape.reduce((length, piece) => length + piece.length, 0)
    while (size > 0 && this.start - size + (this.tape[0]?.length ?? 0) <= needed) {
      size -= this.tape.shift()?.length ?? 0
    }
    return size
  }

  /** What is there from the place on. */
  private piecesFrom(place: number): readonly Uint8Array[] {
    const pieces = [...this.tape, this.bytes]
    let at = this.start - this.tape.reduce((length, piece) => length + piece.length, 0)
    while (pieces.length > 1 && at + (pieces[0]?.length ?? 0) <= place) at += pieces.shift()?.length ?? 0
    const [first = this.bytes, ...rest] = pieces
    return [first.subarray(place - at), ...rest]
  }
}
