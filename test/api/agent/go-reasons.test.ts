import { describe, expect, test } from 'vitest'
import { goReasons } from '../../../src/api/agent/go-reasons.ts'
import { compile, decide, parseDatafile, type UserContext } from '../../../src/engine/index.ts'

const NOBODY = [{ entityId: 'v', endOfRange: 0 }]
const PROS = { audienceConditions: ['or', 'pros'] }

function rule(id: string, more: object = {}): object {
  return {
    id,
    key: `${id}-key`,
    layerId: 'l',
    status: 'Running',
    forcedVariations: {},
    audienceIds: [],
    variations: [{ id: `v-${id}`, key: 'on', featureEnabled: true }],
    trafficAllocation: [{ entityId: `v-${id}`, endOfRange: 10_000 }],
    ...more,
  }
}

interface Parts {
  readonly experiments?: readonly object[]
  readonly deliveries?: readonly object[]
  readonly more?: object
}

/** Reasons for the flag `flag`, in both words. */
function reasonsOf({ experiments = [], deliveries = [], more = {} }: Parts, user: Partial<UserContext> = {}) {
  const parsed = parseDatafile({
    version: '4',
    revision: '1',
    accountId: '1',
    projectId: '1',
    featureFlags: [
      {
        id: 'f',
        key: 'flag',
        rolloutId: deliveries.length > 0 ? 'r' : '',
        experimentIds: experiments.map((each) => (each as { id: string }).id),
        variables: [],
      },
    ],
    rollouts: [{ id: 'r', experiments: deliveries }],
    experiments,
    groups: [],
    audiences: [],
    typedAudiences: [
      {
        id: 'pros',
        name: 'Pros',
        conditions: ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }],
      },
    ],
    attributes: [{ id: 'a', key: 'plan' }],
    events: [],
    ...more,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const project = compile(parsed.value.datafile)
  const who = { userId: 'u', attributes: {}, ...user }
  const { decision } = decide(project, 'flag', who, { includeReasons: true })
  return { javascript: decision.reasons, go: goReasons(decision, who.userId, project) }
}

function holdout(key: string, more: object = {}): object {
  const variations = [{ id: `hv-${key}`, key: 'out', featureEnabled: false }]
  const trafficAllocation = [{ entityId: `hv-${key}`, endOfRange: 10_000 }]
  return { id: `h-${key}`, key, status: 'Running', audienceIds: [], variations, trafficAllocation, ...more }
}

const NONE = [{ entityId: 'hv', endOfRange: 0 }]

describe("an experiment's reasons in Go", () => {
  test('name nothing but the audience where the user is in', () => {
    expect(reasonsOf({ experiments: [rule('e')] }).go).toEqual([
      'Audiences for experiment e-key collectively evaluated to true.',
    ])
  })

  test('tell that the user is not meant, and of a rollout that is not there', () => {
    expect(reasonsOf({ experiments: [rule('e', PROS)] }).go).toEqual([
      'Audiences for experiment e-key collectively evaluated to false.',
      'User "u" does not meet conditions to be in experiment "e-key".',
      'Rollout with ID "" is not in the datafile.',
    ])
  })

  test('tell of the list', () => {
    const listed = (key: string) => [rule('e', { forcedVariations: { u: key } })]
    expect(reasonsOf({ experiments: listed('on') }).go).toEqual([
      'User "u" is whitelisted into variation "on" of experiment "e-key".',
    ])
    expect(reasonsOf({ experiments: listed('gone') }).go).toEqual([
      'User "u" is whitelisted into variation "gone", which is not in the datafile.',
      'Audiences for experiment e-key collectively evaluated to true.',
    ])
  })

  test('tell of the profile', () => {
    expect(reasonsOf({ experiments: [rule('e')] }, { profile: new Map([['e', 'v-e']]) }).go).toEqual([
      'User "u" was previously bucketed into variation "on" of experiment "e-key".',
    ])
  })

  test('tell of an override', () => {
    expect(reasonsOf({ experiments: [rule('e')] }, { overrides: new Map([['e-key', 'on']]) }).go).toEqual([
      'Override variation on found for user u',
    ])
  })

  test('say nothing of buckets', () => {
    const { go, javascript } = reasonsOf({ experiments: [rule('e', { trafficAllocation: NOBODY })] })
    expect(javascript).toContain('User u is in no variation of experiment e-key.')
    expect(go).toEqual([
      'Audiences for experiment e-key collectively evaluated to true.',
      'Rollout with ID "" is not in the datafile.',
    ])
  })

  test.each([
    ['User u is not in any experiment of group g.', NOBODY],
    ['User u is not in experiment e-key of group g.', [{ entityId: 'other', endOfRange: 10_000 }]],
    ['User u is in experiment e-key of group g.', [{ entityId: 'e', endOfRange: 10_000 }]],
  ])('say nothing of groups: %s', (text, trafficAllocation) => {
    const groups = [{ id: 'g', policy: 'random', trafficAllocation, experiments: [rule('e', { groupId: 'g' })] }]
    const featureFlags = [{ id: 'f', key: 'flag', rolloutId: 'r', experimentIds: ['e'], variables: [] }]
    const { go, javascript } = reasonsOf({ more: { groups, featureFlags } })
    expect(javascript).toContain(text)
    expect(go).toEqual(['Audiences for experiment e-key collectively evaluated to true.'])
  })

  test('stay as they are where no words of Go are known', () => {
    expect(reasonsOf({ experiments: [rule('e', { status: 'Paused' })] }).go[0]).toBe('Experiment e-key is not running.')
    expect(
      reasonsOf({ experiments: [rule('e', { cmab: { attributeIds: [], trafficAllocation: 10_000 } })] }).go[1],
    ).toBe('CMAB is not supported in sync mode.')
  })
})

describe("a delivery's reasons in Go", () => {
  test('call the rule by its key where it is entered, and by its number where it is not', () => {
    const deliveries = [rule('d1', PROS), rule('d2'), rule('d3')]
    expect(reasonsOf({ deliveries }).go).toEqual([
      'User "u" does not meet conditions for targeting rule 1.',
      'Audiences for experiment d2-key collectively evaluated to true.',
    ])
  })

  test('name everyone else', () => {
    expect(reasonsOf({ deliveries: [rule('d1', { trafficAllocation: NOBODY }), rule('d2')] }).go).toEqual([
      'Audiences for experiment d1-key collectively evaluated to true.',
      'Audiences for experiment d2-key collectively evaluated to true.',
      'User "u" meets conditions for targeting rule "Everyone Else".',
    ])
  })

  test('say nothing where everyone else is not meant', () => {
    expect(reasonsOf({ deliveries: [rule('d1', PROS)] }).go).toEqual([])
  })
})

describe("a holdout's reasons in Go", () => {
  test('call it a holdout, with its variation where it belongs', () => {
    const { go, javascript } = reasonsOf({ more: { holdouts: [holdout('hold')] } })
    expect(javascript).toContain('User u is in variation hold of holdout out.')
    expect(go).toEqual([
      'Audiences for holdout hold collectively evaluated to true.',
      'User u meets conditions for holdout hold.',
      'User u is in variation out of holdout hold.',
    ])
  })

  test('tell why it does not hold', () => {
    const holdouts = [
      holdout('h1', { status: 'Draft' }),
      holdout('h2', PROS),
      holdout('h3', { trafficAllocation: NONE }),
    ]
    expect(reasonsOf({ more: { holdouts } }).go).toEqual([
      'Holdout h1 is not running.',
      'Audiences for holdout h2 collectively evaluated to false.',
      'User u does not meet conditions for holdout h2.',
      'Audiences for holdout h3 collectively evaluated to true.',
      'User u meets conditions for holdout h3.',
      'User u is in no holdout variation.',
      'Rollout with ID "" is not in the datafile.',
    ])
  })

  test('call one of a rule local, and name the rule', () => {
    const localHoldouts = [holdout('near', { includedRules: ['d1', 'd2'], trafficAllocation: NONE })]
    const deliveries = [rule('d1', PROS), rule('d2')]
    expect(reasonsOf({ deliveries, more: { localHoldouts } }).go).toEqual([
      'Audiences for holdout near collectively evaluated to true.',
      'User u meets conditions for local holdout near.',
      'User u is not bucketed into local holdout near for rule d1.',
      'User "u" does not meet conditions for targeting rule 1.',
      'Audiences for holdout near collectively evaluated to true.',
      'User u meets conditions for local holdout near.',
      'User u is not bucketed into local holdout near for rule d2.',
      'Audiences for experiment d2-key collectively evaluated to true.',
      'User "u" meets conditions for targeting rule "Everyone Else".',
    ])
  })

  test('tell that a local one holds', () => {
    const localHoldouts = [holdout('near', { includedRules: ['e'] })]
    expect(reasonsOf({ experiments: [rule('e')], more: { localHoldouts } }).go).toEqual([
      'Audiences for holdout near collectively evaluated to true.',
      'User u meets conditions for local holdout near.',
      'User u is in variation out of local holdout near for rule e.',
    ])
  })

  test('tell why a local one does not', () => {
    const localHoldouts = [
      holdout('paused', { includedRules: ['e'], status: 'Concluded' }),
      holdout('pros', { includedRules: ['e'], ...PROS }),
    ]
    expect(reasonsOf({ experiments: [rule('e')], more: { localHoldouts } }).go).toEqual([
      'Local holdout paused is not running.',
      'Audiences for holdout pros collectively evaluated to false.',
      'User u does not meet conditions for local holdout pros.',
      'Audiences for experiment e-key collectively evaluated to true.',
    ])
  })
})

describe('a user or a key that looks like a reason', () => {
  test.each([
    'u is in variation x of experiment y.',
    'meets conditions for targeting rule 1.',
    'x" of experiment "y',
    '',
    '\n',
    '(.*)$&',
  ])('is told as it is: %j', (userId) => {
    expect(reasonsOf({ experiments: [rule('e', PROS)], deliveries: [rule('d')] }, { userId }).go).toEqual([
      'Audiences for experiment e-key collectively evaluated to false.',
      `User "${userId}" does not meet conditions to be in experiment "e-key".`,
      'Audiences for experiment d-key collectively evaluated to true.',
      `User "${userId}" meets conditions for targeting rule "Everyone Else".`,
    ])
  })

  test.each(['x collectively evaluated to TRUE.', 'a" of experiment "b', 'two\nlines', '$&'])(
    'also a key: %j',
    (key) => {
      expect(reasonsOf({ experiments: [rule('e', { key, ...PROS })] }).go.slice(0, 2)).toEqual([
        `Audiences for experiment ${key} collectively evaluated to false.`,
        `User "u" does not meet conditions to be in experiment "${key}".`,
      ])
    },
  )
})

test('a flag that is not there keeps its reason', () => {
  const parsed = parseDatafile({ version: '4', revision: '1', accountId: '1', projectId: '1', featureFlags: [] })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const project = compile(parsed.value.datafile)
  const { decision } = decide(project, 'nope', { userId: 'u', attributes: {} })
  expect(goReasons(decision, 'u', project)).toEqual(['No flag was found for key "nope".'])
})
