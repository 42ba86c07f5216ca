import { describe, expect, test } from 'vitest'
import { goReasons } from '../../../src/api/agent/go-reasons.ts'
import {
  compile,
  type Datafile,
  decide,
  type Project,
  parseDatafile,
  type UserContext,
} from '../../../src/engine/index.ts'
import type { LoadedDatafile } from '../../../src/store/datafile-store.ts'

const NOBODY = [{ entityId: 'v', endOfRange: 0 }]
const PROS = { audienceConditions: ['or', 'pros'] }
/** Somebody of whom it is known that they are not meant: without the attribute an audience cannot be evaluated. */
const FREE = { attributes: { plan: 'free' } }

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

function loadedOf(datafile: Datafile, project: Project): LoadedDatafile {
  return { datafile, project, stamp: { generation: 1, revision: '1', sha256: '' }, textUnits: 0 }
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
  return { javascript: decision.reasons, go: goReasons(decision, who, loadedOf(parsed.value.datafile, project)) }
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
    expect(reasonsOf({ experiments: [rule('e', PROS)] }, FREE).go).toEqual([
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

describe("a bandit's reasons in Go", () => {
  const bandit = (more: object = {}) => [rule('e', { cmab: { attributeIds: [], trafficAllocation: 10_000 }, ...more })]
  const of = (variationId: string) => new Map([['e', { variationId, cmabUuid: 'uuid' }]])
  const IN = 'Audiences for experiment e-key collectively evaluated to true.'
  const OUT = 'Audiences for experiment e-key collectively evaluated to false.'
  const NO_ROLLOUT = 'Rollout with ID "" is not in the datafile.'

  test('name the variation that it has', () => {
    const { go } = reasonsOf({ experiments: bandit() }, { predictions: of('v-e') })
    expect(go).toEqual([IN, 'User bucketed into variation on by CMAB service'])
  })

  test('tell that it has none', () => {
    const { go } = reasonsOf({ experiments: bandit() }, { predictions: new Map([['e', null]]) })
    expect(go).toEqual([IN, 'Failed to fetch CMAB data for experiment e-key.'])
  })

  test('tell that the user is not in its traffic, and of the experiment without it', () => {
    const cmab = { attributeIds: [], trafficAllocation: 0 }
    const { go } = reasonsOf({ experiments: bandit({ cmab }) }, { predictions: new Map() })
    expect(go).toEqual([IN, 'User u not in CMAB experiment e-key due to traffic allocation', IN, NO_ROLLOUT])
  })

  test('tell that the user is not meant, and of the experiment without it', () => {
    const { go } = reasonsOf({ experiments: bandit(PROS) }, { ...FREE, predictions: new Map() })
    expect(go).toEqual([
      OUT,
      'User u not in audience for CMAB experiment e-key',
      OUT,
      'User "u" does not meet conditions to be in experiment "e-key".',
      NO_ROLLOUT,
    ])
  })

  test('say nothing of a variation that the datafile does not have: with Go that flag has no decision', () => {
    const { go } = reasonsOf({ experiments: bandit() }, { predictions: of('gone') })
    expect(go).toEqual([IN, NO_ROLLOUT])
    const key = 'not in group of bucketing ID x.'
    const named = reasonsOf({ experiments: bandit({ key }) }, { predictions: of('gone') })
    expect(named.go).toEqual([`Audiences for experiment ${key} collectively evaluated to true.`, NO_ROLLOUT])
  })

  test('tell that the user is in another experiment of its group, as of traffic', () => {
    const trafficAllocation = [{ entityId: 'other', endOfRange: 10_000 }]
    const experiments = bandit({ groupId: 'g' })
    const groups = [{ id: 'g', policy: 'random', trafficAllocation, experiments }]
    const featureFlags = [{ id: 'f', key: 'flag', rolloutId: '', experimentIds: ['e'], variables: [] }]
    const { go } = reasonsOf({ more: { groups, featureFlags } }, { predictions: new Map() })
    expect(go).toEqual([IN, 'User u not in CMAB experiment e-key due to traffic allocation', IN, NO_ROLLOUT])
  })

  test('tell each time of an audience that cannot be evaluated, and of a profile between', () => {
    const user = { predictions: new Map(), profile: new Map([['e', 'gone']]) }
    const error = 'an error occurred while evaluating nested tree for audience ID "pros"'
    expect(reasonsOf({ experiments: bandit(PROS) }, user).go).toEqual([
      error,
      OUT,
      'User u not in audience for CMAB experiment e-key',
      'User "u" was previously bucketed into variation with ID "gone" for experiment "e-key", but no matching variation was found.',
      error,
      OUT,
      'User "u" does not meet conditions to be in experiment "e-key".',
      NO_ROLLOUT,
    ])
  })
})

/** Conditions that nobody, or somebody with the plan `free`, can be held against. */
const UNKNOWN = { type: 'custom_attribute', name: 'age', match: 'gt', value: 5 }
const FALSE = { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }
const TRUE = { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'free' }
const ERROR = (id: string) => `an error occurred while evaluating nested tree for audience ID "${id}"`

describe('audiences that cannot be evaluated', () => {
  test.each<[about: string, conditions: unknown, reasons: readonly string[]]>([
    ['an attribute that is missing', ['or', UNKNOWN], [ERROR('a')]],
    ['one beside another that is met', ['or', UNKNOWN, TRUE], []],
    ['one behind another that is not', ['and', FALSE, UNKNOWN], []],
    ['one before another that is not, where Go ends', ['and', UNKNOWN, FALSE], [ERROR('a')]],
    ['the contrary of one', ['not', UNKNOWN], [ERROR('a')]],
    ['the contrary of nothing', ['not'], [ERROR('a')]],
    [
      'a match type that is none',
      ['or', { ...UNKNOWN, match: 'almost' }],
      ['invalid Condition matcher "almost"', ERROR('a')],
    ],
    [
      'a type that is none',
      ['or', { ...UNKNOWN, type: 'custom_dimension' }],
      ['unable to evaluate condition of type "custom_dimension"', ERROR('a')],
    ],
    ['no type', ['or', { name: 'age' }], ['unable to evaluate condition of type ""', ERROR('a')]],
    ['a segment that the user is not in', ['or', { type: 'third_party_dimension', value: 'vips' }], []],
  ])('are told of: %s', (_, conditions, reasons) => {
    const typedAudiences = [{ id: 'a', name: 'A', conditions }]
    const parts = { experiments: [rule('e', { audienceIds: ['a'] })], more: { typedAudiences } }
    const { go, javascript } = reasonsOf(parts, FREE)
    const isIn = javascript.includes('Audiences for experiment e-key collectively evaluated to TRUE.')
    expect(go.slice(0, reasons.length + 1)).toEqual([
      ...reasons,
      `Audiences for experiment e-key collectively evaluated to ${isIn}.`,
    ])
  })

  test.each<[conditions: unknown, reasons: readonly string[]]>([
    [
      ['or', 'gone', 'pros'],
      ['unable to evaluate nested tree for audience ID "gone"', ERROR('pros')],
    ],
    [['and', 'gone', 'pros'], ['unable to evaluate nested tree for audience ID "gone"']],
    [['not', ['or', 'pros']], [ERROR('pros')]],
    ['pros', [ERROR('pros')]],
    [['x": ["or"]'], ['unable to evaluate nested tree for audience ID "x": ["or"]"']],
    [[], []],
    ['', []],
    [null, []],
    [undefined, []],
  ])('are told of as conditions name them: %j', (audienceConditions, reasons) => {
    const { go } = reasonsOf({ experiments: [rule('e', { audienceConditions })] })
    expect(go.slice(0, reasons.length + 1)).toEqual([
      ...reasons,
      `Audiences for experiment e-key collectively evaluated to ${reasons.length === 0}.`,
    ])
  })

  test.each(['e": ["gone"]', '": ', 'e": undefined'])('are told of behind the key %j as well', (key) => {
    const profile = new Map([['e', 'v9']])
    const { go } = reasonsOf({ experiments: [rule('e', { key, audienceConditions: 'gone' })] }, { profile })
    expect(go.slice(0, 2)).toEqual([
      `User "u" was previously bucketed into variation with ID "v9" for experiment "${key}", but no matching variation was found.`,
      'unable to evaluate nested tree for audience ID "gone"',
    ])
  })

  test('are told of twice where a delivery is entered, once where it is not, and for a holdout', () => {
    const typedAudiences = [
      { id: 'a', name: 'A', conditions: ['or', UNKNOWN] },
      { id: 'b', name: 'B', conditions: ['or', TRUE] },
    ]
    const either = { audienceIds: ['a', 'b'] }
    const holdouts = [holdout('hold', { audienceIds: ['a'] })]
    const deliveries = [rule('d1', { audienceIds: ['a'] }), rule('d2', either), rule('d3')]
    expect(reasonsOf({ deliveries, more: { typedAudiences, holdouts } }, FREE).go).toEqual([
      ERROR('a'),
      'Audiences for holdout hold collectively evaluated to false.',
      'User u does not meet conditions for holdout hold.',
      ERROR('a'),
      'User "u" does not meet conditions for targeting rule 1.',
      ERROR('a'),
      ERROR('a'),
      'Audiences for experiment d2-key collectively evaluated to true.',
    ])
  })
})

test('a variation in a profile that has gone is told of', () => {
  expect(reasonsOf({ experiments: [rule('e')] }, { profile: new Map([['e', 'gone']]) }).go).toEqual([
    'User "u" was previously bucketed into variation with ID "gone" for experiment "e-key", but no matching variation was found.',
    'Audiences for experiment e-key collectively evaluated to true.',
  ])
})

describe("a delivery's reasons in Go", () => {
  test('call the rule by its key where it is entered, and by its number where it is not', () => {
    const deliveries = [rule('d1', PROS), rule('d2'), rule('d3')]
    expect(reasonsOf({ deliveries }, FREE).go).toEqual([
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
    expect(reasonsOf({ deliveries: [rule('d1', PROS)] }, FREE).go).toEqual([])
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

  test('are told once where it leaves deliveries alone, which the JavaScript SDK tells twice', () => {
    const holdouts = [holdout('before', { status: 'Draft' }), holdout('hold', { excludeTargetedDeliveries: true })]
    const { go, javascript } = reasonsOf({ deliveries: [rule('d')], more: { holdouts } })
    const leaving = 'Holdout "hold" has excludeTargetedDeliveries enabled, continuing to rollout evaluation.'
    expect(javascript.filter((reason) => reason === leaving).length).toBe(2)
    expect(go).toEqual([
      'Holdout before is not running.',
      'Audiences for holdout hold collectively evaluated to true.',
      'User u meets conditions for holdout hold.',
      'User u is in variation out of holdout hold.',
      leaving,
      'Audiences for experiment d-key collectively evaluated to true.',
      'User "u" meets conditions for targeting rule "Everyone Else".',
    ])
  })

  test('tell why it does not hold', () => {
    const holdouts = [
      holdout('h1', { status: 'Draft' }),
      holdout('h2', PROS),
      holdout('h3', { trafficAllocation: NONE }),
    ]
    expect(reasonsOf({ more: { holdouts } }, FREE).go).toEqual([
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
    expect(reasonsOf({ deliveries, more: { localHoldouts } }, FREE).go).toEqual([
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
    expect(reasonsOf({ experiments: [rule('e')], more: { localHoldouts } }, FREE).go).toEqual([
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
    expect(reasonsOf({ experiments: [rule('e', PROS)], deliveries: [rule('d')] }, { ...FREE, userId }).go).toEqual([
      'Audiences for experiment e-key collectively evaluated to false.',
      `User "${userId}" does not meet conditions to be in experiment "e-key".`,
      'Audiences for experiment d-key collectively evaluated to true.',
      `User "${userId}" meets conditions for targeting rule "Everyone Else".`,
    ])
  })

  test.each([
    'x" of experiment "y" for user "z',
    '" from user profile.',
    'u is mapped to experiment e and user u in the forced variation map.',
    'v is not in datafile. Not activating user u.',
    'x Not activating user x',
    'x'.repeat(1_000),
  ])('is told as it is of what is kept of it: %j', (userId) => {
    const experiments = [rule('e', { forcedVariations: { [userId]: 'gone' } })]
    expect(reasonsOf({ experiments }, { userId, profile: new Map([['e', 'v-e']]) }).go).toEqual([
      `User "${userId}" is whitelisted into variation "gone", which is not in the datafile.`,
      `User "${userId}" was previously bucketed into variation "on" of experiment "e-key".`,
    ])
    expect(reasonsOf({ experiments }, { userId, overrides: new Map([['e-key', 'on']]) }).go).toEqual([
      `Override variation on found for user ${userId}`,
    ])
    const forcedDecisions = [{ flagKey: 'flag', variationKey: 'on' }]
    expect(reasonsOf({ experiments }, { userId, forcedDecisions }).go).toEqual([
      `Variation (on) is mapped to flag (flag) and user (${userId}) in the forced decision map.`,
    ])
  })

  test.each(['x collectively evaluated to TRUE.', 'a" of experiment "b', 'two\nlines', '$&'])(
    'also a key: %j',
    (key) => {
      expect(reasonsOf({ experiments: [rule('e', { key, ...PROS })] }, FREE).go.slice(0, 2)).toEqual([
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
  const user = { userId: 'u', attributes: {} }
  expect(goReasons(decision, user, loadedOf(parsed.value.datafile, project))).toEqual([
    'No flag was found for key "nope".',
  ])
})
