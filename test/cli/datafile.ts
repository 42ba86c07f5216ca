/** A small datafile whose one flag, `checkout`, is on for everybody. */
export function checkoutDatafile(revision = '7') {
  return {
    version: '4',
    revision,
    sdkKey: 'shop',
    accountId: '1',
    projectId: '2',
    featureFlags: [{ id: 'f1', key: 'checkout', rolloutId: 'r1', experimentIds: [], variables: [] }],
    rollouts: [
      {
        id: 'r1',
        experiments: [
          {
            id: 'e1',
            key: 'everyone',
            layerId: 'r1',
            status: 'Running',
            audienceIds: [],
            forcedVariations: {},
            variations: [{ id: 'v1', key: 'on', featureEnabled: true, variables: [] }],
            trafficAllocation: [{ entityId: 'v1', endOfRange: 10_000 }],
          },
        ],
      },
    ],
    experiments: [],
    groups: [],
    audiences: [],
    attributes: [],
    events: [],
  }
}
