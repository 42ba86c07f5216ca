/** The parameters of a query, decoded, as `URLSearchParams` has them. */
export interface Query {
  /** The first value of a name, or `null`. */
  get(name: string): string | null
  /** All values of a name, in the order given. */
  getAll(name: string): string[]
  isRepeated(name: string): boolean
}

/** A URL with the path `/` and nothing that the URL parser would strip, or cut off at a fragment. */
const ROOT = /^https?:\/\/[^/?#\\@]+\/\?([!"$-~]*)$/

/**
 * The query of a URL whose path is `/`, read as `URLSearchParams` reads it, or `null` where that takes the URL parser.
 * Asking `URL` and `URLSearchParams` takes ten times as long: each of their answers crosses into the runtime.
 */
export function queryOfRoot(url: string): Query | null {
  const text = ROOT.exec(url)?.[1]
  return text === undefined ? null : parseQuery(text)
}

/** The query of any other URL. */
export function queryOf({ search }: URL): Query {
  return parseQuery(search.slice(1))
}

function parseQuery(text: string): Query {
  const names: string[] = []
  const values: string[] = []
  const decode = hasCodes(text) ? decoded : asItIs
  for (let start = 0; start < text.length; ) {
    const end = endOf(text, '&', start, text.length)
    const nameEnd = endOf(text, '=', start, end)
    if (end > start) {
      names.push(decode(text.slice(start, nameEnd)))
      values.push(decode(text.slice(nameEnd + 1, end)))
    }
    start = end + 1
  }
  return new ParsedQuery(names, values)
}

/** Where a sign is, or else the end of where it is looked for. */
function endOf(text: string, sign: string, start: number, end: number): number {
  const index = text.indexOf(sign, start)
  return index === -1 || index > end ? end : index
}

/** A class, because closures would be made anew for each request. */
class ParsedQuery implements Query {
  private readonly names: readonly string[]
  private readonly values: readonly string[]

  constructor(names: readonly string[], values: readonly string[]) {
    this.names = names
    this.values = values
  }

  get(name: string): string | null {
    const index = this.names.indexOf(name)
    // Not left to `values[-1]`, which V8 looks up as a name.
    return index === -1 ? null : (this.values[index] ?? null)
  }

  getAll(name: string): string[] {
    return this.values.filter((_, index) => this.names[index] === name)
  }

  isRepeated(name: string): boolean {
    const first = this.names.indexOf(name)
    return first !== -1 && this.names.indexOf(name, first + 1) !== -1
  }
}

function hasCodes(text: string): boolean {
  return /[%+]/.test(text)
}

function asItIs(text: string): string {
  return text
}

function decoded(text: string): string {
  if (!hasCodes(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Not UTF-8, or a `%` that stands for itself.
    return new URLSearchParams(`text=${text}`).get('text') ?? ''
  }
}
