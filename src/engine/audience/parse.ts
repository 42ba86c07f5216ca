import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { LIMITS } from '../datafile/limits.ts'
import { type Report, reportError, reportWarning } from '../datafile/report.ts'
import type { AudienceReference, Condition, ConditionTree } from './condition.ts'
import { isMatchType } from './match.ts'

/** Reads the conditions of an audience. */
export function readConditions(report: Report, value: JsonValue): ConditionTree<Condition> {
  return readTree(report, value, readCondition)
}

/** Reads the audience conditions of a rule: a tree of audience ids. */
export function readAudienceReferences(report: Report, value: JsonValue): ConditionTree<AudienceReference> {
  return readTree(report, value, readReference)
}

type ReadLeaf<Leaf> = (report: Report, value: JsonValue) => Leaf

/**
 * Reads a tree as the SDKs do: an array begins with its operator; one that begins with another text is an
 * `or` of everything, and one that begins with anything else is an `or` of the rest. What is dropped is read all
 * the same, for what refuses a datafile refuses it anywhere.
 */
function readTree<Leaf>(report: Report, value: JsonValue, readLeaf: ReadLeaf<Leaf>): ConditionTree<Leaf> {
  report.counts.conditions++
  if (!Array.isArray(value)) return { kind: 'leaf', leaf: readLeaf(report, value) }
  if (report.path.length > LIMITS.depth) {
    reportError(report, { code: 'too_deep', expected: `at most ${LIMITS.depth} levels`, found: value })
    return { kind: 'or', operands: [] }
  }
  const first: JsonValue | undefined = value[0]
  if (first === 'not') return { kind: 'not', operand: readOperands(report, value, 1, readLeaf)[0] ?? null }
  if (first === 'and' || first === 'or') return { kind: first, operands: readOperands(report, value, 1, readLeaf) }
  if (typeof first === 'string') return { kind: 'or', operands: readOperands(report, value, 0, readLeaf) }
  if (first === undefined) return { kind: 'or', operands: [] }
  reportWarning(report, { code: 'unknown_value', expected: '"and", "or" or "not"', found: first, key: 0 })
  return { kind: 'or', operands: readOperands(report, value, 0, readLeaf).slice(1) }
}

function readOperands<Leaf>(
  report: Report,
  values: readonly JsonValue[],
  from: number,
  readLeaf: ReadLeaf<Leaf>,
): ConditionTree<Leaf>[] {
  const operands: ConditionTree<Leaf>[] = []
  for (let index = from; index < values.length; index++) {
    const value = values[index]
    if (value === undefined) continue
    report.path.push(index)
    operands.push(readTree(report, value, readLeaf))
    report.path.pop()
  }
  return operands
}

/** The SDKs look up whatever is there as if it were a text. */
function readReference(report: Report, value: JsonValue): AudienceReference {
  if (typeof value === 'string') return value
  const finding = { code: 'wrong_type', expected: 'an audience id', found: value } as const
  if (isJsonObject(value)) {
    reportError(report, finding)
    return ''
  }
  reportWarning(report, finding)
  return String(value)
}

function readCondition(report: Report, value: JsonValue): Condition {
  // The SDKs refuse to load it.
  if (value === null) reportError(report, { code: 'wrong_type', expected: 'a condition', found: value })
  if (!isJsonObject(value)) {
    reportWarning(report, { code: 'wrong_type', expected: 'a condition', found: value })
    return { kind: 'unknown', type: null }
  }
  const type = value.type
  if (type === 'custom_attribute') return readAttributeCondition(report, value)
  if (type === 'third_party_dimension') return readSegmentCondition(report, value)
  const expected = '"custom_attribute" or "third_party_dimension"'
  reportWarning(report, { code: 'unknown_value', expected, found: type, key: 'type' })
  return { kind: 'unknown', type: typeof type === 'string' ? type : type === undefined ? '' : null }
}

function readAttributeCondition(report: Report, value: JsonObject): Condition {
  const match = value.match
  if (!isMatchType(match)) {
    reportWarning(report, { code: 'unknown_value', expected: 'a match type', found: match, key: 'match' })
  }
  return { kind: 'attribute', name: readName(report, value.name), match, value: value.value }
}

/** The SDKs read the attribute of whatever is there as if it were a text, `undefined` too. */
function readName(report: Report, name: JsonValue | undefined): string {
  if (typeof name === 'string') return name
  const finding = { code: 'wrong_type', expected: 'an attribute key', found: name, key: 'name' } as const
  if (typeof name === 'object' && name !== null) {
    reportError(report, finding)
    return ''
  }
  reportWarning(report, finding)
  return String(name)
}

function readSegmentCondition(report: Report, value: JsonObject): Condition {
  const match = value.match
  if (match === undefined || match === 'qualified') return { kind: 'segment', value: value.value }
  reportWarning(report, { code: 'unknown_value', expected: '"qualified"', found: match, key: 'match' })
  return { kind: 'unknown', type: null }
}
