import { FORMATTING, HEADING, MARKER, SCOPE } from './element-kinds.ts'

/** Open elements by name and kind, and how they are found and closed (HTML Standard, 13.2.4.2 and 13.2.4.3). */
export class ElementStack {
  /** From the outermost one below `body` on. */
  readonly names: number[] = []
  protected readonly kinds: number[] = []
  /** What is told of what is in what is true. */
  isExact = false
  /** How few elements were open since this was set: what was open above has been closed. */
  low = 0

  get depth(): number {
    return this.names.length
  }

  get hasFormatting(): boolean {
    return this.kinds.some((kind) => kind & FORMATTING)
  }

  /** The nearest of that name, if nothing of the kinds `boundary` or of the two other names is nearer; else -1. */
  protected find(name: number, boundary: number, other = 0, another = 0): number {
    for (let index = this.names.length - 1; index >= 0; index--) {
      const open = this.names[index] ?? 0
      if (open === name) return index
      if ((this.kinds[index] ?? 0) & boundary || open === other || open === another) return -1
    }
    return -1
  }

  protected findHeading(): number {
    for (let index = this.names.length - 1; index >= 0; index--) {
      const kind = this.kinds[index] ?? 0
      if (kind & HEADING) return index
      if (kind & SCOPE) return -1
    }
    return -1
  }

  protected push(name: number, kind: number): void {
    this.names.push(name)
    this.kinds.push(kind)
  }

  /** Closes an element by its own end tag, and gives its index, as it was given. */
  protected close(index: number): number {
    if (index >= 0) {
      this.popTo(index + 1)
      this.names.pop()
      this.kinds.pop()
      this.low = Math.min(this.low, index)
    }
    return index
  }

  protected popThrough(index: number): void {
    if (index >= 0) this.popTo(index)
  }

  /** Closes all elements from `length` on for want of an end tag. Formatting among them will be opened again. */
  protected popTo(length: number): void {
    let isReopened = false
    while (this.names.length > length) {
      const kind = this.kinds.pop() ?? 0
      this.names.pop()
      if (kind & MARKER) isReopened = false
      else if (kind & FORMATTING) isReopened = true
    }
    if (isReopened) this.isExact = false
    this.low = Math.min(this.low, length)
  }

  /** Closes an element in a way that is not followed here. */
  protected takeOut(index: number): void {
    this.isExact = false
    this.names.splice(index, 1)
    this.kinds.splice(index, 1)
    this.low = Math.min(this.low, index)
  }
}
