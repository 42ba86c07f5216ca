/** Numbers that overflow, texts that hold what texts rarely hold, and files that are doubled (F10, F11, F13). */
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/base/json.ts'
import { type Decision, decide, LIMITS } from '../../src/engine/index.ts'
import { datafileWith, errorsOf, experimentWith, flagWith, projectOf } from './datafile-builder.ts'

const user = { userId: 'u', attributes: {} }

describe('numbers beyond all numbers', () => {
  const written = (endOfRange: string, value: string) =>
    JSON.stringify({
      ...datafileWith({
        typedAudiences: [
          {
            id: 'a1',
            name: 'A',
            conditions: ['not', { type: 'custom_attribute', name: 'n', match: 'gt', value: 'VALUE' }],
          },
        ],
        experiments: [
          experimentWith({ id: 'e1', trafficAllocation: [{ entityId: 'v1', endOfRange: 'END' }] }),
          experimentWith({ id: 'e2', key: 'targeted', audienceConditions: ['or', 'a1'] }),
        ],
        featureFlags: [flagWith(), flagWith({ id: 'f2', key: 'targeted', experimentIds: ['e2'] })],
      }),
    })
      .replace('"END"', endOfRange)
      .replace('"VALUE"', value)

  it.each([
    ['1e999', 'on'],
    ['-1e999', null],
    ['123456789012345678901234567890', 'on'],
    ['-5', null],
    ['-0', null],
    ['1e-400', null],
  ])('a range that ends at %s', (endOfRange, variationKey) => {
    const project = projectOf(JSON.parse(written(endOfRange, '0')))
    expect(decide(project, 'flag', user).decision).toMatchObject({ kind: 'decided', variationKey })
  })

  it.each(['1e999', '-1e999', '9007199254740994'])('a condition on %s is unknown, and so is its opposite', (value) => {
    const project = projectOf(JSON.parse(written('0', value)))
    const { decision } = decide(project, 'targeted', { userId: 'u', attributes: { n: 1 } })
    expect(decision).toMatchObject({ kind: 'decided', variationKey: null })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53 + 2])(
    'a user who has %d is compared with nothing',
    (n) => {
      const project = projectOf(JSON.parse(written('0', '5')))
      const { decision } = decide(project, 'targeted', { userId: 'u', attributes: { n } })
      expect(decision).toMatchObject({ kind: 'decided', variationKey: null })
    },
  )
})

describe('texts', () => {
  it.each([
    ['NUL', 'a\u0000b'],
    ['a byte order mark', '\ufeffa'],
    ['a lone surrogate', '\ud800'],
    ['the other half', 'a\udc00'],
    ['a line separator', '\u2028'],
    ['nothing', ''],
    ['a placeholder', '%s'],
    ['a replacement pattern', '$&'],
    ['64 thousand characters', 'x'.repeat(65_536)],
  ])('with %s are names like others', (_, name) => {
    expect(decisionOfName(name)).toMatchObject({ kind: 'decided', flagKey: name, ruleKey: name, enabled: true })
  })

  function decisionOfName(name: string): Decision {
    const project = projectOf(
      datafileWith({
        experiments: [
          experimentWith({
            id: `${name}1`,
            key: name,
            variations: [{ id: `${name}2`, key: `${name}3`, featureEnabled: true }],
            trafficAllocation: [{ entityId: `${name}2`, endOfRange: 10_000 }],
          }),
        ],
        featureFlags: [flagWith({ key: name, experimentIds: [`${name}1`] })],
      }),
    )
    return decide(project, name, { userId: name, attributes: {} }, { includeReasons: true }).decision
  }

  it('that begin with a byte order mark are no JSON', () => {
    expect(parseJson(`\ufeff${JSON.stringify(datafileWith())}`)).toMatchObject({ error: { code: 'malformed_json' } })
  })
})

describe('a doubled file is refused by its ids', () => {
  const rollout = { id: 'r1', experiments: [experimentWith({ id: 'd1', key: 'delivery' })] }
  const group = {
    id: 'g1',
    policy: 'random',
    trafficAllocation: [],
    experiments: [experimentWith({ id: 'e2', key: 'grouped' })],
  }
  const whole = { experiments: [experimentWith()], featureFlags: [flagWith()], rollouts: [rollout], groups: [group] }

  it.each([
    ['experiments', 'experiments[1].id'],
    ['featureFlags', 'featureFlags[1].id'],
    ['rollouts', 'rollouts[1].experiments[0].id'],
    ['groups', 'groups[1].experiments[0].id'],
  ] as const)('%s twice', (list, path) => {
    const doubled = { ...whole, [list]: [...whole[list], ...whole[list]] }
    expect(errorsOf(datafileWith(doubled))).toMatchObject([{ code: 'duplicate_id', path }])
  })

  it('the rules of a rollout twice', () => {
    const rollouts = [{ ...rollout, experiments: [...rollout.experiments, ...rollout.experiments] }]
    const path = 'rollouts[0].experiments[1].id'
    expect(errorsOf(datafileWith({ ...whole, rollouts }))).toMatchObject([{ code: 'duplicate_id', path }])
  })
})

describe('lists that multiply are refused', () => {
  const rules = Array.from({ length: 2_000 }, (_, index) => experimentWith({ id: `d${index}`, key: `d${index}` }))

  it('many flags over one large rollout', () => {
    const rollouts = [{ id: 'r1', experiments: rules }]
    const featureFlags = Array.from({ length: 500 }, (_, index) =>
      flagWith({ id: `f${index}`, key: `f${index}`, experimentIds: [], rolloutId: 'r1' }),
    )
    expect(errorsOf(datafileWith({ experiments: [], rollouts, featureFlags }))).toMatchObject([
      { code: 'too_many', found: `number ${500 * 2_000 * 2}`, expected: expect.stringContaining(`${LIMITS.listed}`) },
    ])
  })

  it('a flag that lists one experiment without end', () => {
    const experimentIds = Array.from({ length: LIMITS.listed / 2 + 1 }, () => 'e1')
    const featureFlags = [flagWith({ experimentIds })]
    expect(errorsOf(datafileWith({ experiments: [experimentWith()], featureFlags }))[0]).toMatchObject({
      code: 'too_many',
    })
  })

  it('more holdouts than rules are allowed', () => {
    const holdouts = Array.from({ length: LIMITS.rules + 1 }, (_, index) => experimentWith({ id: `h${index}` }))
    expect(errorsOf(datafileWith({ holdouts }))[0]).toMatchObject({ code: 'too_many' })
  })
})
