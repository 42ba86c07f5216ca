/**
 * A datafile in which every kind of answer has a flag:
 * `delivered` is on for everyone by rollout, `tested` by an experiment (with variables), `off` is off for everyone,
 * `broken` cannot be decided, `targeted` is for those whose `plan` is `pro`, and `hostile names` are flags of their own.
 */
export function shopDatafile(more: object = {}): object {
  return {
    version: '4',
    revision: '7',
    sdkKey: 'shop',
    environmentKey: 'production',
    accountId: '1',
    projectId: '2',
    sendFlagDecisions: false,
    featureFlags: [
      flag('delivered', { rolloutId: 'r1' }),
      flag('tested', {
        experimentIds: ['e1'],
        variables: [
          { id: 'x1', key: 'title', type: 'string', defaultValue: 'Welcome' },
          { id: 'x2', key: 'limit', type: 'integer', defaultValue: '3' },
        ],
      }),
      flag('off'),
      flag('broken', { experimentIds: ['e2'] }),
      flag('targeted', { experimentIds: ['e3'] }),
      flag('constructor', { rolloutId: 'r1' }),
      flag('__proto__', { rolloutId: 'r1' }),
    ],
    rollouts: [{ id: 'r1', experiments: [rule('d1', 'everyone', { id: 'v1', key: 'on', featureEnabled: true })] }],
    experiments: [
      rule(
        'e1',
        'ab',
        {
          id: 'v2',
          key: 'bold',
          featureEnabled: true,
          variables: [{ id: 'x1', value: 'Hello <b>' }],
        },
        { forcedVariations: { 'someone-secret': 'bold' } },
      ),
      rule('e2', 'dangling', { id: 'v3', key: 'on', featureEnabled: true }, { groupId: 'nowhere' }),
      rule('e3', 'pros', { id: 'v4', key: 'on', featureEnabled: true }, { audienceConditions: ['or', 'a1'] }),
    ],
    groups: [],
    audiences: [],
    typedAudiences: [
      {
        id: 'a1',
        name: 'Pros',
        conditions: ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }],
      },
    ],
    attributes: [{ id: '1', key: 'plan' }],
    events: [],
    ...more,
  }
}

function flag(key: string, more: object = {}): object {
  return { id: `f-${key}`, key, rolloutId: '', experimentIds: [], variables: [], ...more }
}

interface OnlyVariation {
  readonly id: string
  readonly [field: string]: unknown
}

function rule(id: string, key: string, variation: OnlyVariation, more: object = {}): object {
  return {
    id,
    key,
    layerId: `l-${id}`,
    status: 'Running',
    forcedVariations: {},
    audienceIds: [],
    variations: [{ variables: [], ...variation }],
    trafficAllocation: [{ entityId: variation.id, endOfRange: 10_000 }],
    ...more,
  }
}
