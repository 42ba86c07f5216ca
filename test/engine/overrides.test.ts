import * as sdk from '@optimizely/optimizely-sdk/universal'
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/index.ts'
import { datafileWith, experimentWith, flagWith, projectOf } from './datafile-builder.ts'

const TWO = {
  variations: [
    { id: 'v1', key: 'on', featureEnabled: true, variables: [] },
    { id: 'v2', key: 'other', featureEnabled: true, variables: [] },
  ],
}

function datafileOf(experiment: Record<string, unknown> = {}): Record<string, unknown> {
  return datafileWith({
    featureFlags: [flagWith()],
    experiments: [experimentWith({ ...TWO, ...experiment })],
    groups: [],
    rollouts: [],
    audiences: [],
    attributes: [],
    events: [],
    typedAudiences: [
      {
        id: 'pros',
        name: 'Pros',
        conditions: ['or', { type: 'custom_attribute', name: 'a', match: 'exact', value: 1 }],
      },
    ],
  })
}

/** What the SDK decides for a user whose variation has been set. */
function oracle(datafile: Record<string, unknown>, variationKey: string) {
  const client = sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: JSON.stringify(datafile) }),
    requestHandler: {
      makeRequest: () => {
        throw new Error('A decision has no network.')
      },
    },
  })
  client.setForcedVariation('exp', 'u', variationKey)
  const { reasons, ...decision } = client
    .createUserContext('u')
    .decide('flag', [sdk.OptimizelyDecideOption.INCLUDE_REASONS])
  return { variationKey: decision.variationKey, ruleKey: decision.ruleKey, enabled: decision.enabled, reasons }
}

function ours(datafile: Record<string, unknown>, variationKey: string) {
  const user = { userId: 'u', attributes: {}, overrides: new Map([['exp', variationKey]]) }
  const { decision } = decide(projectOf(datafile), 'flag', user, { includeReasons: true })
  const { ruleKey, enabled, reasons } = decision
  return { variationKey: decision.variationKey, ruleKey, enabled, reasons }
}

describe("an override is the SDK's forced variation", () => {
  test.each([
    ['over the bucket', {}, 'other', 'other'],
    ['over the list', { forcedVariations: { u: 'on' } }, 'other', 'other'],
    ['over the audience', { audienceConditions: ['or', 'pros'] }, 'other', 'other'],
    ['not in an experiment that does not run', { status: 'Paused' }, 'other', null],
    ['not to a variation that is not there', {}, 'gone', 'on'],
    ["not to one of JavaScript's own", {}, 'constructor', 'on'],
  ])('%s', (_, experiment, forced, expected) => {
    const datafile = datafileOf(experiment)
    expect(ours(datafile, forced)).toEqual(oracle(datafile, forced))
    expect(ours(datafile, forced).variationKey).toBe(expected)
  })
})
