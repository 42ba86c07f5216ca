import { reasonOf } from './reason.ts'
import { err, ok, type Result } from './result.ts'

/** Any value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object. Its keys are arbitrary: read them with `Object.hasOwn` or after `Object.entries`. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Why a text is not usable JSON. `message` says where, and may quote a few characters of the text. */
export interface JsonFailure {
  readonly code: 'malformed_json' | 'too_deep'
  readonly message: string
}

/** True for an object that is neither `null` nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Parses JSON whose arrays and objects nest at most `maxDepth` deep. `JSON.parse` itself survives a
 * million levels, but whatever walks the result does not. Without `maxDepth` (which costs a pass over the
 * text) the caller promises that nothing walks the result but what bounds its own depth, as `parseDatafile` does.
 */
export function parseJson(
  text: string,
  { maxDepth }: { readonly maxDepth?: number } = {},
): Result<JsonValue, JsonFailure> {
  if (maxDepth !== undefined && isDeeperThan(text, maxDepth)) {
    return err({ code: 'too_deep', message: `JSON is nested more than ${maxDepth} levels deep` })
  }
  try {
    const value: JsonValue = JSON.parse(text)
    return ok(value)
  } catch (cause) {
    return err({ code: 'malformed_json', message: reasonOf(cause) })
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** True when brackets outside strings nest deeper than `maxDepth`; linear in the text, without recursion. */
export function isDeeperThan(text: string, maxDepth: number): boolean {
  if (text.length <= maxDepth) return false
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === QUOTE) {
      index = endOfString(text, index)
    } else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth++
      if (depth > maxDepth) return true
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      depth--
    }
  }
  return false
}

/** The index of the quote that closes the string opened at `start`, or the text's length. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

/** True when an odd number of backslashes stands before `index`. */
function isEscaped(text: string, index: number): boolean {
  let first = index
  while (text.charCodeAt(first - 1) === BACKSLASH) first--
  return (index - first) % 2 === 1
}
