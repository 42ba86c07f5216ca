import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { type Report, reportError } from './report.ts'

// Readers of one field. Each reports what it finds wrong and goes on with a stand-in, so that one pass
// over a datafile finds every issue; a datafile with errors is never compiled, so stand-ins are never seen.

/** A text that has to be there. */
export function readText(report: Report, object: JsonObject, key: string): string {
  const value = own(object, key)
  if (typeof value === 'string') return value
  reportError(report, { code: value === undefined ? 'missing' : 'wrong_type', expected: 'a string', found: value, key })
  return ''
}

/** A text that may be absent or `null`. */
export function readOptionalText(report: Report, object: JsonObject, key: string): string | null {
  const value = own(object, key)
  if (value === undefined || value === null || typeof value === 'string') return value ?? null
  reportError(report, { code: 'wrong_type', expected: 'a string', found: value, key })
  return null
}

/** A number that has to be there; JSON's `1e999` is `Infinity` and passes. */
export function readNumber(report: Report, object: JsonObject, key: string): number {
  const value = own(object, key)
  if (typeof value === 'number') return value
  reportError(report, { code: value === undefined ? 'missing' : 'wrong_type', expected: 'a number', found: value, key })
  return 0
}

/** A boolean that may be absent or `null`. */
export function readOptionalBoolean(report: Report, object: JsonObject, key: string): boolean | null {
  const value = own(object, key)
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? null
  reportError(report, { code: 'wrong_type', expected: 'true or false', found: value, key })
  return null
}

/** A list of objects that has to be there. */
export function readList<Item>(
  report: Report,
  object: JsonObject,
  key: string,
  readItem: (report: Report, item: JsonObject) => Item,
): Item[] {
  if (own(object, key) === undefined) {
    reportError(report, { code: 'missing', expected: 'an array', found: undefined, key })
    return []
  }
  return readOptionalList(report, object, key, readItem)
}

/** A list of objects that may be absent or `null`, which is an empty one. */
export function readOptionalList<Item>(
  report: Report,
  object: JsonObject,
  key: string,
  readItem: (report: Report, item: JsonObject) => Item,
): Item[] {
  const value = own(object, key)
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    reportError(report, { code: 'wrong_type', expected: 'an array', found: value, key })
    return []
  }
  report.path.push(key)
  const items = readItems(report, value, readItem)
  report.path.pop()
  return items
}

/** A list of texts that has to be there. */
export function readTexts(report: Report, object: JsonObject, key: string): string[] {
  const value = own(object, key)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  const code = value === undefined ? 'missing' : 'wrong_type'
  reportError(report, { code, expected: 'an array of strings', found: value, key })
  return []
}

/** The object's own property: never one that it inherits. */
export function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function readItems<Item>(
  report: Report,
  values: readonly JsonValue[],
  readItem: (report: Report, item: JsonObject) => Item,
): Item[] {
  const items: Item[] = []
  for (const [index, value] of values.entries()) {
    report.path.push(index)
    if (isJsonObject(value)) items.push(readItem(report, value))
    else reportError(report, { code: 'wrong_type', expected: 'an object', found: value })
    report.path.pop()
  }
  return items
}
