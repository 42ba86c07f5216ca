/**
 * Where decisions that wait for contextual bandits differ from the SDK's. What `waiting.test.ts` sets aside is here, each with a case
 * that shows it; but for one: where the SDK is to reset its cache for several flags of one call, it is a matter of time which of them
 * forgets what another one asked.
 */
import type { Question } from './case.ts'
import { datafileOf, flagOf, ruleOf } from './case-datafile.ts'
import type { Predicted } from './waiting.ts'

export interface KnownWaitingDifference {
  readonly name: string
  readonly reason: string
  readonly datafile: object
  readonly question: Question
  readonly bandit: Predicted
  readonly oracle: WaitingOutcome
  readonly engine: WaitingOutcome
}

/** Each flag in the order of the answer, with its variation and the last of its reasons. */
export type WaitingOutcome =
  | 'threw'
  | readonly (readonly [flagKey: string, variationKey: string | null, lastReason: string | undefined])[]

const user = { userId: 'u1', attributes: {} }
const one: Question = { user, ask: { kind: 'one', flagKey: 'flag' }, options: {} }
const all: Question = { ...one, ask: { kind: 'all' } }
const ANSWERS: Predicted = { status: 200, body: '{"predictions":[{"variation_id":"v1"}]}' }
const FAILS: Predicted = { status: 500, body: '' }
const FAILED = 'Failed to fetch CMAB data for experiment e2.'

export const KNOWN_WAITING_DIFFERENCES: readonly KnownWaitingDifference[] = [
  {
    name: 'a bandit that does not say which attributes it sees',
    reason: "The SDK fails at the missing list, and says that the bandit did; here it sees none of the user's.",
    datafile: datafileOf({
      experiments: [ruleOf('e2', { cmab: { trafficAllocation: 10_000 } })],
      featureFlags: [flagOf('flag', ['e2'])],
    }),
    question: one,
    bandit: ANSWERS,
    oracle: [['flag', null, FAILED]],
    engine: [['flag', 'on', undefined]],
  },
  {
    name: 'an experiment in a group that the datafile does not have',
    reason: 'The SDK throws; here that flag fails with the cause, as where nobody waits.',
    datafile: datafileOf({
      experiments: [ruleOf('e1', { groupId: 'nowhere' })],
      featureFlags: [flagOf('flag', ['e1'])],
    }),
    question: one,
    bandit: ANSWERS,
    oracle: 'threw',
    engine: [['flag', null, 'Group ID nowhere is not in datafile.']],
  },
  {
    name: 'two flags of one experiment, for a user with a profile',
    reason:
      'The SDK begins with all flags at once, so that none sees what another stored; here they follow each other, as in its decisions that do not wait: the same variation, for another reason.',
    datafile: datafileOf({
      experiments: [ruleOf('e1')],
      featureFlags: [flagOf('a', ['e1']), flagOf('b', ['e1'])],
    }),
    question: { ...all, user: { ...user, profile: new Map() }, options: { includeReasons: true } },
    bandit: ANSWERS,
    oracle: [
      ['a', 'on', 'User u1 is in variation on of experiment e1.'],
      ['b', 'on', 'User u1 is in variation on of experiment e1.'],
    ],
    engine: [
      ['a', 'on', 'User u1 is in variation on of experiment e1.'],
      ['b', 'on', 'Returning previously activated variation "on" of experiment "e1" for user "u1" from user profile.'],
    ],
  },
  {
    name: 'a flag that failed among all',
    reason: 'The SDK answers it before all others; here flags stay in the order of the datafile.',
    datafile: datafileOf({
      experiments: [ruleOf('e1'), ruleOf('e2', { cmab: { trafficAllocation: 10_000, attributeIds: [] } })],
      featureFlags: [flagOf('a', ['e1']), flagOf('b', ['e2'])],
    }),
    question: all,
    bandit: FAILS,
    oracle: [
      ['b', null, FAILED],
      ['a', 'on', undefined],
    ],
    engine: [
      ['a', 'on', undefined],
      ['b', null, FAILED],
    ],
  },
]
