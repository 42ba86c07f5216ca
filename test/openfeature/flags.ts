/** A datafile for OpenFeature: a flag of each kind of value, whose experiment depends on where the user lives. */

interface Variable {
  readonly key: string
  readonly type: string
  readonly defaultValue: string
}

/** Everybody in Switzerland is in `variation`; who lives elsewhere is in nothing. */
export function datafileOf(revision: number, variation = 'on'): object {
  return {
    version: '4',
    revision: String(revision),
    accountId: 'a',
    projectId: 'p',
    featureFlags: FLAGS.map(({ key, variables }) => ({
      id: `f-${key}`,
      key,
      rolloutId: '',
      experimentIds: [`e-${key}`],
      variables: variables.map((variable) => ({ id: variable.key, ...variable })),
    })),
    experiments: FLAGS.map(({ key, values = {} }) => ({
      id: `e-${key}`,
      key: `${key}_ch`,
      layerId: `l-${key}`,
      status: 'Running',
      audienceIds: [],
      audienceConditions: ['or', 'swiss'],
      forcedVariations: {},
      trafficAllocation: [{ entityId: `v-${key}`, endOfRange: 10_000 }],
      variations: [
        {
          id: `v-${key}`,
          key: variation,
          featureEnabled: variation === 'on',
          variables: Object.entries(values).map(([id, value]) => ({ id, value })),
        },
      ],
      ...(key === 'broken' ? { groupId: 'gone' } : {}),
    })),
    typedAudiences: [
      {
        id: 'swiss',
        name: 'Switzerland',
        conditions: ['or', { type: 'custom_attribute', name: 'address.country', match: 'exact', value: 'CH' }],
      },
    ],
    events: [],
    attributes: [{ id: 'country', key: 'address.country' }],
  }
}

interface FlagSketch {
  readonly key: string
  readonly variables: readonly Variable[]
  /** In the variation. */
  readonly values?: Readonly<Record<string, string>>
}

const FLAGS: readonly FlagSketch[] = [
  { key: 'checkout', variables: [] },
  {
    key: 'button',
    variables: [{ key: 'text', type: 'string', defaultValue: 'Continue' }],
    values: { text: 'Pay now' },
  },
  { key: 'steps', variables: [{ key: 'count', type: 'integer', defaultValue: '3' }], values: { count: '1' } },
  {
    key: 'banner',
    variables: [
      { key: 'title', type: 'string', defaultValue: 'Hello' },
      { key: 'links', type: 'json', defaultValue: '[]' },
    ],
    values: { title: 'Grüezi', links: '["/ch"]' },
  },
  { key: 'unset', variables: [{ key: 'number', type: 'integer', defaultValue: 'many' }] },
  { key: 'broken', variables: [] },
]
