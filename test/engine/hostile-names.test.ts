/** Names that every object inherits, and that promises and JSON look for, are ordinary names wherever one may stand (S9, F12). */
import { describe, expect, it } from 'vitest'
import { decide, decideAll, type Project, type UserContext } from '../../src/engine/index.ts'
import { datafileWith, experimentWith, flagWith, projectOf } from './datafile-builder.ts'

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON']

/** A datafile whose every id and key is the name, read from a text as datafiles are. */
function projectOfName(name: string): Project {
  const variation = {
    id: name,
    key: name,
    featureEnabled: true,
    variables: [{ id: name, value: 'set' }],
  }
  const rule = experimentWith({
    id: name,
    key: name,
    variations: [variation],
    trafficAllocation: [{ entityId: name, endOfRange: 10_000 }],
    audienceConditions: ['or', name],
  })
  const everyone = { ...rule, id: `${name}-delivery`, audienceConditions: [] }
  const conditions = ['or', { type: 'custom_attribute', name, match: 'exact', value: name }]
  const variables = [{ id: name, key: name, type: 'string', defaultValue: 'default' }]
  const text = JSON.stringify(
    datafileWith({
      typedAudiences: [{ id: name, name, conditions }],
      groups: [
        {
          id: name,
          policy: 'random',
          trafficAllocation: [{ entityId: name, endOfRange: 10_000 }],
          experiments: [rule],
        },
      ],
      experiments: [],
      rollouts: [{ id: name, experiments: [everyone] }],
      featureFlags: [flagWith({ id: name, key: name, experimentIds: [name], rolloutId: name, variables })],
      localHoldouts: [{ ...rule, id: 'h', includedRules: [name], trafficAllocation: [] }],
      attributes: [{ id: name, key: name }],
    }),
  )
  return projectOf(JSON.parse(text))
}

/** An object whose own key is the name, also `__proto__`. */
function own(name: string, value: unknown): Record<string, unknown> {
  return Object.fromEntries([[name, value]])
}

describe.each(NAMES)('%s is a name like others', (name) => {
  const project = projectOfName(name)
  const decisionFor = (user: UserContext) => decide(project, name, user).decision

  it('of a flag, an experiment, a group, a variation, an audience and a variable', () => {
    const decision = decisionFor({ userId: 'u', attributes: own(name, name) })
    expect(decision).toMatchObject({ kind: 'decided', flagKey: name, ruleKey: name, variationKey: name, enabled: true })
    expect(Object.entries(decision.variables)).toEqual([[name, 'set']])
  })

  it('of an attribute, which a user without it does not have: the rollout decides', () => {
    const { decision } = decide(project, name, { userId: 'u', attributes: {} })
    expect(decision).toMatchObject({ kind: 'decided', evidence: { source: 'rollout' } })
  })

  it('among all flags', () => {
    expect([...decideAll(project, { userId: 'u', attributes: {} }).decisions.keys()]).toEqual([name])
  })

  it('of a user, an experiment in a profile, and what is forced', () => {
    const forced = { flagKey: name, ruleKey: name, variationKey: name }
    const user = { userId: name, attributes: {}, profile: new Map([[name, name]]) }
    expect(decisionFor(user)).toMatchObject({ variationKey: name, evidence: { source: 'feature-test' } })
    expect(decisionFor({ userId: name, attributes: {}, forcedDecisions: [forced] })).toMatchObject({
      variationKey: name,
      evidence: { source: 'feature-test' },
    })
  })

  it('of an experiment in the attribute for sticky assignments', () => {
    const attributes = { $opt_experiment_bucket_map: own(name, { variation_id: name }) }
    expect(decisionFor({ userId: 'u', attributes })).toMatchObject({ evidence: { source: 'feature-test' } })
  })

  it('and changes no object but its own', () => {
    decisionFor({ userId: name, attributes: own(name, { polluted: true }) })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(Reflect.ownKeys(Object.prototype).toSorted()).toEqual(PROTOTYPE_KEYS)
  })
})

const PROTOTYPE_KEYS = Reflect.ownKeys(Object.prototype).toSorted()

describe.each(NAMES)('%s does not exist unless the datafile has it', (name) => {
  const project = projectOf(
    datafileWith({
      experiments: [
        experimentWith({ id: 'e1', key: 'in_audience', audienceConditions: ['or', name] }),
        experimentWith({ id: 'e2', key: 'to_variation', trafficAllocation: [{ entityId: name, endOfRange: 10_000 }] }),
      ],
      featureFlags: [
        flagWith({ id: 'f1', key: 'audience', experimentIds: ['e1'] }),
        flagWith({ id: 'f2', key: 'variation', experimentIds: ['e2'] }),
        flagWith({ id: 'f3', key: 'rollout', experimentIds: [], rolloutId: name }),
      ],
    }),
  )
  const user = { userId: 'u', attributes: {}, profile: new Map([['e1', name]]) }

  it('as a flag', () => {
    expect(decide(project, name, user).decision).toMatchObject({ kind: 'failed', failure: { code: 'unknown_flag' } })
  })

  it.each(['audience', 'variation', 'rollout'])('as a reference to %s', (flagKey) => {
    expect(decide(project, flagKey, user).decision).toMatchObject({ kind: 'decided', variationKey: null })
  })
})
