import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJsonObject, type JsonValue } from '../../src/base/json.ts'
import { attributeTest } from '../../src/engine/audience/match.ts'
import type { UserContext } from '../../src/engine/index.ts'
import { leafCondition } from './generate-audience.ts'
import { question } from './generate-question.ts'

/** What decisions show is only whether an audience held; here it is seen that every condition comes to everything it can. */
const results = resultsByMatch()

const MATCHES = [
  'exact',
  'gt',
  'ge',
  'lt',
  'le',
  'substring',
  'semver_eq',
  'semver_gt',
  'semver_ge',
  'semver_lt',
  'semver_le',
]

describe('generated conditions meet generated users', () => {
  it.each([...MATCHES, 'no match type'])('%s: true, false and unknown', (match) => {
    expect(results.get(match)).toEqual({
      true: expect.any(Number),
      false: expect.any(Number),
      null: expect.any(Number),
    })
  })

  it('exists: true and false, never unknown', () => {
    expect(Object.keys(results.get('exists') ?? {}).toSorted()).toEqual(['false', 'true'])
  })

  it('a match type that is not known: unknown', () => {
    expect(Object.keys(results.get('regex') ?? {})).toEqual(['null'])
  })
})

type Counts = Readonly<Record<string, number>>

function resultsByMatch(): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Record<string, number>>()
  const users = fc.sample(question, { numRuns: 200, seed: 1 }).map(({ user }) => user)
  for (const leaf of fc.sample(leafCondition, { numRuns: 2_000, seed: 1 })) {
    if (!isJsonObject(leaf) || leaf.type !== 'custom_attribute') continue
    const match = leaf.match === undefined ? 'no match type' : String(leaf.match)
    const tally = counts.get(match) ?? {}
    counts.set(match, tally)
    for (const result of resultsOf(leaf, users)) tally[String(result)] = (tally[String(result)] ?? 0) + 1
  }
  return counts
}

function resultsOf({ name, match, value }: Readonly<Record<string, JsonValue>>, users: readonly UserContext[]) {
  const test = attributeTest({ kind: 'attribute', name: String(name), match, value })
  return users.map((user) => test(user))
}
