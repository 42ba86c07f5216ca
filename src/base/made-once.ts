/** What `make` has made of an object, kept for as long as the object is. */
export function madeOncePer<Source extends object, Made extends NonNullable<unknown> | null>(
  make: (source: Source) => Made,
): (source: Source) => Made {
  const known = new WeakMap<Source, Made>()
  return (source) => {
    const found = known.get(source)
    if (found !== undefined) return found
    const made = make(source)
    known.set(source, made)
    return made
  }
}

/** Things by a text that says all that they depend on, made when they are first asked for. */
export type MadeOnce<Made> = (text: string, make: () => Made) => Made

/** Keeps at most so many, and then begins anew. */
export function madeOnce<Made extends NonNullable<unknown>>(most: number): MadeOnce<Made> {
  const known = new Map<string, Made>()
  return (text, make) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = make()
    if (known.size >= most) known.clear()
    known.set(text, made)
    return made
  }
}
