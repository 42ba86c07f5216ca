import {
  BLOCK,
  CLOSES_P,
  FORMATTING,
  HAZARD,
  HEAD,
  HEADING,
  ITEM,
  kindOf,
  MARKER,
  nameId,
  PART,
  RAW,
  ROOT,
  SCOPE,
  SPECIAL,
  UNSURE,
  VOID,
} from './element-kinds.ts'
import { ElementStack } from './element-stack.ts'

const [A, BODY, BR, BUTTON, COL, COLGROUP, DD, DT] = ids('a body br button col colgroup dd dt')
const [DESC, FORM, HEAD_ID, HR, HTML, IMAGE, LI, NOBR] = ids('desc form head hr html image li nobr')
const [OL, OPTGROUP, OPTION, P, SELECT, STYLE, SVG, TABLE] = ids('ol optgroup option p select style svg table')
const [TBODY, TD, TEMPLATE, TFOOT, TH, THEAD, TITLE, TR] = ids('tbody td template tfoot th thead title tr')
const [UL, ADDRESS, DIV, SCRIPT] = ids('ul address div script')

function ids(names: string): readonly [number, number, number, number, number, number, number, number] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = names.split(' ').map(nameId)
  return [a, b, c, d, e, f, g, h]
}

/**
 * What became of a start tag: an element of the page; nothing; nothing that a selector finds, because it is in a
 * template; or something else than tags say, a template or foreign content.
 */
export type Placement = 'element' | 'ignored' | 'hidden' | 'other'

/**
 * The elements that a browser has open between two tags, as far as that can be told without building the page. What is
 * told is true as long as `isExact`: from the first tag on whose work is not followed here, for example where formatting
 * elements overlap, what is in what is unknown. Rules: HTML Standard, 13.2.6.
 */
export class OpenElements extends ElementStack {
  isHead = true
  /** `html`, `head` and `body`, once their tags are there, and `head` also when it was implied. */
  private readonly roots = new Set<number>()
  hasForm = false
  private templates = 0
  /** Where the outermost `svg` is in `names`, and the `select`; -1 for none. */
  private svg = -1
  private select = -1
  /** Counts tags without an effect of their own, and what a parser moved out of a table. */
  irregular = 0
  /** Told of no tags but those that count for how tags are read, it knows nothing else. */
  isLoose = false
  /** The page cannot be followed any further. */
  isLost = false
  private readonly isStandardMode: () => boolean

  constructor(isStandardMode: () => boolean) {
    super()
    this.isStandardMode = isStandardMode
  }

  /** The same elements once more, and from there on of their own. */
  fork(isLoose = this.isLoose): OpenElements {
    const fork = new OpenElements(this.isStandardMode)
    const own = { names: [...this.names], kinds: [...this.kinds], roots: new Set(this.roots) }
    return Object.assign(fork, this, own, { isLoose, isExact: this.isExact && !isLoose })
  }

  /** Most tags and texts make no difference here to one that is loose. */
  get isPassable(): boolean {
    return !this.isHead && this.svg < 0 && this.select < 0
  }

  get top(): number {
    return this.names[this.names.length - 1] ?? BODY
  }

  /** Raw text is only raw in HTML. */
  get isForeign(): boolean {
    return this.svg >= 0
  }

  get isInSelect(): boolean {
    return this.select >= 0
  }

  /** Inside a table, but in none of its cells: there, a parser moves out what does not belong there. */
  get isInTable(): boolean {
    const table = this.names.lastIndexOf(TABLE)
    return table >= 0 && this.kinds.findLastIndex((kind) => kind & MARKER && kind & (PART | HEAD)) < table
  }

  /** Text that is not white space. */
  text(): void {
    if (this.templates === 0) this.isHead = false
    if (this.isInTable) this.irregular++
  }

  /** `kind` is the name's. */
  start(name: number, kind: number, isSelfClosing: boolean): Placement {
    if (kind & HAZARD || this.depth > MAX_DEPTH) return this.lose()
    if (kind & UNSURE) this.isExact = false
    if (this.svg >= 0) return this.startForeign(name, kind, isSelfClosing)
    if (this.select >= 0) return this.startInSelect(name)
    if (name === TEMPLATE) return this.startTemplate(kind)
    if (this.templates > 0) return this.startInTemplate(name, kind)
    if (kind & ROOT) return this.startRoot(name)
    if (kind & HEAD) this.roots.add(HEAD_ID)
    else this.isHead = false
    return this.isLoose ? this.openInside(name) : this.startInPage(name, kind)
  }

  /** Gives the index of the element that the tag closes, -1 for none; those above it are closed with it. */
  end(name: number): number {
    const kind = kindOf(name)
    if (this.svg >= 0) return this.endForeign(name)
    if (this.select >= 0) return this.endInSelect(name)
    if (name === TEMPLATE) return this.endTemplate()
    if (this.templates > 0) return this.endInTemplate(name)
    if (this.isHead) return this.endInHead(name)
    if (this.isLoose) return -1
    if (kind & ROOT) this.isExact = false
    const closed = kind & ROOT ? -1 : this.endInBody(name, kind)
    if (closed < 0) this.irregular++
    return closed
  }

  /** The first tag of each says what the element has, even where that was implied before. */
  private startRoot(name: number): Placement {
    const isElement = !this.roots.has(name) && (name !== HEAD_ID || this.isHead)
    if (name === BODY && this.isHead) this.isExact = !this.isLoose
    if (name === BODY) this.isHead = false
    this.roots.add(name)
    this.irregular++
    return isElement ? 'element' : 'ignored'
  }

  private startTemplate(kind: number): Placement {
    this.roots.add(HEAD_ID)
    this.push(TEMPLATE, kind)
    return this.templates++ > 0 ? 'hidden' : 'other'
  }

  private startInPage(name: number, kind: number): Placement {
    if (this.top === COLGROUP && name !== COL) this.popTo(this.depth - 1)
    return kind & PART ? this.startPart(name, kind) : this.startInBody(name, kind)
  }

  private startInBody(name: number, kind: number): Placement {
    if (name !== TABLE && name !== SCRIPT && name !== STYLE && this.isInTable) this.irregular++
    this.closeFor(name, kind)
    if (name === FORM) return this.startForm(kind)
    if (name === SVG || name === SELECT) return this.openInside(name)
    if ((kind & (VOID | RAW)) === 0) this.push(name, kind)
    return 'element'
  }

  /** Closes what cannot be open around an element of that type. */
  private closeFor(name: number, kind: number): void {
    if (kind & ITEM) this.closeItem(name)
    if (name === TABLE) this.closeForTable()
    if (kind & CLOSES_P) this.closeP()
    if (kind & HEADING && (this.kinds[this.depth - 1] ?? 0) & HEADING) this.popTo(this.depth - 1)
    if (name === BUTTON) this.popThrough(this.find(BUTTON, SCOPE))
    if (name === A || name === NOBR) this.closeLink(name)
    if ((name === OPTION || name === OPTGROUP) && this.top === OPTION) this.popTo(this.depth - 1)
  }

  private closeForTable(): void {
    if (this.isInTable) this.popThrough(this.names.lastIndexOf(TABLE))
    else if (this.isStandardMode()) this.closeP()
    else if (this.findP() >= 0) this.isExact = false
  }

  private startForm(kind: number): Placement {
    if (this.hasForm) {
      this.irregular++
      return 'ignored'
    }
    this.hasForm = true
    if (this.isInTable) this.irregular++
    else this.push(FORM, kind)
    return 'element'
  }

  private closeP(): void {
    this.popThrough(this.findP())
  }

  private findP(): number {
    return this.find(P, SCOPE, BUTTON)
  }

  private closeItem(name: number): void {
    for (let index = this.depth - 1; index >= 0; index--) {
      const open = this.names[index] ?? 0
      if (name === LI ? open === LI : open === DD || open === DT) {
        this.popTo(index)
        return
      }
      if ((this.kinds[index] ?? 0) & SPECIAL && open !== ADDRESS && open !== DIV && open !== P) return
    }
  }

  /** A second one closes the first, wherever that is. */
  private closeLink(name: number): void {
    if (name === NOBR ? this.find(NOBR, SCOPE) >= 0 : this.find(A, MARKER) >= 0) this.isExact = false
  }

  private startPart(name: number, kind: number): Placement {
    const table = this.find(TABLE, 0)
    if (table < 0) {
      this.irregular++
      return 'ignored'
    }
    let parent = this.depth - 1
    while (parent > table && !isParent(this.names[parent] ?? 0, name)) parent--
    this.popTo(parent + 1)
    if (name === COL && parent === table) this.push(COLGROUP, PART)
    if ((name === TR || name === TD || name === TH) && parent === table) this.push(TBODY, kindOf(TBODY))
    if ((name === TD || name === TH) && this.top !== TR) this.push(TR, kindOf(TR))
    if (name !== COL) this.push(name, kind)
    return 'element'
  }

  private endInBody(name: number, kind: number): number {
    if (name === BR) return -1
    if (name === FORM) return this.endForm()
    if (kind & PART || name === TABLE) return this.close(this.find(name, 0, TABLE))
    if (name === P) return this.close(this.findP())
    if (kind & HEADING) return this.close(this.findHeading())
    if (name === LI) return this.close(this.find(LI, SCOPE, OL, UL))
    if (kind & BLOCK) return this.close(this.find(name, SCOPE))
    if (kind & FORMATTING) return this.endFormatting(name)
    return this.close(this.find(name, SPECIAL))
  }

  private endForm(): number {
    const index = this.hasForm ? this.find(FORM, SCOPE) : -1
    this.hasForm = false
    if (index < 0 || index === this.depth - 1) return this.close(index)
    this.takeOut(index)
    return -1
  }

  private endFormatting(name: number): number {
    const index = this.find(name, MARKER)
    if (index < 0) return this.close(this.find(name, SPECIAL))
    if (this.names.lastIndexOf(TABLE) > index) return -1
    if (this.kinds.findIndex((kind, at) => at > index && kind & SPECIAL) < 0) return this.close(index)
    this.takeOut(index)
    return -1
  }

  private endInHead(name: number): number {
    if (name === BODY || name === HTML || name === BR) this.isHead = false
    return -1
  }

  private endTemplate(): number {
    const index = this.names.lastIndexOf(TEMPLATE)
    if (index < 0) return -1
    this.templates--
    return this.close(index)
  }

  /** What is in a template is not followed but for how HTMLRewriter sees it, which knows no templates. */
  private startInTemplate(name: number, kind: number): Placement {
    if (name === COL) return this.lose()
    if (name === SVG || name === SELECT) this.openInside(name)
    else if (!this.isLoose && (kind & (VOID | RAW)) === 0) this.push(name, 0)
    return 'hidden'
  }

  private endInTemplate(name: number): number {
    const index = this.names.lastIndexOf(name)
    if (index > this.names.lastIndexOf(TEMPLATE)) return this.close(index)
    this.irregular++
    return -1
  }

  /** Opens what has rules of its own for what is inside. */
  private openInside(name: number): Placement {
    if (name !== SVG && name !== SELECT) return 'element'
    this.push(name, kindOf(name))
    if (name === SELECT) this.select = this.depth - 1
    else this.svg = this.depth - 1
    return name === SVG ? 'other' : 'element'
  }

  private startInSelect(name: number): Placement {
    if (name !== OPTION && name !== OPTGROUP && name !== HR) return this.lose()
    if (this.top === OPTION) this.popTo(this.depth - 1)
    if (name !== OPTION && this.top === OPTGROUP) this.popTo(this.depth - 1)
    if (name !== HR) this.push(name, 0)
    return this.templates > 0 ? 'hidden' : 'element'
  }

  private endInSelect(name: number): number {
    if (name === SELECT) {
      const index = this.select
      this.select = -1
      return this.close(index)
    }
    if (name !== OPTION && name !== OPTGROUP) {
      this.isLost = true
      return -1
    }
    if (name === OPTGROUP && this.top === OPTION) this.popTo(this.depth - 1)
    return this.close(this.top === name ? this.depth - 1 : -1)
  }

  private startForeign(name: number, kind: number, isSelfClosing: boolean): Placement {
    const isForeign = kind === 0 || name === A || name === TITLE || name === STYLE || name === IMAGE
    if (!isForeign || this.top === TITLE || this.top === DESC) return this.lose()
    if (!isSelfClosing) this.push(name, 0)
    return 'other'
  }

  private endForeign(name: number): number {
    const index = this.names.lastIndexOf(name)
    if (index < this.svg) {
      this.isLost = true
      return -1
    }
    if (index === this.svg) this.svg = -1
    return this.close(index)
  }

  private lose(): Placement {
    this.isLost = true
    this.isExact = false
    return 'ignored'
  }
}

/** Browsers nest no deeper than 512, and put what is deeper elsewhere. */
const MAX_DEPTH = 400

function isParent(open: number, name: number): boolean {
  if (name === TD || name === TH) return open === TR || open === TBODY || open === THEAD || open === TFOOT
  if (name === TR) return open === TBODY || open === THEAD || open === TFOOT
  return name === COL && open === COLGROUP
}
