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
  count(report, 1)
  // What is too much is refused already, and need not be compiled.
  if (report.counts.conditions > MOST_CONDITIONS) return UNKNOWN
  if (Array.isArray(value)) return readOperator(report, value)
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

function readCondition(report: Report, condition: JsonObject): UrlCondition {
  const { type, match, value } = condition
  if (type !== 'url') {
    reportWarning(report, { code: 'unknown_value', expected: '"url"', found: type, key: 'type' })
    return { match: 'unknown' }
  }
  switch (match) {
    case 'regex':
    case 'simple':
    case 'exact':
    case 'substring':
      if (typeof value === 'string') return readValue(report, value, match)
      readText(report, condition, 'value')
      break
    default:
      reportWarning(report, { code: 'unknown_value', expected: MATCHES, found: match, key: 'match' })
  }
  return { match: 'unknown' }
}

const MATCHES = '"simple", "exact", "substring" or "regex"'

type Match = Exclude<UrlCondition['match'], 'unknown'>

/** What is compared is never empty: that would match nothing, or everything. */
function readValue(report: Report, found: string, match: Match): UrlCondition {
  if (match === 'regex') return readRegex(report, found)
  const value = match === 'substring' ? comparedText(found) : (addressOf(found)?.[match] ?? '')
  const expected = match === 'substring' ? 'a part of a URL' : 'a URL with its host'
  if (value === '') reportError(report, { code: 'malformed_value', expected, found, key: 'value' })
  return { match, value }
}

function readRegex(report: Report, found: string): UrlCondition {
  const regex = compileRegex(found)
  if (regex.ok) {
    count(report, regex.value.steps.length)
    return { match: 'regex', regex: regex.value }
  }
  const expected = `a regular expression: ${regex.error}`
  reportError(report, { code: 'malformed_value', expected, found, key: 'value' })
  return { match: 'unknown' }
}
