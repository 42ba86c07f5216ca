/** Datafiles, users, tags and calls that come to events. */
import fc from 'fast-check'
import type { Question } from './case.ts'
import type { EventQuestion, EventTags, EventUser } from './event-case.ts'
import { datafile } from './generate-datafile.ts'
import { question } from './generate-question.ts'
import { mostly, ruleKey, userId } from './names.ts'

/** Attributes that datafiles know, and others; reserved ones, inherited names, and none at all. */
const attributeKey = fc.constantFrom(
  ...['country', 'plan', 'age', 'premium', 'version', 'é', 'unknown', '1', ''],
  ...['toString', 'constructor', '__proto__'],
  ...['$opt_bot_filtering', '$opt_user_agent', '$opt_known', '$opt_', 'x$opt_'],
)

/** The SDK loses an attribute that a datafile calls `__proto__`: a known difference. */
const listedKey = attributeKey.filter((key) => key !== '__proto__')
const attributeEntry = fc.record({ id: fc.constantFrom('1', '2', '10', 'é', ''), key: listedKey })

const eventKey = fc.constantFrom('bought', 'signed up', 'toString', '1', 'ünï')

const eventEntry = fc.record({
  id: fc.constantFrom('9', '10', 'x', ''),
  key: eventKey,
  experimentIds: fc.constant([]),
})

/** What events are made of, over what decisions are made of. */
const eventFields = fc.record(
  {
    accountId: fc.constantFrom('12', '', 'ä'),
    projectId: fc.constantFrom('34', ''),
    revision: fc.constantFrom('1', '241', ''),
    region: fc.constantFrom<unknown>('US', 'EU', 'EU', 'AP', 'eu', '', null),
    anonymizeIP: fc.constantFrom<unknown>(true, false, null),
    botFiltering: fc.constantFrom<unknown>(true, false, null),
    sendFlagDecisions: fc.boolean(),
    attributes: fc.array(attributeEntry, { maxLength: 8 }),
    events: fc.array(eventEntry, { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['accountId', 'projectId', 'events'] },
)

/** A datafile as decisions are compared with, and more: of two fields of one name the last counts. */
export const eventDatafile: fc.Arbitrary<string> = fc
  .tuple(datafile, eventFields)
  .map(([text, fields]) => `${text.slice(0, -1)},${JSON.stringify(fields).slice(1)}`)

/** Values as callers give them, as nobody should, and as JSON cannot hold them. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    'fr',
    '12',
    '12.9',
    '0x1f',
    '1e3',
    ' 7',
    '-3',
    'abc',
    'NaN',
    'Infinity',
    '9'.repeat(400),
  ),
  fc.constantFrom<unknown>(0, -0, 1, -3, 0.5, -0.5, 99.99, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e300, Number.MIN_VALUE),
  fc.constantFrom<unknown>(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true, false, null),
  fc.constantFrom<unknown>([], [5], ['7'], [1, 2], [null], {}, { a: { b: [1, null, {}] } }, { value: 3 }),
  fc.constantFrom<unknown>('x'.repeat(5_000), 'lone \ud800', '用户', '</script>', 'nul\u0000'),
)

const hostileAttributes = fc
  .array(fc.tuple(attributeKey, value), { maxLength: 8 })
  // An attribute named `__proto__` is one of its own, as in JSON.
  .map((entries): EventTags => Object.fromEntries(entries))

const tagName = fc.constantFrom('revenue', 'revenue', 'value', 'value', 'note', 'toString', '1', 'é', '')

const tags: fc.Arbitrary<EventTags> = fc
  .array(fc.tuple(tagName, value), { minLength: 1, maxLength: 6 })
  .map((entries) => Object.fromEntries(entries))

const user: fc.Arbitrary<EventUser> = fc.record({ userId, attributes: hostileAttributes })

const decided = fc.tuple(question, hostileAttributes, mostly(fc.constant(false), fc.constant(true), 10)).map(
  ([asked, attributes, isDisabled]): EventQuestion => ({
    kind: 'decide',
    isDisabled,
    question: askedOnce({
      ...asked,
      user: { ...asked.user, attributes: { ...attributes, ...asked.user.attributes } },
    }),
  }),
)

/** A flag that is off, left out of the answer and asked for twice counts twice with the SDK: a known difference. */
function askedOnce({ ask, ...rest }: Question): Question {
  if (ask.kind !== 'several' || !rest.options.enabledFlagsOnly) return { ...rest, ask }
  return { ...rest, ask: { kind: 'several', flagKeys: [...new Set(ask.flagKeys)] } }
}

/** The SDK activates no experiment by an empty key: a known difference. */
const namedKey = ruleKey.filter((key) => key !== '')

export const eventQuestion: fc.Arbitrary<EventQuestion> = fc.oneof(
  { weight: 4, arbitrary: decided },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('track' as const),
      eventKey: mostly(eventKey, fc.constant('nope'), 10),
      user,
      tags: mostly(tags, fc.constantFrom(undefined, undefined, { note: null }), 15),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('activate' as const), experimentKey: namedKey, user }),
  },
)
