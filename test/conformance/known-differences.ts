/**
 * Where the engine differs from the SDK on purpose. Each entry has a case that shows it: the tests fail when the two
 * sides no longer differ in it, or differ in another way.
 */
import { LIMITS } from '../../src/engine/index.ts'
import type { Question } from './case.ts'
import { datafileOf, flagOf, ruleOf } from './case-datafile.ts'
import { INHERITED_NAMES } from './inherited-names.ts'
import type { KnownDifference } from './known-difference.ts'

const ALL: Question = { user: { userId: 'u1', attributes: {} }, ask: { kind: 'all' }, options: {} }

const fine = { experiments: [ruleOf('e2')], featureFlags: [flagOf('fine', ['e2'])] }

/** One flag must not take the others down. */
const SERVED: readonly KnownDifference[] = [
  {
    name: 'an experiment in a group that the datafile does not have',
    reason: 'The SDK throws, and so decides no flag; here that flag fails with the cause and the others are served.',
    datafile: datafileOf({
      experiments: [ruleOf('e1', { groupId: 'nowhere' }), ruleOf('e2')],
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
    datafile: datafileOf({ experiments: [ruleOf('e2')], featureFlags: [flagOf('fine', ['nowhere', 'e2'])] }),
    question: ALL,
    oracle: 'refused',
    engine: { fine: 'on' },
  },
  {
    name: 'an entry of the attribute $opt_experiment_bucket_map that is null',
    reason:
      'The SDK throws at it, and decides as if it were not there when it is anything else that names no variation.',
    datafile: datafileOf(fine),
    question: { ...ALL, user: { userId: 'u1', attributes: { $opt_experiment_bucket_map: { e2: null } } } },
    oracle: 'threw',
    engine: { fine: 'on' },
  },
  {
    name: 'the user id `undefined`',
    reason: 'The SDK takes it for a mistake of its caller and throws; here a user may have any id.',
    datafile: datafileOf(fine),
    question: { ...ALL, user: { userId: 'undefined', attributes: {} } },
    oracle: 'threw',
    engine: { fine: 'on' },
  },
]

/** What is wrong in a datafile is found at upload, by an operator, and not at a decision, by a visitor (docs/decisions/003). */
const REFUSED: readonly KnownDifference[] = [
  {
    name: 'two experiments with one id',
    reason: 'A file that was doubled by accident looks like that; the SDK takes the last.',
    datafile: datafileOf({ ...fine, experiments: [ruleOf('e2'), ruleOf('e2')] }),
    question: ALL,
    oracle: { fine: 'on' },
    engine: 'refused',
  },
  {
    name: 'two flags with one id',
    reason: 'As with experiments.',
    datafile: datafileOf({ ...fine, featureFlags: [flagOf('fine', ['e2']), { ...flagOf('other', []), id: 'f-fine' }] }),
    question: ALL,
    oracle: { fine: 'on', other: null },
    engine: 'refused',
  },
  {
    name: 'a field of another type than it has',
    reason: 'The SDK checks no types, and does what JavaScript does with a number in place of a text.',
    datafile: datafileOf({ ...fine, experiments: [ruleOf('e2', { layerId: 5 })] }),
    question: ALL,
    oracle: { fine: 'on' },
    engine: 'refused',
  },
  {
    name: 'a field without which nothing can be decided',
    reason: 'The SDK throws when it comes to the rule.',
    datafile: datafileOf({ ...fine, experiments: [ruleOf('e2', { trafficAllocation: undefined })] }),
    question: ALL,
    oracle: 'threw',
    engine: 'refused',
  },
  {
    name: 'a null condition in an audience that another of its id replaces',
    reason:
      'Both sides refuse a datafile for a null condition; here also where it would never be evaluated, as every issue is found.',
    datafile: datafileOf({
      ...fine,
      typedAudiences: [
        { id: 'a1', name: 'first', conditions: ['or', null] },
        { id: 'a1', name: 'second', conditions: ['or'] },
      ],
    }),
    question: ALL,
    oracle: { fine: 'on' },
    engine: 'refused',
  },
  {
    name: 'more than LIMITS',
    reason: 'The SDK has no limits, and a Worker has 128 MB and a stack. Deep conditions stand for all of them.',
    datafile: datafileOf({ ...fine, experiments: [ruleOf('e2', { audienceConditions: nested(LIMITS.depth) })] }),
    question: ALL,
    oracle: { fine: null },
    engine: 'refused',
  },
]

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [...SERVED, ...REFUSED, ...INHERITED_NAMES]

function nested(levels: number): unknown {
  let conditions: unknown = 'a1'
  for (let level = 0; level < levels; level++) conditions = ['or', conditions]
  return conditions
}
