import { nameId } from './element-kinds.ts'
import type { Compound } from './selector.ts'

/** Tells, at little cost, in which tags nothing can be that one of some compounds finds. */
export class Needles {
  /** The first letters of the attributes that the compounds test, in lower case. */
  readonly letters: ReadonlySet<number>
  /** Matches text and tags as long as they are none that a parser or a compound may take notice of. */
  readonly plain: RegExp
  private readonly texts: readonly string[]
  private readonly types: ReadonlySet<number>
  private readonly places: number[]
  private text = ''
  private nearest = -1

  constructor(compounds: readonly Compound[]) {
    const names = new Set(compounds.flatMap(({ tests }) => tests.map(({ name }) => name)))
    const tags = compounds.flatMap(({ tag, tests }) => (tests.length === 0 && tag !== null ? [tag] : []))
    this.letters = new Set([...names].map((name) => name.charCodeAt(0) | 32))
    this.plain = plainRun(names, tags)
    this.texts = [...new Set(compounds.filter(({ tests }) => tests.length > 0).map(needleOf))]
    this.places = this.texts.map(() => -1)
    this.types = new Set(tags.map(nameId))
  }

  /** Goes on with another text, in lower case. */
  search(text: string): void {
    this.text = text
    this.places.fill(-1)
    this.nearest = -1
  }

  /** Whether the tag of that type and at that place may be found. Places may only grow. */
  isIn(type: number, start: number, end: number): boolean {
    return this.next(start) < end || this.types.has(type)
  }

  /** The first place from there on at which a tag may be found by more than its type. */
  next(from: number): number {
    if (this.nearest < from) this.advance(from)
    return this.nearest
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

/** Tags that change how what follows is read, or what is found in it. */
const NOTICED =
  'script|style|textarea|title|xmp|iframe|noembed|noframes|noscript|plaintext|template|svg|math|select|frameset|html|head|body|col'

const runs = new Map<string, RegExp>()
const MAX_RUNS = 100

/** Only tags that are written as most are, so that there is one way to read them; the others are left to be read slowly. */
function plainRun(names: ReadonlySet<string>, tags: readonly string[]): RegExp {
  const words = [...names].filter((name) => /^[a-z][\w-]*$/.test(name))
  // A value may stand for another with character references in it, of which most are in addresses.
  const noReference = words.length === names.size ? `(?:${words.join('|')})` : '[^=]*'
  const stops = [NOTICED, ...tags].join('|')
  const key = `${noReference} ${stops}`
  const known = runs.get(key)
  if (known !== undefined) return known
  if (runs.size === MAX_RUNS) runs.clear()
  const s = String.raw`[\t\n\f\r ]`
  const watched = String.raw`${noReference}=(?:"[^"&]*"|'[^'&]*'|[^\t\n\f\r "'>=<\x60&]+)`
  const other = String.raw`(?!${noReference}=)[^\t\n\f\r />="'<]+(?:=(?:"[^"]*"|'[^']*'|[^\t\n\f\r "'>=<\x60]+))?`
  const tag = String.raw`<\/?(?!(?:${stops})[\t\n\f\r />])[a-z][^\t\n\f\r />]*(?:${s}+(?:${watched}|${other}))*${s}*\/?>`
  const run = new RegExp(`(?:[^<]+|${tag})*`, 'y')
  runs.set(key, run)
  return run
}
