import type { JsonValue } from '../../base/json.ts'
import type { Ternary } from './condition.ts'
import { versionOrder } from './semver.ts'

/** Tests one attribute's value; `undefined` when the user does not have the attribute. */
export type AttributeTest = (value: unknown) => Ternary

/** Compares two numbers, or a version with a target by the sign of their order. */
type Comparison = (left: number, right: number) => boolean

const equal: Comparison = (left, right) => left === right
const greater: Comparison = (left, right) => left > right
const greaterOrEqual: Comparison = (left, right) => left >= right
const less: Comparison = (left, right) => left < right
const lessOrEqual: Comparison = (left, right) => left <= right

/** Makes the test for a match type from the condition's value. */
const MATCH_TYPES: ReadonlyMap<JsonValue | undefined, (target: JsonValue | undefined) => AttributeTest> = new Map([
  [undefined, exact],
  ['exact', exact],
  ['exists', exists],
  ['gt', (target) => numeric(target, greater)],
  ['ge', (target) => numeric(target, greaterOrEqual)],
  ['lt', (target) => numeric(target, less)],
  ['le', (target) => numeric(target, lessOrEqual)],
  ['substring', substring],
  ['semver_eq', (target) => semanticVersion(target, equal)],
  ['semver_gt', (target) => semanticVersion(target, greater)],
  ['semver_ge', (target) => semanticVersion(target, greaterOrEqual)],
  ['semver_lt', (target) => semanticVersion(target, less)],
  ['semver_le', (target) => semanticVersion(target, lessOrEqual)],
])

/** The test that a condition's `match` and `value` ask for; unknown match types and unusable values are always unknown. */
export function attributeTest(match: JsonValue | undefined, target: JsonValue | undefined): AttributeTest {
  const make = MATCH_TYPES.get(match)
  return make === undefined ? unknown : make(target)
}

/** True for the match types of attribute conditions, `undefined` (which is `exact`) included. */
export function isMatchType(match: JsonValue | undefined): boolean {
  return MATCH_TYPES.has(match)
}

function unknown(): Ternary {
  return null
}

function exact(target: JsonValue | undefined): AttributeTest {
  if (typeof target === 'number') return isComparable(target) ? (value) => exactNumber(value, target) : unknown
  if (typeof target === 'string') return (value) => (typeof value === 'string' ? value === target : null)
  if (typeof target === 'boolean') return (value) => (typeof value === 'boolean' ? value === target : null)
  return unknown
}

function exactNumber(value: unknown, target: number): Ternary {
  return isComparable(value) ? value === target : null
}

function exists(): AttributeTest {
  return (value) => value !== undefined && value !== null
}

function numeric(target: JsonValue | undefined, comparison: Comparison): AttributeTest {
  if (!isComparable(target)) return unknown
  return (value) => (isComparable(value) ? comparison(value, target) : null)
}

function substring(target: JsonValue | undefined): AttributeTest {
  if (typeof target !== 'string') return unknown
  return (value) => (typeof value === 'string' ? value.includes(target) : null)
}

function semanticVersion(target: JsonValue | undefined, comparison: Comparison): AttributeTest {
  const orderOf = typeof target === 'string' ? versionOrder(target) : null
  if (orderOf === null) return unknown
  return (value) => {
    const order = typeof value === 'string' ? orderOf(value) : null
    return order === null ? null : comparison(order, 0)
  }
}

/** Numbers up to 2^53 either way, the bound itself included; `NaN` and infinities are not. */
function isComparable(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 2 ** 53
}
