/** What is kept of one user: texts by text, oldest first, of bounded size. */
import { type JsonValue, parseJson } from '../base/json.ts'

export type KeptTexts = ReadonlyMap<string, string>

/** Bounds what a caller, or years of experiments, can pile up for one user. */
export const KEPT_LIMITS = { entries: 1_000, units: 65_536 } as const

/** Adds to what is there: an entry that is set anew becomes the youngest. The oldest go where there are too many. */
export function withEntries(kept: KeptTexts, added: Iterable<readonly [string, string]>): KeptTexts {
  const all = new Map(kept)
  for (const [key, value] of added) {
    all.delete(key)
    all.set(key, value)
  }
  let units = 0
  for (const [key, value] of all) units += key.length + value.length
  for (const [key, value] of all) {
    if (all.size <= KEPT_LIMITS.entries && units <= KEPT_LIMITS.units) break
    all.delete(key)
    units -= key.length + value.length
  }
  return all
}

/** An array of pairs, as an object would lose the order of keys that look like numbers. */
export function keptJson(kept: KeptTexts): string {
  return JSON.stringify([...kept])
}

/** Reads what `keptJson` wrote; `null` for anything else. */
export function parseKept(text: string): KeptTexts | null {
  const json = parseJson(text, { maxDepth: 2 })
  if (!json.ok || !Array.isArray(json.value)) return null
  const pairs: readonly JsonValue[] = json.value
  return pairs.every(isPair) ? new Map(pairs) : null
}

function isPair(value: JsonValue): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === 'string')
}
