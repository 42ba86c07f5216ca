/** What edits come to at one element of a page, and whether they can be made there in its tags. */
import type { DomEdit, NameAndText, Operation } from '../plan/page.ts'
import { FORMATTING, kindOf, nameId, PART, RAW, ROOT, VOID } from './element-kinds.ts'
import { attributeHtml, fits, isAscii, portableHtml, textHtml } from './fragment.ts'
import type { OpenElements } from './open-elements.ts'
import type { TagAttributes } from './tag-attributes.ts'

/** Where edits are to be made. */
export interface Surroundings {
  readonly name: string
  readonly id: number
  readonly attributes: TagAttributes
  /** Characters right before the start tag. */
  readonly textBefore: string
  /** What was open before the start tag; what is open behind it. */
  readonly outside: OpenElements
  readonly inside: OpenElements
  /** The start tag opened or closed nothing but its element. */
  readonly isPlain: boolean
  readonly isUtf8: boolean
}

/** Everything that is done to one element, in HTML of ASCII, or of UTF-8 where the page is. */
export interface ElementWork {
  /** As between double quotes, but for the quotes. */
  readonly attributes: Map<string, string>
  before: string
  prepend: string
  /** `null`: what is there stays. */
  content: string | null
  append: string
  after: string
  isRemoved: boolean
}

const [INPUT, LISTING, PRE, TABLE, TITLE, A, NOBR, SELECT] = 'input listing pre table title a nobr select'
  .split(' ')
  .map(nameId)
const [OBJECT, OPTION, OPTGROUP, CAPTION, TD, TH] = 'object option optgroup caption td th'.split(' ').map(nameId)
/** Of these, HTMLRewriter looks for an end tag. */
const OLD_VOID = new Set('basefont bgsound frame image'.split(' ').map(nameId))

/**
 * Whether an operation can only be made once the element's end tag has been seen. Before that, an element that is
 * formatting, or in some, may still be moved or become several, and what is in a table be moved out of it.
 */
export function needsEnd(operation: Operation, { id, outside }: Surroundings): boolean {
  const kind = kindOf(id)
  if (kind & VOID) return false
  if (kind & RAW) return true
  if (operation.kind === 'attributes' || operation.kind === 'style') return false
  const isAtStart = operation.kind === 'insert' && /^(?:before|prepend)$/.test(operation.position)
  return !isAtStart || (kind & FORMATTING) !== 0 || id === TABLE || outside.hasFormatting
}

/** Whether what an operation does to the page's tree is what it does to its tags. */
export function isPossible(operation: Operation, site: Surroundings): boolean {
  switch (operation.kind) {
    case 'attributes':
      return keepsTree(site) && !(site.id === INPUT && operation.set.some(([name]) => name === 'type'))
    case 'style':
      return keepsTree(site) && (operation.replaces || mergesStyle(site))
    case 'text':
      return site.id === TITLE || takesContent(site)
    case 'remove':
      return isMovable(site)
    case 'rearrange':
      return false
    case 'html':
      return takesContent(site) && fitsAt(operation.html, site, site.inside)
    default:
      return isInsertable(operation, site)
  }
}

function isInsertable({ position, html }: Extract<Operation, { kind: 'insert' }>, site: Surroundings): boolean {
  const isInside = position === 'prepend' || position === 'append'
  if (isInside) return takesContent(site) && fitsAt(html, site, site.inside)
  const isOutside = position === 'before' ? isMovable(site) : takesNeighbours(site)
  return isOutside && fitsAt(html, site, site.outside)
}

function fitsAt(html: string, { isUtf8 }: Surroundings, open: OpenElements): boolean {
  return portableHtml(html, isUtf8) !== null && fits(html, open)
}

/** Parsers compare the attributes of formatting elements that they open again, when there are more than two. */
function keepsTree({ id, inside }: Surroundings): boolean {
  if ((kindOf(id) & FORMATTING) === 0 || id === A || id === NOBR) return true
  return inside.isExact && inside.names.filter((open) => open === id).length < 3
}

/** What is added to a style may not end up in something that is still open there. */
function mergesStyle({ id, attributes: { values, unsure } }: Surroundings): boolean {
  const style = values.get('style')
  // A later tag of `body` may bring the first style.
  if (style === undefined) return (kindOf(id) & ROOT) === 0
  const plain = style.replace(/\([^()"'\\]*\)|"[^"\\\n]*"|'[^'\\\n]*'/g, '')
  return !unsure.has('style') && isAscii(style) && !/["'()\\{}[\]]|\/\*/.test(plain)
}

/** Something may come right before the element, or nothing in its place. */
function isMovable(site: Surroundings): boolean {
  return site.isPlain && takesNeighbours(site) && !/(?:<\/?|&[#\w]*|\r)$/.test(site.textBefore)
}

function takesNeighbours({ id, outside, inside }: Surroundings): boolean {
  const isFree = !outside.isInTable && !outside.isInSelect && outside.top !== PRE && outside.top !== LISTING
  return isFree && outside.isExact && inside.isExact && !outside.isHead && !isFixed(id)
}

/** Its place is given by what surrounds it. */
function isFixed(id: number): boolean {
  return (kindOf(id) & (PART | ROOT)) !== 0 || id === OPTION || id === OPTGROUP || OLD_VOID.has(id)
}

function takesContent({ id, inside }: Surroundings): boolean {
  const kind = kindOf(id)
  const isCell = id === TD || id === TH || id === CAPTION
  const isOther = id === PRE || id === LISTING || id === TABLE || id === SELECT || id === OBJECT
  return inside.isExact && inside.top === id && (isCell || !isFixed(id)) && !isOther && (kind & (VOID | RAW)) === 0
}

interface WorkOrder {
  readonly edits: readonly DomEdit[]
  /** The value of the element's `style`, as it is written. */
  readonly style: string
}

/** Makes edits into what they come to together, one after the other. */
export function workOf({ edits, style: written }: WorkOrder, isUtf8: boolean): ElementWork {
  const work: ElementWork = {
    attributes: new Map(),
    before: '',
    prepend: '',
    content: null,
    append: '',
    after: '',
    isRemoved: false,
  }
  const style = { text: written }
  for (const { operation } of edits) if (!work.isRemoved) add(operation, work, { style, isUtf8 })
  return work
}

interface Adding {
  /** What the element's style is by now. */
  readonly style: { text: string }
  readonly isUtf8: boolean
}

function add(operation: Operation, work: ElementWork, { style, isUtf8 }: Adding): void {
  switch (operation.kind) {
    case 'attributes':
      for (const [name, text] of operation.set) work.attributes.set(name, attributeHtml(text))
      style.text = work.attributes.get('style') ?? style.text
      break
    case 'style':
      style.text = styleHtml(operation.replaces ? '' : style.text, operation.declarations)
      work.attributes.set('style', style.text)
      break
    case 'remove':
      work.isRemoved = true
      break
    case 'text':
      replace(work, textHtml(operation.text))
      break
    case 'html':
      replace(work, portableHtml(operation.html, isUtf8) ?? '')
      break
    case 'insert':
      insert(work, operation.position, portableHtml(operation.html, isUtf8) ?? '')
  }
}

function styleHtml(style: string, declarations: readonly NameAndText[]): string {
  const kept = style.replace(/[\s;]+$/, '')
  const added = declarations.map(([name, text]) => `${attributeHtml(name)}:${attributeHtml(text)}`)
  return [...(kept === '' ? [] : [kept]), ...added].join(';')
}

function replace(work: ElementWork, html: string): void {
  work.content = html
  work.prepend = ''
  work.append = ''
}

function insert(work: ElementWork, position: 'before' | 'after' | 'prepend' | 'append', html: string): void {
  if (position === 'before') work.before += html
  else if (position === 'after') work.after = html + work.after
  else if (position === 'prepend') work.prepend = html + work.prepend
  else work.append += html
}
