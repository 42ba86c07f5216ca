import { describe, expect, it } from 'vitest'
import { type Decision, decide, decideAll, decideForKeys, type Project } from '../../src/engine/index.ts'
import { datafileWith, experimentWith, flagWith, projectOf } from './datafile-builder.ts'

const user = { userId: 'u', attributes: {} }
const simple = projectOf(datafileWith({ experiments: [experimentWith()], featureFlags: [flagWith()] }))

describe('deciding', () => {
  it('gives the decision in the words of OptimizelyDecision', () => {
    expect(decide(simple, 'flag', user).decision).toMatchObject({
      kind: 'decided',
      flagKey: 'flag',
      enabled: true,
      variationKey: 'on',
      ruleKey: 'exp',
      variables: {},
      reasons: [],
    })
  })

  it('explains itself only when asked', () => {
    expect(decide(simple, 'flag', user, { includeReasons: true }).decision.reasons).toEqual([
      'Evaluating audiences for experiment "exp": [].',
      'Audiences for experiment exp collectively evaluated to TRUE.',
      expect.stringMatching(/^Assigned bucket \d+ to user with bucketing ID u\.$/),
      'User u is in variation on of experiment exp.',
    ])
  })

  it('answers an unknown flag with a failed decision that says so', () => {
    expect(decide(simple, 'nope', user).decision).toMatchObject({
      kind: 'failed',
      failure: { code: 'unknown_flag' },
      reasons: ['No flag was found for key "nope".'],
    })
  })

  it('hands back the profile when it changed, and leaves the one given as it was', () => {
    const profile = new Map([['other', 'v9']])
    const { profile: changed } = decide(simple, 'flag', { ...user, profile })
    expect(changed).toEqual(
      new Map([
        ['other', 'v9'],
        ['e1', 'v1'],
      ]),
    )
    expect(profile.size).toBe(1)
  })

  it('hands back no profile when nothing changed, or when it is to be ignored', () => {
    expect(decide(simple, 'flag', { ...user, profile: new Map([['e1', 'v1']]) }).profile).toBeNull()
    expect(decide(simple, 'flag', { ...user, profile: new Map() }, { ignoreUserProfile: true }).profile).toBeNull()
  })
})

describe('several flags', () => {
  const project = projectOf(
    datafileWith({
      experiments: [experimentWith(), experimentWith({ id: 'e2', key: 'grouped', groupId: 'nowhere' })],
      featureFlags: [
        flagWith({ id: 'f2', key: 'broken', experimentIds: ['e2'] }),
        flagWith(),
        flagWith({ id: 'f3', key: 'off', experimentIds: [] }),
      ],
    }),
  )

  it('are decided in datafile order', () => {
    expect([...decideAll(project, user).decisions.keys()]).toEqual(['broken', 'flag', 'off'])
  })

  it('come without those that are off when asked, but with those that failed', () => {
    const { decisions } = decideForKeys(project, ['off', 'nope', 'flag'], user, { enabledFlagsOnly: true })
    expect([...decisions.keys()]).toEqual(['nope', 'flag'])
  })

  it('are served beside one in a group that the datafile does not have', () => {
    const { decisions } = decideAll(project, user)
    expect(decisions.get('broken')).toMatchObject({
      kind: 'failed',
      failure: { code: 'unknown_group', groupId: 'nowhere' },
    })
    expect(decisions.get('flag')).toMatchObject({ kind: 'decided', variationKey: 'on' })
  })

  it('keep nobody in the variation of a flag that failed', () => {
    const nameless = experimentWith({
      id: 'e3',
      key: 'nameless',
      variations: [{ id: 'v3', key: '' }],
      trafficAllocation: [{ entityId: 'v3', endOfRange: 10_000 }],
    })
    const { decisions, profile } = decideAll(
      projectOf(
        datafileWith({
          experiments: [experimentWith(), nameless, experimentWith({ id: 'e2', key: 'grouped', groupId: 'nowhere' })],
          featureFlags: [flagWith({ id: 'f2', key: 'broken', experimentIds: ['e3', 'e2'] }), flagWith()],
        }),
      ),
      { ...user, profile: new Map() },
    )
    expect(decisions.get('broken')).toMatchObject({ kind: 'failed' })
    expect(profile).toEqual(new Map([['e1', 'v1']]))
  })

  it('are served beside one whose evaluation throws (F16)', () => {
    const cause = new Error('poison')
    const { decisions } = decideAll(poisoned(project, 'flag', cause), user)
    expect(decisions.get('flag')).toMatchObject({ kind: 'failed', failure: { code: 'evaluation_failed', cause } })
    expect(decisions.get('off')).toMatchObject({ kind: 'decided', enabled: false })
  })
})

function poisoned(project: Project, flagKey: string, cause: Error): Project {
  const test = () => {
    throw cause
  }
  const flags = new Map(project.flags)
  const flag = flags.get(flagKey)
  if (flag === undefined) throw new Error(`no flag ${flagKey}`)
  const experiments = flag.experiments?.map((rule) => ({ ...rule, audience: { ...rule.audience, test } })) ?? null
  return { ...project, flags: flags.set(flagKey, { ...flag, experiments }) }
}

describe('hostile names are ordinary names', () => {
  const text = JSON.stringify(
    datafileWith({
      typedAudiences: [
        {
          id: 'constructor',
          name: 'A',
          conditions: ['or', { type: 'custom_attribute', name: 'toString', match: 'exists' }],
        },
      ],
      experiments: [experimentWith({ audienceConditions: ['or', 'constructor'] })],
      featureFlags: [
        flagWith({ key: '__proto__', variables: [{ id: '1', key: '__proto__', type: 'string', defaultValue: 'd' }] }),
      ],
    }),
  )
  const project = projectOf(JSON.parse(text))
  const decisionFor = (attributes: Record<string, unknown>): Decision =>
    decide(project, '__proto__', { userId: 'u', attributes }).decision

  it('in flags and variables', () => {
    expect(Object.entries(decisionFor({}).variables)).toEqual([['__proto__', 'd']])
  })

  it('in attributes: what every object inherits does not exist', () => {
    expect(decisionFor({}).variationKey).toBeNull()
    expect(decisionFor({ toString: 'x' }).variationKey).toBe('on')
  })

  it('in flag keys that are asked for', () => {
    expect(decide(simple, 'constructor', user).decision.kind).toBe('failed')
  })
})

describe('variables are cast to their types', () => {
  const cast: [type: string, text: string, value: unknown][] = [
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['boolean', 'TRUE', null],
    ['integer', '12.9abc', 12],
    ['integer', 'x', null],
    ['double', '1.5x', 1.5],
    ['double', '', null],
    ['json', '{"a":[1]}', { a: [1] }],
    ['json', '{', null],
    ['string', '12', '12'],
    ['someday', 'as it is', 'as it is'],
  ]
  it.each(cast)('%s %j', (type, defaultValue, value) => {
    const variables = [{ id: '1', key: 'k', type, defaultValue }]
    const project = projectOf(datafileWith({ featureFlags: [flagWith({ experimentIds: [], variables })] }))
    expect(decide(project, 'flag', user).decision.variables).toEqual({ k: value })
  })

  it('a text with the subtype json is JSON', () => {
    const variables = [{ id: '1', key: 'k', type: 'string', subType: 'json', defaultValue: '[1]' }]
    const project = projectOf(datafileWith({ featureFlags: [flagWith({ experimentIds: [], variables })] }))
    expect(decide(project, 'flag', user).decision.variables).toEqual({ k: [1] })
  })

  it('and cannot be changed by who reads them', () => {
    const variables = [{ id: '1', key: 'k', type: 'json', defaultValue: '{"a":{"b":1}}' }]
    const project = projectOf(datafileWith({ featureFlags: [flagWith({ experimentIds: [], variables })] }))
    const read = decide(project, 'flag', user).decision.variables
    expect(Object.isFrozen(read)).toBe(true)
    expect(Object.isFrozen(read.k)).toBe(true)
  })
})
