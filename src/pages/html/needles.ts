import { nameId } from './element-kinds.ts'
import type { Compound } from './selector.ts'

/** Tells, at little cost, in which tags nothing can be that one of some compounds finds. */
export class Needles {
  private readonly texts: readonly string[]
  private readonly types: ReadonlySet<number>
  private readonly places: number[]
  private text = ''
  private nearest = -1

  constructor(compounds: readonly Compound[]) {
    const texts = compounds.filter(({ tests }) => tests.length > 0).map(needleOf)
    this.texts = [...new Set(texts)]
    this.places = this.texts.map(() => -1)
    this.types = new Set(
      compounds.flatMap(({ tag, tests }) => (tests.length === 0 && tag !== null ? [nameId(tag)] : [])),
    )
  }

  /** Goes on with another text, in lower case. */
  search(text: string): void {
    this.text = text
    this.places.fill(-1)
    this.nearest = -1
  }

  /** Whether the tag of that type and at that place may be found. Places may only grow. */
  isIn(type: number, start: number, end: number): boolean {
    if (this.nearest < start) this.advance(start)
    return this.nearest < end || this.types.has(type)
  }

  private advance(from: number): void {
    this.nearest = Number.POSITIVE_INFINITY
    for (const [index, needle] of this.texts.entries()) {
      let place = this.places[index] ?? 0
      if (place < from) place = this.text.indexOf(needle, from)
      if (place < 0) place = Number.POSITIVE_INFINITY
      this.places[index] = place
      this.nearest = Math.min(this.nearest, place)
    }
  }
}

/** What has to be in the tag, in lower case. */
function needleOf({ tests }: Compound): string {
  const longest = tests.reduce((best, { value }) => (value.length > best.length ? value : best), '')
  return (longest === '' ? (tests[0]?.name ?? '') : longest).toLowerCase()
}
