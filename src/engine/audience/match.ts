import type { JsonValue } from '../../base/json.ts'
import type { UserContext } from '../decision/user-context.ts'
import type { Condition, Ternary, UserTest } from './condition.ts'
import { versionOrder } from './semver.ts'

type AttributeCondition = Extract<Condition, { kind: 'attribute' }>

/** Compares two numbers, or a version with a target by the sign of their order. */
type Comparison = (left: number, right: number) => boolean

const equal: Comparison = (left, right) => left === right
const greater: Comparison = (left, right) => left > right
const greaterOrEqual: Comparison = (left, right) => left >= right
const less: Comparison = (left, right) => left < right
const lessOrEqual: Comparison = (left, right) => left <= right

/** Makes the test for a match type from the attribute's name and the condition's value. */
type MakeTest = (name: string, target: JsonValue | undefined) => UserTest

const MATCH_TYPES: ReadonlyMap<JsonValue | undefined, MakeTest> = new Map([
  [undefined, exact],
  ['exact', exact],
  ['exists', exists],
  ['gt', (name, target) => numeric(name, target, greater)],
  ['ge', (name, target) => numeric(name, target, greaterOrEqual)],
  ['lt', (name, target) => numeric(name, target, less)],
  ['le', (name, target) => numeric(name, target, lessOrEqual)],
  ['substring', substring],
  ['semver_eq', (name, target) => semanticVersion(name, target, equal)],
  ['semver_gt', (name, target) => semanticVersion(name, target, greater)],
  ['semver_ge', (name, target) => semanticVersion(name, target, greaterOrEqual)],
  ['semver_lt', (name, target) => semanticVersion(name, target, less)],
  ['semver_le', (name, target) => semanticVersion(name, target, lessOrEqual)],
])

/**
 * The test that a condition asks for; unknown match types and unusable values are always unknown. Reads own
 * attributes only: names that every object inherits need a check for it, which takes longer.
 */
export function attributeTest({ name, match, value }: AttributeCondition): UserTest {
  const test = MATCH_TYPES.get(match)?.(name, value) ?? unknown
  if (!(name in Object.prototype)) return test
  return (user) => test(Object.hasOwn(user.attributes, name) ? user : NOBODY)
}

const NOBODY: UserContext = { userId: '', attributes: Object.create(null) }

/** True for the match types of attribute conditions, `undefined` (which is `exact`) included. */
export function isMatchType(match: JsonValue | undefined): boolean {
  return MATCH_TYPES.has(match)
}

function unknown(): Ternary {
  return null
}

function exact(name: string, target: JsonValue | undefined): UserTest {
  switch (typeof target) {
    case 'string':
      return ({ attributes }) => {
        const value = attributes[name]
        return typeof value === 'string' ? value === target : null
      }
    case 'boolean':
      return ({ attributes }) => {
        const value = attributes[name]
        return typeof value === 'boolean' ? value === target : null
      }
    default:
      return numeric(name, target, equal)
  }
}

function exists(name: string): UserTest {
  return ({ attributes }) => {
    const value = attributes[name]
    return value !== undefined && value !== null
  }
}

function numeric(name: string, target: JsonValue | undefined, comparison: Comparison): UserTest {
  if (!isComparable(target)) return unknown
  return ({ attributes }) => {
    const value = attributes[name]
    return isComparable(value) ? comparison(value, target) : null
  }
}

function substring(name: string, target: JsonValue | undefined): UserTest {
  if (typeof target !== 'string') return unknown
  return ({ attributes }) => {
    const value = attributes[name]
    return typeof value === 'string' ? value.includes(target) : null
  }
}

function semanticVersion(name: string, target: JsonValue | undefined, comparison: Comparison): UserTest {
  const orderOf = typeof target === 'string' ? versionOrder(target) : null
  if (orderOf === null) return unknown
  return ({ attributes }) => {
    const value = attributes[name]
    const order = typeof value === 'string' ? orderOf(value) : null
    return order === null ? null : comparison(order, 0)
  }
}

/** Numbers up to 2^53 either way, the bound itself included; `NaN` and infinities are not. */
function isComparable(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 2 ** 53
}
