import { describe, expect, it } from 'vitest'
import { LIMITS, parseDatafile, referenceWarnings } from '../../src/engine/index.ts'
import { datafileWith, errorsOf, experimentWith, flagWith } from './datafile-builder.ts'

function nested(levels: number): unknown {
  let conditions: unknown = 'a1'
  for (let level = 0; level < levels; level++) conditions = ['or', conditions]
  return conditions
}

function repeated<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

describe('a datafile is refused with the path of what is wrong', () => {
  const refused: [string, unknown, { code: string; path: string; found?: string }][] = [
    ['null', null, { code: 'wrong_type', path: '', found: 'null' }],
    ['an array', [], { code: 'wrong_type', path: '', found: 'an array of 0' }],
    ['a number', 4, { code: 'wrong_type', path: '', found: 'number 4' }],
    ['no version', { revision: '1' }, { code: 'unsupported_version', path: 'version', found: 'nothing' }],
    ['version 5', datafileWith({ version: '5' }), { code: 'unsupported_version', path: 'version', found: '"5"' }],
    ['the number 4 as version', datafileWith({ version: 4 }), { code: 'unsupported_version', path: 'version' }],
    ['no revision', { version: '4' }, { code: 'missing', path: 'revision' }],
    ['a numeric revision', datafileWith({ revision: 7 }), { code: 'wrong_type', path: 'revision', found: 'number 7' }],
    ['experiments that are an object', datafileWith({ experiments: {} }), { code: 'wrong_type', path: 'experiments' }],
    [
      'an experiment that is null',
      datafileWith({ experiments: [null] }),
      { code: 'wrong_type', path: 'experiments[0]' },
    ],
    [
      'an experiment without id',
      datafileWith({ experiments: [experimentWith({ id: undefined })] }),
      { code: 'missing', path: 'experiments[0].id' },
    ],
    [
      'an experiment without allocation',
      datafileWith({ experiments: [experimentWith({ trafficAllocation: undefined })] }),
      { code: 'missing', path: 'experiments[0].trafficAllocation' },
    ],
    [
      'a range that ends in a text',
      datafileWith({ experiments: [experimentWith({ trafficAllocation: [{ entityId: 'v1', endOfRange: '5' }] })] }),
      { code: 'wrong_type', path: 'experiments[0].trafficAllocation[0].endOfRange', found: '"5"' },
    ],
    [
      'a grouped experiment without key',
      datafileWith({
        groups: [{ id: 'g', policy: 'random', trafficAllocation: [], experiments: [experimentWith({ key: 1 })] }],
      }),
      { code: 'wrong_type', path: 'groups[0].experiments[0].key' },
    ],
    [
      'a rollout without experiments',
      datafileWith({ rollouts: [{ id: 'r' }] }),
      { code: 'missing', path: 'rollouts[0].experiments' },
    ],
    [
      'a flag without variables',
      datafileWith({ featureFlags: [flagWith({ variables: undefined })] }),
      { code: 'missing', path: 'featureFlags[0].variables' },
    ],
    [
      'experiment ids of numbers',
      datafileWith({ featureFlags: [flagWith({ experimentIds: [1] })] }),
      { code: 'wrong_type', path: 'featureFlags[0].experimentIds' },
    ],
    [
      'a variable whose default is no text',
      datafileWith({
        featureFlags: [flagWith({ variables: [{ id: '1', key: 'k', type: 'integer', defaultValue: 3 }] })],
      }),
      { code: 'wrong_type', path: 'featureFlags[0].variables[0].defaultValue' },
    ],
    [
      'a variation that is enabled by a text',
      datafileWith({
        experiments: [experimentWith({ variations: [{ id: 'v1', key: 'on', featureEnabled: 'true' }] })],
      }),
      { code: 'wrong_type', path: 'experiments[0].variations[0].featureEnabled' },
    ],
    [
      'a whitelist that is a list',
      datafileWith({ experiments: [experimentWith({ forcedVariations: ['u'] })] }),
      { code: 'wrong_type', path: 'experiments[0].forcedVariations' },
    ],
    [
      'an untyped audience whose conditions are not JSON',
      datafileWith({ audiences: [{ id: 'a1', name: 'A', conditions: '["or"' }] }),
      { code: 'malformed_json', path: 'audiences[0].conditions' },
    ],
    [
      'an untyped audience whose conditions are not a text',
      datafileWith({ audiences: [{ id: 'a1', name: 'A', conditions: ['or'] }] }),
      { code: 'wrong_type', path: 'audiences[0].conditions' },
    ],
    [
      'a null condition',
      datafileWith({ typedAudiences: [{ id: 'a1', name: 'A', conditions: ['or', null] }] }),
      { code: 'wrong_type', path: 'typedAudiences[0].conditions[1]' },
    ],
    [
      'a typed audience whose conditions are null',
      datafileWith({ typedAudiences: [{ id: 'a1', name: 'A', conditions: null }] }),
      { code: 'missing', path: 'typedAudiences[0].conditions', found: 'null' },
    ],
    [
      'a null condition in what is dropped of a tree',
      datafileWith({ typedAudiences: [{ id: 'a1', name: 'A', conditions: ['not', 'x', null] }] }),
      { code: 'wrong_type', path: 'typedAudiences[0].conditions[2]' },
    ],
    [
      'no list of experiments, to which those of rollouts belong',
      datafileWith({ experiments: null, rollouts: [{ id: 'r', experiments: [experimentWith()] }] }),
      { code: 'missing', path: 'experiments', found: 'null' },
    ],
    [
      'a Feature Rollout without variations',
      datafileWith({ experiments: [experimentWith({ type: 'fr', variations: undefined })] }),
      { code: 'missing', path: 'experiments[0].variations' },
    ],
    [
      'the traffic of a bandit that is a text',
      datafileWith({ experiments: [experimentWith({ cmab: { trafficAllocation: '5000' } })] }),
      { code: 'wrong_type', path: 'experiments[0].cmab.trafficAllocation', found: '"5000"' },
    ],
    [
      'audience conditions that are a number',
      datafileWith({ experiments: [experimentWith({ audienceConditions: 5 })] }),
      { code: 'wrong_type', path: 'experiments[0].audienceConditions' },
    ],
    [
      'conditions beyond the depth',
      datafileWith({ experiments: [experimentWith({ audienceConditions: nested(LIMITS.depth) })] }),
      { code: 'too_deep', path: `experiments[0].audienceConditions${'[1]'.repeat(LIMITS.depth - 2)}` },
    ],
    [
      'an audience text beyond the depth',
      datafileWith({ audiences: [{ id: 'a', name: 'A', conditions: '['.repeat(100_000) }] }),
      { code: 'too_deep', path: 'audiences[0].conditions' },
    ],
    [
      'a JSON default beyond the depth',
      datafileWith({
        featureFlags: [flagWith({ variables: [{ id: '1', key: 'k', type: 'json', defaultValue: '['.repeat(200) }] })],
      }),
      { code: 'too_deep', path: 'featureFlags[0].variables[0].defaultValue' },
    ],
    [
      'two experiments with one id',
      datafileWith({ experiments: [experimentWith(), experimentWith({ key: 'other' })] }),
      { code: 'duplicate_id', path: 'experiments[1].id', found: '"e1"' },
    ],
    [
      'an experiment and a delivery rule with one id',
      datafileWith({ experiments: [experimentWith()], rollouts: [{ id: 'r', experiments: [experimentWith()] }] }),
      { code: 'duplicate_id', path: 'rollouts[0].experiments[0].id' },
    ],
    [
      'two flags with one id',
      datafileWith({ featureFlags: [flagWith(), flagWith({ key: 'other' })] }),
      { code: 'duplicate_id', path: 'featureFlags[1].id' },
    ],
    [
      'too many flags',
      datafileWith({
        featureFlags: repeated(LIMITS.flags + 1, (index) => flagWith({ id: `${index}`, key: `k${index}` })),
      }),
      { code: 'too_many', path: '', found: `number ${LIMITS.flags + 1}` },
    ],
    [
      'too many rules',
      datafileWith({
        experiments: repeated(LIMITS.rules + 1, (index) => experimentWith({ id: `${index}`, key: `k${index}` })),
      }),
      { code: 'too_many', path: '', found: `number ${LIMITS.rules + 1}` },
    ],
    [
      'too many conditions',
      datafileWith({ experiments: [experimentWith({ audienceConditions: repeated(LIMITS.conditions, () => 'a') })] }),
      { code: 'too_many', path: '', found: `number ${LIMITS.conditions + 1}` },
    ],
  ]
  it.each(refused)('%s', (_, datafile, issue) => {
    expect(errorsOf(datafile)[0]).toMatchObject(issue)
  })

  it('names every issue of a file, not only the first', () => {
    const datafile = datafileWith({ experiments: [experimentWith({ id: 1, key: 2 })], featureFlags: [{ id: 'f' }] })
    expect(errorsOf(datafile).map(({ path }) => path)).toEqual([
      'experiments[0].id',
      'experiments[0].key',
      'featureFlags[0].key',
      'featureFlags[0].experimentIds',
      'featureFlags[0].variables',
    ])
  })

  it('lists a thousand issues and counts the rest', () => {
    const errors = errorsOf(datafileWith({ experiments: repeated(2_500, () => null) }))
    expect(errors).toHaveLength(LIMITS.issues + 1)
    expect(errors.at(-1)).toMatchObject({ code: 'too_many', found: '1500 more' })
  })

  it('quotes keys that are no names, and cuts long values', () => {
    const long = 'x'.repeat(500)
    const [issue] = errorsOf(datafileWith({ version: long }))
    expect(issue?.found).toBe(`"${'x'.repeat(80)}…"`)
  })
})

describe('a datafile is accepted', () => {
  it.each(['2', '3', '4'])('of version %s', (version) => {
    expect(errorsOf(datafileWith({ version, experiments: [experimentWith()], featureFlags: [flagWith()] }))).toEqual([])
  })

  it('with fields that nobody knows, however deep', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(errorsOf(datafileWith({ somethingNew: deep }))).toEqual([])
  })

  it('with hostile keys, as ordinary ones', () => {
    const text = `{"version":"4","revision":"1","__proto__":{"polluted":true},
      "experiments":[{"id":"__proto__","key":"constructor","status":"Running","trafficAllocation":[],
        "forcedVariations":{"__proto__":"hasOwnProperty"},"variations":[]}]}`
    const parsed = parseDatafile(JSON.parse(text))
    const experiment = parsed.ok ? parsed.value.datafile.experiments[0] : undefined
    expect(experiment?.forcedVariations?.get('__proto__')).toBe('hasOwnProperty')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('and is not changed by it', () => {
    const datafile = datafileWith({ experiments: [experimentWith()], featureFlags: [flagWith()] })
    const before = structuredClone(datafile)
    errorsOf(datafile)
    expect(datafile).toEqual(before)
  })
})

describe('what the SDKs tolerate is a warning', () => {
  const odd: [string, Record<string, unknown>, { code: string; path: string }][] = [
    [
      'an experiment id that leads nowhere',
      { featureFlags: [flagWith()] },
      { code: 'dangling_id', path: 'featureFlags[0].experimentIds' },
    ],
    [
      'a rollout id that leads nowhere',
      { featureFlags: [flagWith({ rolloutId: 'r', experimentIds: [] })] },
      { code: 'dangling_id', path: 'featureFlags[0].rolloutId' },
    ],
    [
      'a group id that leads nowhere',
      { experiments: [experimentWith({ groupId: 'g' })] },
      { code: 'dangling_id', path: 'experiments[0].groupId' },
    ],
    [
      'an audience id that leads nowhere',
      { experiments: [experimentWith({ audienceIds: ['a'] })] },
      { code: 'dangling_id', path: 'experiments[0].audienceIds' },
    ],
    [
      'a variation id that leads nowhere',
      { experiments: [experimentWith({ trafficAllocation: [{ entityId: 'nope', endOfRange: 10_000 }] })] },
      { code: 'dangling_id', path: 'experiments[0].trafficAllocation' },
    ],
    [
      'an allocation that falls',
      {
        experiments: [
          experimentWith({
            trafficAllocation: [
              { entityId: 'v1', endOfRange: 500 },
              { entityId: 'v1', endOfRange: 400 },
            ],
          }),
        ],
      },
      { code: 'unsorted_allocation', path: 'experiments[0].trafficAllocation' },
    ],
    [
      'two experiments with one key',
      { experiments: [experimentWith(), experimentWith({ id: 'e2' })] },
      { code: 'duplicate_key', path: 'experiments[1].key' },
    ],
    [
      'two flags with one key',
      { featureFlags: [flagWith({ experimentIds: [] }), flagWith({ id: 'f2', experimentIds: [] })] },
      { code: 'duplicate_key', path: 'featureFlags[1].key' },
    ],
  ]
  it.each(odd)('%s', (_, fields, warning) => {
    const parsed = parseDatafile(datafileWith(fields))
    expect(parsed.ok && referenceWarnings(parsed.value.datafile)).toContainEqual(expect.objectContaining(warning))
  })

  it.each([
    ['a condition of an unknown type', [{ type: 'custom_dimension', name: 'x', value: 1 }], 'unknown_value'],
    [
      'an unknown match type',
      ['or', { type: 'custom_attribute', name: 'x', match: 'regex', value: '.' }],
      'unknown_value',
    ],
    [
      'a tree that does not begin with its operator',
      [['or'], { type: 'custom_attribute', name: 'x', value: 1 }],
      'unknown_value',
    ],
  ])('%s', (_, conditions, code) => {
    const parsed = parseDatafile(datafileWith({ typedAudiences: [{ id: 'a', name: 'A', conditions }] }))
    expect(parsed.ok && parsed.value.warnings).toContainEqual(expect.objectContaining({ code }))
  })
})
