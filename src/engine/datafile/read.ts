import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { type Report, reportError } from './report.ts'

// Readers of one field of an object; its key is part of the path of an issue. Each reports what it finds wrong and
// goes on with a stand-in, so that one pass over a datafile finds every issue; a datafile with errors is never
// compiled, so stand-ins are never seen. Fields are read as properties: none of their names is inherited.

type Field = JsonValue | undefined
/** What a field is read from. */
type Fields<Key extends string> = Readonly<Partial<Record<Key, Field>>>
type ReadItem<Item> = (report: Report, item: JsonObject) => Item

/** A text that has to be there. */
export function readText<Key extends string>(report: Report, object: Fields<Key>, key: Key): string {
  const value = object[key]
  if (typeof value === 'string') return value
  reportWrong(report, value, key, 'a string')
  return ''
}

/** A text that may be absent or `null`. */
export function readOptionalText<Key extends string>(report: Report, object: Fields<Key>, key: Key): string | null {
  const value = object[key]
  if (typeof value === 'string') return value
  if (value !== undefined && value !== null) reportWrong(report, value, key, 'a string')
  return null
}

/** A number that has to be there; JSON's `1e999` is `Infinity` and passes. */
export function readNumber<Key extends string>(report: Report, object: Fields<Key>, key: Key): number {
  const value = object[key]
  if (typeof value === 'number') return value
  reportWrong(report, value, key, 'a number')
  return 0
}

/** A boolean that may be absent or `null`. */
export function readOptionalBoolean<Key extends string>(report: Report, object: Fields<Key>, key: Key): boolean | null {
  const value = object[key]
  if (typeof value === 'boolean') return value
  if (value !== undefined && value !== null) reportWrong(report, value, key, 'true or false')
  return null
}

/** A list of objects that has to be there. */
export function readList<Key extends string, Item>(
  report: Report,
  object: Fields<Key>,
  key: Key,
  readItem: ReadItem<Item>,
): Item[] {
  const value = object[key]
  if (Array.isArray(value)) return readItems(report, value, key, readItem)
  reportWrong(report, value, key, 'an array')
  return []
}

/** A list of objects that may be absent or `null`, which is an empty one. */
export function readOptionalList<Key extends string, Item>(
  report: Report,
  object: Fields<Key>,
  key: Key,
  readItem: ReadItem<Item>,
): Item[] {
  const value = object[key]
  return value === undefined || value === null ? [] : readList(report, object, key, readItem)
}

/** A list of texts that has to be there. */
export function readTexts<Key extends string>(report: Report, object: Fields<Key>, key: Key): readonly string[] {
  const value = object[key]
  if (isTexts(value)) return value
  reportWrong(report, value, key, 'an array of strings')
  return []
}

/** A list of ids, which the SDKs take for texts where they are numbers. */
export function readIds<Key extends string>(report: Report, object: Fields<Key>, key: Key): readonly string[] {
  const value = object[key]
  if (Array.isArray(value) && value.every(isScalar)) return value.map(String)
  reportWrong(report, value, key, 'an array of ids')
  return []
}

function isScalar(value: Field): boolean {
  return typeof value !== 'object' || value === null
}

function isTexts(value: Field): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function readItems<Item>(report: Report, values: readonly JsonValue[], key: string, readItem: ReadItem<Item>): Item[] {
  const items: Item[] = []
  report.path.push(key)
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    report.path.push(index)
    if (isJsonObject(value)) items.push(readItem(report, value))
    else reportError(report, { code: 'wrong_type', expected: 'an object', found: value })
    report.path.pop()
  }
  report.path.pop()
  return items
}

function reportWrong(report: Report, found: Field, key: string, expected: string): void {
  reportError(report, { code: found === undefined ? 'missing' : 'wrong_type', expected, found, key })
}
