/** A map of bounded size: what was used longest ago goes first. */
export interface Lru<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  /** From the longest unused to the most recently used. */
  values(): Iterable<Value>
}

export function createLru<Value>(capacity: number): Lru<Value> {
  const values = new Map<string, Value>()
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
      values.delete(key)
      values.set(key, value)
      if (values.size <= capacity) return
      for (const oldest of values.keys()) {
        values.delete(oldest)
        return
      }
    },
    delete: (key) => {
      values.delete(key)
    },
    values: () => values.values(),
  }
}
