/** Parts of datafiles for cases of a few lines. */

/** A rule that everyone is in, all of them in the variation `on`. */
export const RUNNING = {
  layerId: 'l1',
  status: 'Running',
  forcedVariations: {},
  audienceIds: [],
  variations: [{ id: 'v1', key: 'on', featureEnabled: true, variables: [] }],
  trafficAllocation: [{ entityId: 'v1', endOfRange: 10_000 }],
}

/** Such a rule, whose key is its id, with fields put over it. */
export function ruleOf(id: string, more: object = {}): object {
  return { id, key: id, ...RUNNING, ...more }
}

/** A flag over experiments. */
export function flagOf(key: string, experimentIds: readonly string[], more: object = {}): object {
  return { id: `f-${key}`, key, rolloutId: '', experimentIds, variables: [], ...more }
}

/** A condition that an attribute meets. */
export function attribute(name: string, match: string, value?: unknown): object {
  return { type: 'custom_attribute', name, match, value }
}

/** A datafile without anything, with fields put over it. */
export function datafileOf(more: object): object {
  return {
    version: '4',
    revision: '1',
    accountId: '1',
    projectId: '2',
    experiments: [],
    groups: [],
    rollouts: [],
    audiences: [],
    typedAudiences: [],
    featureFlags: [],
    attributes: [],
    events: [],
    ...more,
  }
}
