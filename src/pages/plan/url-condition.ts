/** The conditions of a page: which URLs it is about. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import type { ConditionTree } from '../../engine/audience/condition.ts'
import { LIMITS, type Report, readText, reportError, reportWarning } from '../../engine/index.ts'
import { compileRegex, type LinearRegex } from './linear-regex.ts'
import { addressOf, comparedText } from './url-forms.ts'

/** What a condition asks of a URL. */
export type UrlCondition =
  | { readonly match: 'simple' | 'exact' | 'substring'; readonly value: string }
  | { readonly match: 'regex'; readonly regex: LinearRegex }
  /** Of a type that we do not know: nobody can tell whether it holds. */
  | { readonly match: 'unknown' }

/**
 * In all pages together, where a regular expression counts as one for each of its steps: all of them may be tried on
 * every request.
 */
const MOST_CONDITIONS = 10_000

export type UrlConditions = ConditionTree<UrlCondition>

const UNKNOWN: UrlConditions = { kind: 'leaf', leaf: { match: 'unknown' } }

/**
 * Reads the conditions of a page: one condition, or `["and"|"or"|"not", …]` of some. A type of condition or match that
 * is not known is a warning, and so are no conditions at all: either is unknown, so that the page is about no URL
 * rather than about every one. Any other shape, and a value that no URL could ever match, refuses the datafile.
 */
export function readUrlConditions(report: Report, value: JsonValue | undefined): UrlConditions {
  if (Array.isArray(value)) return readOperator(report, value)
  count(report, 1)
  if (isJsonObject(value)) return { kind: 'leaf', leaf: readCondition(report, value) }
  if (value === undefined || value === null) return unknownFor(report, 'conditions', value)
  reportError(report, { code: 'wrong_type', expected: CONDITIONS, found: value })
  return UNKNOWN
}

const CONDITIONS = 'a condition on the URL, or ["and", …], ["or", …] or ["not", …]'

function unknownFor(report: Report, expected: string, found: JsonValue | undefined): UrlConditions {
  reportWarning(report, { code: 'missing', expected, found })
  return UNKNOWN
}

/** Reports the first condition too many. */
function count(report: Report, steps: number): void {
  const before = report.counts.conditions
  report.counts.conditions += steps
  if (before > MOST_CONDITIONS || report.counts.conditions <= MOST_CONDITIONS) return
  const expected = `at most ${MOST_CONDITIONS} conditions on URLs`
  reportError(report, { code: 'too_many', expected, found: report.counts.conditions })
}

function readOperator(report: Report, value: readonly JsonValue[]): UrlConditions {
  count(report, 1)
  if (report.path.length > LIMITS.depth) {
    reportError(report, { code: 'too_deep', expected: `at most ${LIMITS.depth} levels`, found: value })
    return UNKNOWN
  }
  const [operator, ...operands] = value
  if (operator === undefined) return unknownFor(report, 'conditions', value)
  if (operator !== 'and' && operator !== 'or' && operator !== 'not') {
    reportError(report, { code: 'malformed_value', expected: '"and", "or" or "not"', found: operator, key: 0 })
    return UNKNOWN
  }
  if (operands.length === 0) return unknownFor(report, `conditions after "${operator}"`, value)
  const trees = operands.map((operand, index) => readOperand(report, operand, index + 1))
  if (operator !== 'not') return { kind: operator, operands: trees }
  if (trees.length > 1) reportError(report, { code: 'too_many', expected: 'one condition after "not"', found: value })
  return { kind: 'not', operand: trees[0] ?? null }
}

function readOperand(report: Report, operand: JsonValue, index: number): UrlConditions {
  report.path.push(index)
  const tree = readUrlConditions(report, operand)
  report.path.pop()
  return tree
}

function readCondition(report: Report, object: JsonObject): UrlCondition {
  const { type, match } = object
  const value = readText(report, object.value, 'value')
  if (type !== 'url') {
    reportWarning(report, { code: 'unknown_value', expected: '"url"', found: type, key: 'type' })
    return { match: 'unknown' }
  }
  switch (match) {
    case 'regex':
      return readRegex(report, value)
    case 'simple':
    case 'exact':
      return readUrl(report, value, { match, compared: addressOf(value)?.[match] })
    case 'substring':
      return readUrl(report, value, { match, compared: comparedText(value) })
    default:
      reportWarning(report, { code: 'unknown_value', expected: MATCHES, found: match, key: 'match' })
      return { match: 'unknown' }
  }
}

const MATCHES = '"simple", "exact", "substring" or "regex"'

interface Read {
  readonly match: 'simple' | 'exact' | 'substring'
  /** What is compared; none, or an empty one, would match nothing, or everything. */
  readonly compared: string | undefined
}

function readUrl(report: Report, found: string, { match, compared = '' }: Read): UrlCondition {
  const expected = match === 'substring' ? 'a part of a URL' : 'a URL with its host'
  if (compared === '') reportError(report, { code: 'malformed_value', expected, found, key: 'value' })
  return { match, value: compared }
}

function readRegex(report: Report, found: string): UrlCondition {
  const regex = found === '' ? ({ ok: false, error: 'not an empty one' } as const) : compileRegex(found)
  if (regex.ok) {
    count(report, regex.value.steps.length)
    return { match: 'regex', regex: regex.value }
  }
  const expected = `a regular expression: ${regex.error}`
  reportError(report, { code: 'malformed_value', expected, found, key: 'value' })
  return { match: 'unknown' }
}
