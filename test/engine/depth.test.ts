/**
 * Texts of any depth are read without a stack overflow (F09): what is walked has a limit, and what has none is not
 * walked. Uploads are held to the limit as a whole; these files have come past it, straight into KV.
 */
import { describe, expect, it } from 'vitest'
import { decide, LIMITS, parseDatafile, referenceWarnings } from '../../src/engine/index.ts'
import { datafileWith, errorsOf, experimentWith, flagWith, projectOf } from './datafile-builder.ts'

/** Far beyond what a recursive walk survives. */
const BOMB = nestedArrays(200_000)
const BOMB_TEXT = `${'['.repeat(200_000)}${']'.repeat(200_000)}`

function nestedArrays(levels: number): unknown {
  let value: unknown = []
  for (let level = 1; level < levels; level++) value = [value]
  return value
}

function nestedConditions(levels: number, innermost: unknown): unknown {
  let conditions = innermost
  for (let level = 0; level < levels; level++) conditions = ['or', conditions]
  return conditions
}

function ofExperiment(fields: Record<string, unknown>): Record<string, unknown> {
  return datafileWith({ experiments: [experimentWith(fields)], featureFlags: [flagWith()] })
}

function ofCondition(fields: Record<string, unknown>): Record<string, unknown> {
  const conditions = ['or', { type: 'custom_attribute', name: 'a', match: 'exact', value: 'x', ...fields }]
  const audiences = { typedAudiences: [{ id: 'a1', name: 'A', conditions }] }
  return { ...ofExperiment({ audienceConditions: ['or', 'a1'] }), ...audiences }
}

function ofVariable(defaultValue: string, value: string, type = 'json'): Record<string, unknown> {
  const variations = [{ id: 'v1', key: 'on', featureEnabled: true, variables: [{ id: 'x', value }] }]
  const featureFlags = [flagWith({ variables: [{ id: 'x', key: 'x', type, defaultValue }] })]
  return { ...ofExperiment({ variations }), featureFlags }
}

describe('a bomb where the engine walks is refused', () => {
  const refused: [string, Record<string, unknown>, { code: string; path: string }][] = [
    [
      'in the conditions of a typed audience',
      datafileWith({ typedAudiences: [{ id: 'a', name: 'A', conditions: BOMB }] }),
      { code: 'too_deep', path: expect.stringMatching(/^typedAudiences\[0\]\.conditions/) },
    ],
    [
      'in the conditions of an untyped audience',
      datafileWith({ audiences: [{ id: 'a', name: 'A', conditions: BOMB_TEXT }] }),
      { code: 'too_deep', path: 'audiences[0].conditions' },
    ],
    [
      'in audience conditions',
      ofExperiment({ audienceConditions: BOMB }),
      { code: 'too_deep', path: expect.stringMatching(/^experiments\[0\]\.audienceConditions/) },
    ],
    [
      'in audience conditions, inside what is no id',
      ofExperiment({ audienceConditions: ['or', { deep: BOMB }] }),
      { code: 'wrong_type', path: 'experiments[0].audienceConditions[1]' },
    ],
    [
      'in audience ids',
      ofExperiment({ audienceIds: BOMB }),
      { code: 'too_deep', path: expect.stringMatching(/^experiments\[0\]\.audienceIds/) },
    ],
    [
      'in the default of a JSON variable',
      ofVariable(BOMB_TEXT, '1'),
      { code: 'too_deep', path: 'featureFlags[0].variables[0].defaultValue' },
    ],
    [
      'in what a variation sets a variable to',
      ofVariable('1', BOMB_TEXT),
      { code: 'too_deep', path: 'experiments[0].variations[0].variables[0].value' },
    ],
    [
      'in place of the name of an attribute',
      ofCondition({ name: BOMB }),
      { code: 'wrong_type', path: 'typedAudiences[0].conditions[1].name' },
    ],
    [
      'in the rules of a local holdout',
      datafileWith({ localHoldouts: [{ ...experimentWith(), includedRules: [BOMB] }] }),
      { code: 'wrong_type', path: 'localHoldouts[0].includedRules' },
    ],
    [
      'in the attributes of a bandit',
      ofExperiment({ cmab: { trafficAllocation: 1, attributeIds: [BOMB] } }),
      { code: 'wrong_type', path: 'experiments[0].cmab.attributeIds' },
    ],
    [
      'in the experiments of an event',
      datafileWith({ events: [{ id: '1', key: 'e', experimentIds: [BOMB] }] }),
      { code: 'wrong_type', path: 'events[0].experimentIds' },
    ],
    ['in place of a list', datafileWith({ experiments: BOMB }), { code: 'wrong_type', path: 'experiments[0]' }],
    ['in place of an id', ofExperiment({ id: BOMB }), { code: 'wrong_type', path: 'experiments[0].id' }],
    [
      'in place of a whitelist',
      ofExperiment({ forcedVariations: { u: BOMB } }),
      { code: 'wrong_type', path: 'experiments[0].forcedVariations' },
    ],
  ]
  it.each(refused)('%s', (_, datafile, issue) => {
    expect(errorsOf(datafile)[0]).toMatchObject(issue)
  })
})

describe('a bomb where nobody looks does not go off', () => {
  const accepted: [string, Record<string, unknown>][] = [
    ['in a field that is not known', { ...ofExperiment({}), somethingNew: BOMB }],
    ['in a field of a rule that is not known', ofExperiment({ somethingNew: BOMB })],
    ['in the value of a condition', ofCondition({ value: BOMB })],
    ['in the match type of a condition', ofCondition({ match: BOMB })],
    ['in the type of a condition', ofCondition({ type: BOMB })],
    ['in a condition that is not known', ofCondition({ somethingNew: BOMB })],
    ['in a text that is no JSON', ofVariable('x', `${'['.repeat(300)}`, 'string')],
  ]
  it.each(accepted)('%s', (_, datafile) => {
    const user = { userId: 'u', attributes: { a: 'y' } }
    const { decision } = decide(projectOf(datafile), 'flag', user, { includeReasons: true })
    expect(decision.kind).toBe('decided')
  })

  it.each(accepted)('%s, nor when it is looked for warnings', (_, datafile) => {
    const parsed = parseDatafile(datafile)
    expect(parsed.ok && referenceWarnings(parsed.value.datafile)).toBeInstanceOf(Array)
  })

  it('in an attribute of the user', () => {
    const user = { userId: 'u', attributes: { a: BOMB, $opt_bucketing_id: BOMB, $opt_experiment_bucket_map: BOMB } }
    expect(decide(projectOf(ofCondition({})), 'flag', user, { includeReasons: true }).decision.kind).toBe('decided')
  })
})

describe('the limit itself', () => {
  it('is decided by, in conditions and in variables', () => {
    const leaf = { type: 'custom_attribute', name: 'a', match: 'exact', value: 'x' }
    // Where an audience is, its conditions are three levels down already: typedAudiences, index, conditions.
    const levels = LIMITS.depth - 2
    const text = `${'['.repeat(LIMITS.depth)}${']'.repeat(LIMITS.depth)}`
    const project = projectOf({
      ...ofVariable('1', text),
      experiments: [
        experimentWith({
          audienceConditions: nestedConditions(levels, 'a1'),
          variations: [{ id: 'v1', key: 'on', featureEnabled: true, variables: [{ id: 'x', value: text }] }],
        }),
      ],
      typedAudiences: [{ id: 'a1', name: 'A', conditions: nestedConditions(levels, leaf) }],
    })
    const { decision } = decide(project, 'flag', { userId: 'u', attributes: { a: 'x' } }, { includeReasons: true })
    expect(decision).toMatchObject({ kind: 'decided', variationKey: 'on' })
    expect(JSON.stringify(decision.variables)).toBe(`{"x":${text}}`)
  })
})
