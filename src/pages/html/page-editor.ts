import type { DomEdit } from '../plan/page.ts'
import { FORMATTING, kindOf, nameId, RAW, ROOT, VOID } from './element-kinds.ts'
import { followStart } from './fragment.ts'
import { Needles } from './needles.ts'
import type { OpenElements, Placement } from './open-elements.ts'
import { PageReader } from './page-reader.ts'
import { isPossible, needsEnd, type Surroundings } from './site-edits.ts'
import { idOf, type SoughtEdit, setAttributes, soughtEdit } from './sought-edit.ts'
import { isFound, type Reading, readAttributes, type TagAttributes } from './tag-attributes.ts'
import { latin1, type TagScanner } from './tag-scanner.ts'
import { endOfFinished } from './unfinished-tag.ts'

/** An element that edits are made at, by its place. */
export interface Site {
  readonly start: number
  readonly nameEnd: number
  /** Behind the start tag, or behind the end tag where some edit needs that. */
  end: number
  readonly attributes: TagAttributes
  /** The value of `style` as it is in the page. */
  readonly style: string
  edits: readonly DomEdit[]
}

/** What may be sent on. */
export interface Batch {
  /** So many of the bytes: nothing that comes later changes them. */
  readonly ready: number
  /** The bytes as characters. */
  readonly text: string
  /** In the order of their start tags; one may be inside another. */
  readonly sites: readonly Site[]
}

/** A site whose end tag is waited for. */
interface OpenSite {
  readonly site: Site
  readonly id: number
  /** Its place among the open elements; -1 for raw text. */
  readonly depth: number
  /** Which of its edits is the first to need the end tag. */
  readonly firstEnding: number
  readonly irregular: number
  readonly hasForm: boolean
}

/** More than this is not held back for an end tag, or for the rest of a tag. */
const MAX_HELD_BYTES = 65_536

/** Of a page that is there as a whole: what is sought by id is mostly in its first part, and no more has to be decoded then. */
const FIRST_BYTES = 32_768

const FORM = nameId('form')

/**
 * Finds where edits can be made in a page's tags so that its tree becomes what the edits, made one by one in the tree
 * that a browser builds, would make of it. Wherever that is in doubt, edits are left: `left` has their ids.
 */
export class PageEditor {
  readonly left = new Set<string>()
  private readonly edits: readonly SoughtEdit[]
  private readonly isUtf8: boolean
  private readonly needles: Needles
  private readonly reader: PageReader
  private readonly unseenIds: Set<string> | null
  private bytes: Uint8Array = new Uint8Array()
  /** The bytes as characters. */
  private text = ''
  /** Where they begin in the page. */
  private start = 0
  /** Tags are not read until something that is sought may be there. */
  private isAsleep = true
  /** Too much has been kept unread: it is read to its end, so that it can go. */
  private isPressing = false
  /** The end of what has been dropped. */
  private textBefore = ''
  private sites: Site[] = []
  private openSites: OpenSite[] = []
  private state: 'searching' | 'over' = 'searching'

  constructor(edits: readonly DomEdit[], charset: string | null) {
    this.isUtf8 = charset === 'utf-8'
    const sought = edits.map((edit) => soughtEdit(edit, this.isUtf8))
    this.edits = sought.filter((each) => each !== null)
    this.leave(edits.filter((_, index) => sought[index] === null))
    const compounds = this.edits.flatMap((each) => each.compounds)
    this.needles = new Needles(compounds)
    this.reader = new PageReader(this.needles)
    const ids = compounds.map(idOf)
    this.unseenIds = ids.includes(null) ? null : new Set(ids.flatMap((id) => id ?? []))
    if (compounds.length === 0) this.state = 'over'
  }

  /** Nothing will be edited any more. An id is there once: whatever else has it is not looked for. */
  get isOver(): boolean {
    return this.state === 'over'
  }

  /** Looks at bytes of which the first are those from `dropped` on of the last ones. */
  feed(bytes: Uint8Array, isEnd: boolean, dropped: number): Batch {
    this.bytes = bytes
    this.start += dropped
    if (this.state === 'over') return { ready: bytes.length, text: '', sites: [] }
    const mayEndEarly = isEnd && this.start === 0 && this.unseenIds !== null
    if (mayEndEarly && bytes.length > FIRST_BYTES) this.look(bytes.subarray(0, FIRST_BYTES), false)
    const isNew = this.isOver || this.look(bytes, isEnd)
    return isNew ? this.batch(isEnd) : this.pass(isEnd ? bytes.length : endOfFinished(this.text))
  }

  /** Whether there may be something in the bytes that is sought. */
  private look(bytes: Uint8Array, isEnd: boolean): boolean {
    this.text = latin1.decode(bytes)
    this.reader.take(bytes, this.text)
    if (this.isAsleep) {
      this.needles.search(this.text, this.scanner.isStandardMode)
      if (!this.needles.mayFollow(0)) return false
    }
    this.reader.scan(isEnd)
    this.search()
    return true
  }

  /** Nothing is edited in these bytes. */
  private pass(ready: number): Batch {
    this.textBefore = this.textUpTo(ready)
    this.isPressing = this.reader.drop(ready)
    this.isAsleep = !this.isPressing && this.isAtRest
    return { ready, text: this.text, sites: [] }
  }

  /** Whatever has not been made so far is not going to be. */
  leave(edits: readonly DomEdit[] = this.edits.map(({ edit }) => edit)): void {
    for (const { id } of edits) this.left.add(id)
  }

  private search(): void {
    const { reader, scanner } = this
    while (this.state === 'searching' && (this.isPressing || !(this.isAtRest && reader.isThrough))) {
      const token = reader.next()
      if (token === 'more') return
      reader.open.low = reader.open.depth
      if (token === 'start') this.startTag()
      else this.endTag()
      if (reader.open.isLost || scanner.at - scanner.tagStart > MAX_HELD_BYTES) this.lose()
      else if (this.openSites.length === 0) this.rest()
    }
  }

  private get scanner(): TagScanner {
    return this.reader.scanner
  }

  private get open(): OpenElements {
    return this.reader.open
  }

  private get isAtRest(): boolean {
    return this.openSites.length === 0 && this.open.isLoose
  }

  /** No end tag is waited for. */
  private rest(): void {
    if (this.unseenIds?.size === 0) this.state = 'over'
    else this.reader.untrack()
  }

  private startTag(): void {
    const { scanner } = this
    const isCandidate = scanner.hasReference || this.needles.isIn(scanner.tagStart, scanner.at)
    if (isCandidate) this.candidate()
    else {
      this.noticeRoot(followStart(scanner, this.open))
      this.closeSites(-1, 0)
    }
  }

  private endTag(): void {
    const { scanner, open } = this
    if (scanner.endsRawText) {
      const last = this.openSites[this.openSites.length - 1]
      if (last?.depth === -1) this.finish(this.openSites.pop(), true)
      return
    }
    const { depth } = open
    const closed = open.end(scanner.name)
    this.closeSites(closed, depth)
  }

  /** Of the sites whose elements are closed, only the one that the tag is for has been closed by its own end tag. */
  private closeSites(closed: number, depthBefore: number): void {
    for (
      let last = this.openSites.at(-1);
      last !== undefined && last.depth >= this.open.low;
      last = this.openSites.at(-1)
    ) {
      this.openSites.pop()
      this.finish(last, last.depth === closed && last.id === this.scanner.name, closed === depthBefore - 1)
    }
  }

  private finish(openSite: OpenSite | undefined, isEnded: boolean, isClean = true): void {
    if (openSite === undefined) return
    const { site, depth, firstEnding, irregular, hasForm } = openSite
    const { open } = this
    const isRaw = depth === -1
    const isShort = this.placeOf(this.scanner.at) - site.start <= MAX_HELD_BYTES
    const isRegular = isRaw || (open.isExact && open.irregular === irregular && open.hasForm === hasForm)
    const firstAppending = isClean ? -1 : site.edits.findIndex(isAppending)
    const isGood = isEnded && isRegular && isShort
    if (isGood) site.end = this.placeOf(this.scanner.at)
    if (!isGood) this.cut(site, firstEnding)
    else if (firstAppending >= 0) this.cut(site, firstAppending)
  }

  private cut(site: Site, from: number): void {
    this.leave(site.edits.slice(from))
    site.edits = site.edits.slice(0, from)
  }

  private candidate(): void {
    const { scanner } = this
    const attributes = readAttributes(scanner.text.slice(scanner.nameEnd, scanner.at))
    const name = scanner.written === 'image' ? 'img' : scanner.written
    const isOurs = attributes.values.has('data-turnout')
    const found = isOurs ? [] : this.edits.filter((sought) => this.finds(sought, name, attributes) !== false)
    if (found.length === 0) {
      this.noticeRoot(followStart(scanner, this.open))
      this.closeSites(-1, 0)
      return
    }
    if (found.some(needsTree) || kindOf(scanner.name) & FORMATTING) this.reader.track()
    const { open } = this
    const outside = kept(open)
    open.low = open.depth
    const placement = followStart(scanner, open)
    const isPlain = open.low === outside.depth && open.depth === outside.depth + depthOf(scanner.name)
    this.closeSites(-1, 0)
    this.place(placement, {
      name,
      id: scanner.name,
      attributes,
      textBefore: this.textUpTo(this.placeOf(scanner.tagStart) - this.start),
      outside,
      inside: kept(open),
      isPlain,
      isUtf8: this.isUtf8,
    })
  }

  /** As much as can be part of a character reference. */
  private textUpTo(end: number): string {
    return (this.textBefore + this.text.slice(Math.max(0, end - 40), Math.max(0, end))).slice(-40)
  }

  /** What a second tag of `body` says is added to what the first one says. */
  private noticeRoot(placement: Placement): void {
    const { name, nameEnd, at } = this.scanner
    if (placement === 'ignored' && kindOf(name) & ROOT && at - nameEnd > 1) this.leave()
  }

  private lose(): void {
    this.leave()
    this.state = 'over'
  }

  private place(placement: Placement, surroundings: Surroundings): void {
    const { name, attributes } = surroundings
    this.noticeRoot(placement)
    if (placement === 'element') {
      this.edit(surroundings)
      this.unseenIds?.delete(attributes.values.get('id') ?? '')
    } else if (placement === 'other' || (placement === 'ignored' && !this.open.isExact)) {
      for (const sought of this.edits) if (this.finds(sought, name, attributes) !== false) this.leave([sought.edit])
    }
  }

  /** From the first edit on that cannot be made here, all that are meant for the element are left, so that the order stays. */
  private edit(surroundings: Surroundings): void {
    const { name, attributes } = surroundings
    const style = attributes.values.get('style') ?? ''
    const edits: DomEdit[] = []
    let firstEnding = -1
    // What has been sent is not edited any more.
    let isCut = this.placeOf(this.scanner.tagStart) < this.start
    for (const sought of this.edits) {
      const { edit } = sought
      const found = this.finds(sought, name, attributes)
      if (found === false) continue
      isCut ||= found === null || !isPossible(edit.operation, surroundings)
      if (isCut) this.leave([edit])
      else {
        if (firstEnding < 0 && needsEnd(edit.operation, surroundings)) firstEnding = edits.length
        edits.push(edit)
        setAttributes(edit, attributes)
      }
    }
    if (edits.length > 0) this.addSite({ attributes, style, edits }, firstEnding)
  }

  private addSite(found: Pick<Site, 'attributes' | 'style' | 'edits'>, firstEnding: number): void {
    const { scanner, open } = this
    const site = {
      ...found,
      start: this.placeOf(scanner.tagStart),
      nameEnd: this.placeOf(scanner.nameEnd),
      end: this.placeOf(scanner.at),
    }
    this.sites.push(site)
    if (firstEnding < 0) return
    const depth = kindOf(scanner.name) & RAW ? -1 : open.depth - 1
    this.openSites.push({
      site,
      id: scanner.name,
      depth,
      firstEnding,
      irregular: open.irregular,
      hasForm: open.hasForm && scanner.name !== FORM,
    })
  }

  private finds({ compounds }: SoughtEdit, name: string, attributes: TagAttributes): boolean | null {
    const reading: Reading = { isUtf8: this.isUtf8, mayBeQuirky: !this.scanner.isStandardMode }
    return isFound(compounds, { name, attributes, reading })
  }

  private batch(isEnd: boolean): Batch {
    const { start, bytes } = this
    const end = start + bytes.length
    const scanned =
      this.isAtRest && this.reader.isThrough ? start + endOfFinished(this.text) : this.placeOf(this.scanner.at)
    if (!this.isOver && end - Math.max(start, scanned) > MAX_HELD_BYTES) this.lose()
    const isHolding = this.state === 'searching' && !isEnd
    const first = this.openSites[0]?.site.start ?? scanned
    if (!isHolding || end - first > MAX_HELD_BYTES) this.giveUpOpenSites()
    const readyEnd = isHolding ? Math.max(start, Math.min(scanned, this.openSites[0]?.site.start ?? scanned)) : end
    const sites = this.sites.filter((site) => site.start < readyEnd && site.edits.length > 0)
    this.sites = this.sites.filter((site) => site.start >= readyEnd)
    const ready = readyEnd - start
    // Of what is behind the last edit, and behind the page, nothing is looked at again.
    if (isHolding) this.pass(ready)
    return { ready, text: this.text, sites: sites.map((site) => siteFrom(site, start)) }
  }

  private placeOf(at: number): number {
    return this.reader.origin + at
  }

  private giveUpOpenSites(): void {
    for (const openSite of this.openSites) this.finish(openSite, false)
    this.openSites = []
  }
}

/** By offsets from `start` on. */
function siteFrom(site: Site, start: number): Site {
  return { ...site, start: site.start - start, nameEnd: site.nameEnd - start, end: site.end - start }
}

/** What is open now. What is loose tells nothing, now or later. */
function kept(open: OpenElements): OpenElements {
  return open.isLoose ? open : open.fork()
}

/** To make it, one has to know what is in what. */
function needsTree({ edit: { operation } }: SoughtEdit): boolean {
  return operation.kind !== 'attributes' && operation.kind !== 'style'
}

function isAppending({ operation }: DomEdit): boolean {
  return operation.kind === 'insert' && operation.position === 'append'
}

/** How many open elements an element adds. */
function depthOf(id: number): number {
  return kindOf(id) & (VOID | RAW) ? 0 : 1
}
