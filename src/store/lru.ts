/** A map of bounded size: what was used longest ago goes first. */
export interface Lru<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  /** From the longest unused to the most recently used. */
  entries(): Iterable<readonly [key: string, value: Value]>
}

/** What an `Lru` may hold. The newest value stays, whatever it weighs. */
export interface LruBounds<Value> {
  readonly mostEntries: number
  readonly mostWeight?: number
  readonly weigh?: (value: Value) => number
}

export function createLru<Value>({
  mostEntries,
  mostWeight = Number.POSITIVE_INFINITY,
  weigh = weightless,
}: LruBounds<Value>): Lru<Value> {
  const values = new Map<string, Value>()
  let weight = 0

  function remove(key: string): void {
    const value = values.get(key)
    if (value !== undefined) weight -= weigh(value)
    values.delete(key)
  }

  function makeRoom(): void {
    for (const oldest of values.keys()) {
      if (values.size === 1 || (values.size <= mostEntries && weight <= mostWeight)) return
      remove(oldest)
    }
  }

  return {
    get: (key) => {
      const value = values.get(key)
      if (value !== undefined && values.size > 1) {
        values.delete(key)
        values.set(key, value)
      }
      return value
    },
    set: (key, value) => {
      remove(key)
      values.set(key, value)
      weight += weigh(value)
      makeRoom()
    },
    delete: remove,
    entries: () => values.entries(),
  }
}

function weightless(): number {
  return 0
}
