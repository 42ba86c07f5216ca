import { describe, expect, test } from 'vitest'
import { buildEvent } from '../../../src/events/build-event.ts'
import type { Conversion, EventContext, Impression, UserEvent } from '../../../src/events/event.ts'
import { parseQueuedEvent } from '../../../src/events/queued-event.ts'
import { datafileWith, projectOf } from '../../engine/datafile-builder.ts'
import MESSAGES from './messages-v1.json' with { type: 'json' }

const FIELDS = {
  accountId: '12',
  projectId: '34',
  revision: '241',
  region: 'EU',
  anonymizeIP: true,
  attributes: [
    { id: '1', key: 'country' },
    { id: '2', key: 'age' },
  ],
  events: [{ id: '9', key: 'bought', experimentIds: [] }],
}
const CLIENT = { name: 'turnout', version: '1.0.0' }
const CONTEXT: EventContext = {
  sdkKey: 'shop',
  project: projectOf(datafileWith(FIELDS)),
  userId: 'u1',
  attributes: {},
}

const everyone = { test: () => true, source: undefined } as const
const RULE = {
  id: 'e1',
  key: 'exp',
  layerId: 'l1',
  running: true,
  audience: everyone,
  allocation: [],
  group: null,
  cmab: null,
  whitelist: null,
  variations: [],
  localHoldouts: [],
} satisfies Impression['rule']
const HOLDOUT = {
  id: 'h1',
  key: 'hold',
  running: true,
  audience: everyone,
  allocation: [],
  group: null,
  excludeTargetedDeliveries: false,
} satisfies Impression['rule']

const SHOWN: Impression = {
  ...CONTEXT,
  kind: 'impression',
  flagKey: 'checkout',
  enabled: true,
  source: 'feature-test',
  rule: RULE,
  variation: { id: '7', key: 'on', featureEnabled: true },
}

function bought(fields: Partial<Conversion> = {}): Conversion {
  return { ...CONTEXT, kind: 'conversion', eventKey: 'bought', eventId: '9', tags: {}, ...fields }
}

/** By the names of the messages that they come to. */
const EVENTS: Readonly<Record<string, UserEvent>> = {
  'an experiment of a flag': {
    ...SHOWN,
    project: projectOf(datafileWith({ ...FIELDS, botFiltering: true })),
    attributes: { country: 'fr', $opt_user_agent: 'Mozilla', nobody: 'knows', age: Number.NaN },
  },
  'a delivery that nobody is in': { ...SHOWN, enabled: false, source: 'rollout', rule: null, variation: null },
  'a holdout': {
    ...SHOWN,
    enabled: false,
    source: 'holdout',
    rule: HOLDOUT,
    variation: { id: 'v-off', key: 'off', featureEnabled: false },
  },
  'an experiment on pages': { ...SHOWN, flagKey: '', source: 'experiment' },
  'a decision of a contextual bandit': { ...SHOWN, cmabUuid: 'c-1' },
  'a conversion': bought(),
  'a conversion with all there is': bought({
    attributes: { age: 2 ** 53 },
    tags: { revenue: '4200', value: 12.5, items: [{ sku: 'a', size: null }], note: '用户', nothing: null },
  }),
  'a conversion whose value is no number': bought({ tags: { value: true } }),
}

describe('events are queued as messages of version 1', () => {
  test.each(MESSAGES.filter(({ message }) => !('to' in message)))('$name', ({ name, message }) => {
    const [uuid] = message.visitor.snapshots.flatMap(({ events }) => events.map((one) => one.uuid))
    const event = EVENTS[name]
    expect(event && buildEvent(event, { uuid: uuid ?? '', timestampMs: 1_790_000_000_000.9, client: CLIENT })).toEqual(
      message,
    )
  })
})

/** The event of a conversion with these tags. */
function eventWith(tags: Conversion['tags']): unknown {
  const queued = buildEvent(bought({ tags }), { uuid: 'a', timestampMs: 0, client: CLIENT })
  // As the queue has it: plain JSON, and a message to whoever reads it.
  const parsed = parseQueuedEvent(JSON.parse(JSON.stringify(queued)))
  if (!parsed.ok) throw new Error(parsed.error.message)
  expect(parsed.value).toEqual(queued)
  return parsed.value.visitor.snapshots[0]?.events[0]
}

const PLAIN = { entity_id: '9', key: 'bought', timestamp: 0, uuid: 'a' }
const cycle: unknown[] = []
cycle.push(cycle)

/** Where the SDK throws and loses the event, or the event is lost when it is written. */
describe('a conversion is not lost for a tag', () => {
  test.each<[what: string, tags: Conversion['tags'], fields: object]>([
    ['that JSON cannot hold', { big: 1n, kept: 1 }, { tags: { kept: 1 } }],
    ['that holds itself', { cycle, kept: 1 }, { tags: { kept: 1 } }],
    ['that is a function', { call: () => 1 }, { tags: {} }],
    ['that nests too deep', { deep: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) }, { tags: {} }],
    ['that throws when it is written', { bad: { toJSON: 1n.toString.bind(null) } }, { tags: {} }],
    [
      'that is no number though it should be',
      { revenue: { valueOf: 1, toString: 1 }, value: [{ toString: 1 }] },
      { tags: { revenue: { valueOf: 1, toString: 1 }, value: [{ toString: 1 }] } },
    ],
    [
      'with the name of a method',
      { hasOwnProperty: 1, revenue: 2 },
      { tags: { hasOwnProperty: 1, revenue: 2 }, revenue: 2 },
    ],
    [
      'with the name of the prototype',
      JSON.parse('{"__proto__":{"revenue":5}}'),
      { tags: JSON.parse('{"__proto__":{"revenue":5}}') },
    ],
  ])('%s', (_, tags, fields) => {
    expect(eventWith(tags)).toEqual({ ...PLAIN, ...fields })
  })
})

describe('an attribute is sent', () => {
  test('also by the name of the prototype, where the datafile knows one', () => {
    const project = projectOf(datafileWith({ ...FIELDS, attributes: [{ id: '1', key: '__proto__' }] }))
    const event = bought({ project, attributes: JSON.parse('{"__proto__":"x","constructor":"y"}') })
    const { visitor } = buildEvent(event, { uuid: 'a', timestampMs: 0, client: CLIENT })
    expect(visitor.attributes).toEqual([{ entity_id: '1', key: '__proto__', type: 'custom', value: 'x' }])
  })

  test('in whatever number there are', () => {
    const attributes = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`$opt_${index}`, index]))
    const { visitor } = buildEvent(bought({ attributes }), { uuid: 'a', timestampMs: 0, client: CLIENT })
    expect(visitor.attributes).toHaveLength(10_000)
  })
})
