import { describe, expect, it } from 'vitest'
import { decideAll, evidenceByKey, type Project } from '../../src/engine/index.ts'
import { CASE_FILES } from '../support/cases.ts'
import { datafileWith, experimentWith, flagWith, projectOf } from './datafile-builder.ts'

const USERS = Array.from({ length: 50 }, (_, index) => `user-${index}`)

/** Each decision of fifty users beside what is found by its keys, by which variations of one key are one. */
function foundAgain(project: Project): readonly (readonly [flagKey: string, decided: unknown, found: unknown])[] {
  return USERS.flatMap((userId) =>
    [...decideAll(project, { userId, attributes: {} }).decisions].flatMap(([flagKey, decision]) => {
      const flag = project.flags.get(flagKey)
      if (decision.kind === 'failed' || flag === undefined) return []
      const { source, rule, variation } = decision.evidence
      const found = evidenceByKey(project, flag, decision)
      return [[flagKey, { source, rule: rule?.id, variation: variation?.key }, keysOf(found)] as const]
    }),
  )
}

function keysOf(found: ReturnType<typeof evidenceByKey>): unknown {
  if (!found.ok) return found.error
  const { source, rule, variation } = found.value
  return { source, rule: rule?.id, variation: variation?.key }
}

function idsOf(found: ReturnType<typeof evidenceByKey>): unknown {
  if (!found.ok) return found.error
  const { source, rule, variation } = found.value
  return { source, rule: rule?.id, variation: variation?.id }
}

function find(fields: Record<string, unknown>, ruleKey: string | null, variationKey: string | null): unknown {
  const project = projectOf(datafileWith({ featureFlags: [flagWith({ rolloutId: 'r1' })], ...fields }))
  const flag = project.flags.get('flag')
  if (flag === undefined) throw new Error('There is no flag.')
  return idsOf(evidenceByKey(project, flag, { ruleKey, variationKey }))
}

describe('what a decision was made of', () => {
  it.each(CASE_FILES.map(({ name, datafile }) => [name, datafile] as const))(
    'is found by the keys that it has: %s',
    (_, datafile) => {
      const pairs = foundAgain(projectOf(datafile))
      expect(pairs.map(([flagKey, , found]) => [flagKey, found])).toEqual(
        pairs.map(([flagKey, decided]) => [flagKey, decided]),
      )
    },
  )

  const delivery = experimentWith({
    id: 'd1',
    key: 'exp',
    variations: [{ id: 'v2', key: 'other', featureEnabled: true }],
  })
  const both = { experiments: [experimentWith()], rollouts: [{ id: 'r1', experiments: [delivery] }] }

  it('is that rule of several with one key which has the variation', () => {
    expect(find(both, 'exp', 'on')).toEqual({ source: 'feature-test', rule: 'e1', variation: 'v1' })
    expect(find(both, 'exp', 'other')).toEqual({ source: 'rollout', rule: 'd1', variation: 'v2' })
  })

  const variations = [
    { id: 'v1', key: 'on', featureEnabled: false },
    { id: 'v8', key: 'whitelisted', featureEnabled: false },
    { id: 'v9', key: 'whitelisted', featureEnabled: true },
    { id: 'v10', key: 'on', featureEnabled: true },
  ]

  it.each([
    ['the one of a key that has traffic', 'on', 'v1'],
    ['the last of a key without traffic, as in the SDK', 'whitelisted', 'v9'],
  ])('is %s', (_, key, variation) => {
    expect(find({ experiments: [experimentWith({ variations })] }, 'exp', key)).toMatchObject({ variation })
  })

  it.each([
    ['a rule of no such key', 'gone', 'on', 'unknown_rule'],
    ['a key of a prototype', '__proto__', 'on', 'unknown_rule'],
    ['no such variation', 'exp', 'gone', 'unknown_variation'],
    ['a rule without a variation', 'exp', null, 'unknown_variation'],
    ['no such variation of the flag', null, 'gone', 'unknown_variation'],
  ])('is not found for %s', (_, ruleKey, variationKey, error) => {
    expect(find(both, ruleKey, variationKey)).toBe(error)
  })

  it('is nothing where nothing applied', () => {
    expect(find(both, null, null)).toEqual({ source: 'rollout', rule: undefined, variation: undefined })
  })
})
