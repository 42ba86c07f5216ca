/**
 * Where the engine differs from the SDK on purpose. Each entry has a case that shows it: the tests fail when the two
 * sides no longer differ in it, or differ in another way.
 */
import type { Question } from './case.ts'

export interface KnownDifference {
  readonly name: string
  readonly reason: string
  readonly datafile: object
  readonly question: Question
  /** What the SDK says: it refuses the datafile, throws, or decides. */
  readonly oracle: Outcome
  readonly engine: Outcome
}

/** An answer in short: `refused`, `threw`, or for each flag its key and variation key (`failed` where it has no decision). */
export type Outcome = 'refused' | 'threw' | Readonly<Record<string, string | null>>

const RUNNING = {
  layerId: 'l1',
  status: 'Running',
  forcedVariations: {},
  audienceIds: [],
  variations: [{ id: 'v1', key: 'on', featureEnabled: true, variables: [] }],
  trafficAllocation: [{ entityId: 'v1', endOfRange: 10_000 }],
}

function datafileOf(more: object): object {
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

function flagOf(key: string, experimentIds: readonly string[]): object {
  return { id: `f-${key}`, key, rolloutId: '', experimentIds, variables: [] }
}

const ALL: Question = { user: { userId: 'u1', attributes: {} }, ask: { kind: 'all' }, options: {} }

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'an experiment in a group that the datafile does not have',
    reason:
      'The SDK throws, and so decides no flag at all; here that flag fails with the cause and the others are served.',
    datafile: datafileOf({
      experiments: [
        { id: 'e1', key: 'grouped', ...RUNNING, groupId: 'nowhere' },
        { id: 'e2', key: 'alone', ...RUNNING },
      ],
      featureFlags: [flagOf('broken', ['e1']), flagOf('fine', ['e2'])],
    }),
    question: ALL,
    oracle: 'threw',
    engine: { broken: 'failed', fine: 'on' },
  },
  {
    name: 'a flag that lists an experiment which the datafile does not have',
    reason:
      'The SDK refuses the whole datafile, one reference too many takes all flags down; here the reference leads nowhere, with a warning.',
    datafile: datafileOf({
      experiments: [{ id: 'e2', key: 'alone', ...RUNNING }],
      featureFlags: [flagOf('fine', ['nowhere', 'e2'])],
    }),
    question: ALL,
    oracle: 'refused',
    engine: { fine: 'on' },
  },
  {
    name: 'a null condition in an audience that another of its id replaces',
    reason:
      'Both sides refuse a datafile for a null condition; here also where it would never be evaluated, as every issue is found.',
    datafile: datafileOf({
      experiments: [{ id: 'e2', key: 'alone', ...RUNNING }],
      typedAudiences: [
        { id: 'a1', name: 'first', conditions: ['or', null] },
        { id: 'a1', name: 'second', conditions: ['or'] },
      ],
      featureFlags: [flagOf('fine', ['e2'])],
    }),
    question: ALL,
    oracle: { fine: 'on' },
    engine: 'refused',
  },
  {
    name: 'an attribute whose name every object inherits',
    reason: 'The SDK finds a function where the user has no attribute of that name, and says that it exists.',
    datafile: datafileOf({
      experiments: [{ id: 'e1', key: 'exists', ...RUNNING, audienceConditions: ['a1'] }],
      typedAudiences: [
        {
          id: 'a1',
          name: 'has toString',
          conditions: ['or', { type: 'custom_attribute', name: 'toString', match: 'exists' }],
        },
      ],
      featureFlags: [flagOf('inherited', ['e1'])],
    }),
    question: ALL,
    oracle: { inherited: 'on' },
    engine: { inherited: null },
  },
  {
    name: 'a flag whose key every object inherits, and that the datafile does not have',
    reason:
      'The SDK finds the inherited function in place of a flag, and throws at it; here it is a flag that was not found.',
    datafile: datafileOf({ featureFlags: [] }),
    question: { ...ALL, ask: { kind: 'one', flagKey: 'constructor' } },
    oracle: 'threw',
    engine: { constructor: 'failed' },
  },
]
