/**
 * The SDK keeps what it indexes in plain objects, where names that every object inherits (`constructor`, `toString`,
 * `__proto__`) are always found. Here they are names like others.
 */

import type { Question } from './case.ts'
import { attribute, datafileOf, flagOf, ruleOf } from './case-datafile.ts'
import type { KnownDifference } from './known-difference.ts'

const ALL: Question = { user: { userId: 'u1', attributes: {} }, ask: { kind: 'all' }, options: {} }
const REASON = 'The SDK finds what every object inherits.'

function audience(id: string, ...conditions: readonly unknown[]): object {
  return { id, name: id, conditions: ['or', ...conditions] }
}

/** One for each place in which the SDK looks a name up in an object of its own. */
export const INHERITED_NAMES: readonly KnownDifference[] = [
  {
    name: 'a flag that is not there, by an inherited name',
    reason: REASON,
    datafile: datafileOf({}),
    question: { ...ALL, ask: { kind: 'one', flagKey: 'constructor' } },
    oracle: 'threw',
    engine: { constructor: 'failed' },
  },
  {
    name: 'a flag of an inherited name',
    reason: 'The SDK takes it for one that it has already failed, and leaves it out.',
    datafile: datafileOf({ experiments: [ruleOf('e1')], featureFlags: [flagOf('constructor', ['e1'])] }),
    question: ALL,
    oracle: {},
    engine: { constructor: 'on' },
  },
  {
    name: 'an experiment of an inherited name',
    reason: 'The SDK adds the flag to what it takes for a list of flags, and refuses the datafile.',
    datafile: datafileOf({ experiments: [ruleOf('constructor')], featureFlags: [flagOf('flag', ['constructor'])] }),
    question: ALL,
    oracle: 'refused',
    engine: { flag: 'on' },
  },
  {
    name: 'a local holdout of a rule of an inherited name',
    reason: 'The SDK adds it to what it takes for a list, and refuses the datafile.',
    datafile: datafileOf({
      experiments: [ruleOf('e1')],
      featureFlags: [flagOf('flag', ['e1'])],
      localHoldouts: [ruleOf('h1', { includedRules: ['constructor'] })],
    }),
    question: ALL,
    oracle: 'refused',
    engine: { flag: 'on' },
  },
  {
    name: 'a group that is not there, by an inherited name',
    reason: REASON,
    datafile: datafileOf({
      experiments: [ruleOf('e1', { groupId: 'constructor' })],
      featureFlags: [flagOf('flag', ['e1'])],
    }),
    question: ALL,
    oracle: { flag: 'on' },
    engine: { flag: 'failed' },
  },
  {
    name: 'an audience that is not there, by an inherited name',
    reason: 'The SDK finds a function, and throws when it evaluates its conditions.',
    datafile: datafileOf({
      experiments: [ruleOf('e1', { audienceConditions: ['or', 'constructor'] })],
      featureFlags: [flagOf('flag', ['e1'])],
    }),
    question: ALL,
    oracle: 'threw',
    engine: { flag: null },
  },
  {
    name: 'a rollout that is not there, by an inherited name',
    reason: 'The SDK finds a function, and throws when it counts its rules.',
    datafile: datafileOf({ featureFlags: [flagOf('flag', [], { rolloutId: 'constructor' })] }),
    question: ALL,
    oracle: 'threw',
    engine: { flag: null },
  },
  {
    name: 'an attribute that the user does not have, by an inherited name',
    reason: 'The SDK says that it exists.',
    datafile: datafileOf({
      experiments: [ruleOf('e1', { audienceConditions: ['a1'] })],
      typedAudiences: [audience('a1', attribute('toString', 'exists'))],
      featureFlags: [flagOf('flag', ['e1'])],
    }),
    question: ALL,
    oracle: { flag: 'on' },
    engine: { flag: null },
  },
  {
    name: 'an attribute by the name of hasOwnProperty',
    reason: 'The SDK calls it.',
    datafile: datafileOf({ experiments: [ruleOf('e1')], featureFlags: [flagOf('flag', ['e1'])] }),
    question: { ...ALL, user: { userId: 'u1', attributes: { hasOwnProperty: 'x' } } },
    oracle: 'threw',
    engine: { flag: 'on' },
  },
  {
    name: 'a whitelisted user by the name of hasOwnProperty',
    reason: 'The SDK calls the variation key.',
    datafile: datafileOf({
      experiments: [ruleOf('e1', { forcedVariations: { hasOwnProperty: 'on' } })],
      featureFlags: [flagOf('flag', ['e1'])],
    }),
    question: ALL,
    oracle: 'threw',
    engine: { flag: 'on' },
  },
  {
    name: 'a variable by the name of __proto__',
    reason: 'The SDK sets the prototype of the variables, or nothing.',
    datafile: datafileOf({
      experiments: [ruleOf('e1')],
      featureFlags: [
        flagOf('flag', ['e1'], { variables: [{ id: 'x1', key: '__proto__', type: 'string', defaultValue: 'd' }] }),
      ],
    }),
    question: ALL,
    oracle: { flag: 'on' },
    engine: { flag: 'on {"__proto__":"d"}' },
  },
]
