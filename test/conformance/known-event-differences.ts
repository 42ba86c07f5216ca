/**
 * Where what counts differs from the SDK on purpose, or because the SDK cannot do it. What generated events leave out
 * (`generate-event.ts`, `event-engine.ts`) is here, each with a case that shows it: the tests fail when the two sides no longer differ
 * in it, or differ in another way.
 */
import type { DecideOptions } from '../../src/engine/index.ts'
import { datafileOf, flagOf, RUNNING, ruleOf } from './case-datafile.ts'
import type { EventQuestion } from './event-case.ts'

export interface KnownEventDifference {
  readonly name: string
  readonly reason: string
  readonly datafile: object
  readonly asked: EventQuestion
  /** What the SDK sends. */
  readonly oracle: SentInShort
  /** What the API records, as it would be sent. */
  readonly ours: SentInShort
}

/**
 * Each event in short: the type of its rule, the rule and the variation, and its id where that is `null`; or the event's key. Behind
 * it the attributes.
 */
export type SentInShort = 'threw' | readonly string[]

const user = { userId: 'u1', attributes: {} }

function decided(
  more: object = {},
  flagKeys: readonly string[] = ['flag'],
  options: DecideOptions = {},
): EventQuestion {
  const [flagKey = ''] = flagKeys
  const ask = flagKeys.length > 1 ? ({ kind: 'several', flagKeys } as const) : ({ kind: 'one', flagKey } as const)
  return { kind: 'decide', isDisabled: false, question: { user: { ...user, ...more }, ask, options } }
}

function activated(experimentKey: string): EventQuestion {
  return { kind: 'activate', experimentKey, user }
}

const tested = { experiments: [ruleOf('e1')], featureFlags: [flagOf('flag', ['e1'])] }

/** A name like any other in JSON; written as a literal it would be the object's prototype. */
function own(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries([[name, value]])
}

export const KNOWN_EVENT_DIFFERENCES: readonly KnownEventDifference[] = [
  {
    name: 'an attribute that the datafile calls `__proto__`',
    reason: 'The SDK keeps attributes in an object and loses it there; here names are names.',
    datafile: datafileOf({ ...tested, attributes: [{ id: '7', key: '__proto__' }] }),
    asked: decided({ attributes: own('__proto__', 'text') }),
    oracle: ['feature-test e1 on'],
    ours: ['feature-test e1 on 7=text'],
  },
  {
    name: 'a flag that is off, left out of the answer, and asked for twice',
    reason:
      'The SDK forgets what it leaves out, decides it once more and counts two exposures; a flag counts once for each request.',
    datafile: datafileOf({
      experiments: [ruleOf('e1', { variations: [{ ...RUNNING.variations[0], featureEnabled: false }] })],
      featureFlags: [flagOf('flag', ['e1'])],
    }),
    asked: decided({}, ['flag', 'flag'], { enabledFlagsOnly: true }),
    oracle: ['feature-test e1 on', 'feature-test e1 on'],
    ours: ['feature-test e1 on'],
  },
  {
    name: 'an experiment with an empty key that is activated',
    reason:
      'The SDK takes an empty key for a mistake of its caller; the datafile has it, so that it can be asked for here.',
    datafile: datafileOf({ experiments: [ruleOf('e1', { key: '' })] }),
    asked: activated(''),
    oracle: [],
    ours: ['experiment  on'],
  },
  {
    name: 'an experiment that is activated by a user in a holdout',
    reason:
      "The SDK's `activate` is older than holdouts, and puts the user in; here a holdout holds out of experiments however they are asked for.",
    datafile: datafileOf({ experiments: [ruleOf('e1')], holdouts: [ruleOf('h1')] }),
    asked: activated('e1'),
    oracle: ['experiment e1 on'],
    ours: ['holdout h1 on'],
  },
  {
    name: "an experiment that is activated and whose traffic leads into another's variation",
    reason:
      "The SDK's `activate` looks the variation up once more by its key, among the experiment's own, and counts that one's id; here what the user is in counts.",
    datafile: datafileOf({
      experiments: [
        ruleOf('e1', {
          variations: [{ ...RUNNING.variations[0], id: '11' }],
          trafficAllocation: [{ entityId: '22', endOfRange: 10_000 }],
        }),
        ruleOf('e2', { variations: [{ ...RUNNING.variations[0], id: '22' }] }),
      ],
    }),
    asked: activated('e1'),
    oracle: ['experiment e1 on/11'],
    ours: ['experiment e1 on/22'],
  },
  {
    name: 'a flag that can be decided beside one that cannot',
    reason: 'The SDK throws before anything is counted; here the others are decided, answered and counted.',
    datafile: datafileOf({
      experiments: [ruleOf('e1'), ruleOf('e2', { groupId: 'nowhere' })],
      featureFlags: [flagOf('flag', ['e1']), flagOf('broken', ['e2'])],
    }),
    asked: decided({}, ['broken', 'flag']),
    oracle: 'threw',
    ours: ['feature-test e1 on'],
  },
]
