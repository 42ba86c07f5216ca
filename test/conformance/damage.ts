/**
 * Datafiles with one thing wrong: a field removed, or replaced by a value of another type. The engine may refuse what
 * the SDK loads (a known difference), but not the other way round, and what both load they have to decide alike.
 */
import fc from 'fast-check'
import { isJsonObject } from '../../src/base/json.ts'
import type { Question } from './case.ts'
import { type Agreement, type Difference, findDifference } from './compare.ts'
import { datafile } from './generate-datafile.ts'
import { jsonText } from './names.ts'

const REMOVED = Symbol('removed')

const replacement = fc.constantFrom<unknown>(
  ...[REMOVED, null, 0, 1, 5_000, '', 'x', 'e1', '5000', 'on', true, false],
  ...[[], {}, ['or'], [null], [{}], [['and']]],
)

/** A datafile, damaged in one place. */
export const damagedDatafile: fc.Arbitrary<string> = fc
  .tuple(datafile, fc.nat(), replacement)
  .map(([text, place, value]) => damaged(text, place, value))

/** As `findDifference`, except that the engine may refuse more. */
export function findDamageDifference(
  text: string,
  questions: readonly Question[],
  agreed: (agreement: Agreement) => void,
): Difference | null {
  if (listsMissingExperiment(text)) return null
  const difference = findDifference(text, questions, agreed)
  const isStricter = difference?.question === null && isRefused(difference.engine)
  return isStricter ? null : difference
}

function isRefused(side: unknown): boolean {
  return isJsonObject(side) && side.kind === 'refused'
}

/** Where the engine is the more lenient one, as a known difference. */
function listsMissingExperiment(text: string): boolean {
  const parsed = parsedOrNull(text)
  const ids = new Set(valuesAt(parsed, ['experiments', '*', 'id']))
  for (const owner of ['groups', 'rollouts']) {
    for (const id of valuesAt(parsed, [owner, '*', 'experiments', '*', 'id'])) ids.add(id)
  }
  return valuesAt(parsed, ['featureFlags', '*', 'experimentIds', '*']).some((id) => !ids.has(id))
}

/** The values at a path, in which `*` is every element. */
function valuesAt(value: unknown, [first, ...rest]: readonly string[]): readonly unknown[] {
  if (first === undefined) return [value]
  if (first === '*') return Array.isArray(value) ? value.flatMap((item) => valuesAt(item, rest)) : []
  return isJsonObject(value) ? valuesAt(value[first], rest) : []
}

function damaged(text: string, place: number, value: unknown): string {
  const parsed = parsedOrNull(text)
  const places = placesIn(parsed)
  const chosen = places[place % Math.max(1, places.length)]
  return chosen === undefined ? text : jsonText(withReplaced(parsed, chosen, value))
}

/** `null` for the texts that are no JSON on purpose. */
function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => spelled(value))
  } catch {
    return null
  }
}

/** What JSON can spell and not stringify. */
function spelled(value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return '#1e999'
  if (value === Number.NEGATIVE_INFINITY) return '#-1e999'
  return Object.is(value, -0) ? '#-0' : value
}

type Path = readonly string[]

function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...placesIn(item, [...path, key])])
}

function withReplaced(value: unknown, [first, ...rest]: Path, replacement: unknown): unknown {
  if (first === undefined) return replacement
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const kept = key === first ? withReplaced(item, rest, replacement) : item
    return kept === REMOVED ? [] : [[key, kept]]
  })
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}
