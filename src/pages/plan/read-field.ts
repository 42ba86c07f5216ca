import type { JsonValue } from '../../base/json.ts'
import { type Report, readText, reportError } from '../../engine/index.ts'

/** What a text has to be. */
export interface TextRule {
  /** `a CSS selector` */
  readonly expected: string
  /** In UTF-16 code units. */
  readonly most: number
  readonly isValid?: (text: string) => boolean
}

/** Control characters that no page, style sheet or script needs; HTML turns some of them into others. */
const CONTROL = /[^\P{Cc}\t\n\f\r]/u

/** A text that has to be there, of a limited length, without control characters and halves of characters. `null`: it is not. */
export function readChecked(
  report: Report,
  { value, key }: { readonly value: JsonValue | undefined; readonly key: string },
  rule: TextRule,
): string | null {
  if (typeof value === 'string') return checkText(report, { value, key }, rule)
  readText(report, { [key]: value }, key)
  return null
}

function checkText(
  report: Report,
  { value, key }: { readonly value: string; readonly key: string },
  { expected, most, isValid }: TextRule,
): string | null {
  if (value.length > most) {
    reportError(report, { code: 'too_many', expected: `at most ${most} characters`, found: value.length, key })
    return null
  }
  if (!CONTROL.test(value) && value.isWellFormed() && isValid?.(value) !== false) return value
  reportError(report, { code: 'malformed_value', expected, found: value, key })
  return null
}

/** Reports at most one number too many of something counted over the datafile. */
export function refuseMoreThan(
  report: Report,
  { count, most, what }: { readonly count: number; readonly most: number; readonly what: string },
): void {
  if (count > most) reportError(report, { code: 'too_many', expected: `at most ${most} ${what}`, found: count })
}
