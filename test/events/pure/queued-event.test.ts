import { describe, expect, test } from 'vitest'
import { batchEvents } from '../../../src/events/batch-events.ts'
import { collectorBatch } from '../../../src/events/delivery/collector-sink.ts'
import { parseQueuedEvent } from '../../../src/events/queued-event.ts'
import MESSAGES from './messages-v1.json' with { type: 'json' }
import { conversion, exposure } from './queued.ts'

const LIMITS = { maxEvents: 10, maxBytes: 3_500_000 }

/** What the collector is sent of a message, which has to be one. */
function delivered(message: unknown): unknown {
  const parsed = parseQueuedEvent(message)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return batchEvents([parsed.value], LIMITS).map(collectorBatch)
}

/** F48: whatever writes or reads queues after these were written has to do with them. */
describe('a message of version 1 is delivered as it was written', () => {
  test.each(MESSAGES)('$name', ({ message }) => {
    expect(delivered(message)).toEqual([{ ...message.envelope, visitors: [message.visitor] }])
  })

  test.each(MESSAGES)('and as the text that it is sent as: $name', ({ message }) => {
    expect(delivered(JSON.stringify(message))).toEqual(delivered(message))
  })

  test.each(MESSAGES)('and with what a later Worker adds to it: $name', ({ message }) => {
    const later = withMore(message)
    expect(delivered(later)).toEqual([{ ...later.envelope, visitors: [later.visitor] }])
  })
})

/** The same with a field more in every object. */
function withMore<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withMore) as Value
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, held]) => [key, withMore(held)])
  return Object.fromEntries([...entries, ['added_later', { by: ['version', 2] }]])
}

describe('what is no message is refused', () => {
  test.each<[what: string, message: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text that is no JSON', JSON.stringify(conversion('a')).slice(1)],
    ['the text of a text', JSON.stringify(JSON.stringify(conversion('a')))],
    ['the text of another version', JSON.stringify({ ...conversion('a'), v: 2 })],
    ['a list', [conversion('a')]],
    ['an object without anything', {}],
    ['a version that is not read yet', { ...conversion('a'), v: 2 }],
    ['a version as a text', { ...conversion('a'), v: '1' }],
    ['a key that is a number', { ...conversion('a'), sdkKey: 5 }],
    ['no region', { ...conversion('a'), region: null }],
    ['bot filtering that is a text', { ...conversion('a'), botFiltering: 'true' }],
    ['sinks in a text', { ...conversion('a'), to: 'sums' }],
    ['a sink that is a number', { ...conversion('a'), to: [1] }],
    ['no envelope', { ...conversion('a'), envelope: null }],
    ['an account that is a number', withEnvelope({ account_id: 12 })],
    ['addresses that are perhaps anonymized', withEnvelope({ anonymize_ip: 'no' })],
    ['decisions that are not enriched', withEnvelope({ enrich_decisions: false })],
    ['no visitor', { ...conversion('a'), visitor: [] }],
    ['a visitor without id', withVisitor({ visitor_id: null })],
    ['attributes in an object', withVisitor({ attributes: { length: 1 } })],
    ['an attribute that is null', withVisitor({ attributes: [null] })],
    ['an attribute that holds a list', withVisitor({ attributes: [attributeOf(['fr'])] })],
    ['an attribute that holds null', withVisitor({ attributes: [attributeOf(null)] })],
    ['no snapshots', withVisitor({ snapshots: [] })],
    ['snapshots without events', withVisitor({ snapshots: [{ events: [] }] })],
    ['a decision without metadata', withVisitor({ snapshots: [{ ...shown, decisions: [{ experiment_id: 'e1' }] }] })],
    ['a decision that is a text', withVisitor({ snapshots: [{ ...shown, decisions: ['e1'] }] })],
    ['an event without uuid', withEvent({ uuid: undefined })],
    ['an event that happened in words', withEvent({ timestamp: 'now' })],
    ['an event that happened at no time', withEvent({ timestamp: Number.NaN })],
    ['an event after the end of time', withEvent({ timestamp: 8.64e15 + 1 })],
    ['tags in a list', withEvent({ tags: [] })],
    ['revenue in a text', withEvent({ revenue: '12' })],
    ['tags that nest too deep to be written', withEvent({ tags: { deep: nested(50_000) } })],
  ])('%s', (_, message) => {
    expect(parseQueuedEvent(message)).toEqual({
      ok: false,
      error: { code: 'malformed_message', message: 'Not an event of version 1' },
    })
  })
})

const [shown] = exposure('a').visitor.snapshots

function withEnvelope(fields: object): unknown {
  const message = conversion('a')
  return { ...message, envelope: { ...message.envelope, ...fields } }
}

function withVisitor(fields: object): unknown {
  const message = conversion('a')
  return { ...message, visitor: { ...message.visitor, ...fields } }
}

function withEvent(fields: object): unknown {
  const events = [{ entity_id: '9', key: 'bought', timestamp: 1, uuid: 'a', ...fields }]
  return withVisitor({ snapshots: [{ events }] })
}

function attributeOf(value: unknown): unknown {
  return { entity_id: '1', key: 'country', type: 'custom', value }
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}
