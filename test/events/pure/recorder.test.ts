import { describe, expect, test } from 'vitest'
import { createEventCount } from '../../../src/events/delivery/count-events.ts'
import { createRecorder } from '../../../src/events/delivery/recorder.ts'
import type { QueuedEvent } from '../../../src/events/queued-event.ts'
import { purchase } from './user-event.ts'

const NOW_MS = 1_790_000_000_000
const UUID = '01234567-89ab-4cde-8f01-23456789abcd'

describe('recording', () => {
  test('sends each event with its uuid and time, or new ones, and logs how many there were', () => {
    const { record, sent, log } = recording()
    record([purchase(), purchase({ uuid: UUID, timestampMs: 5.5 })])
    record([purchase()])
    expect(sent.map(identityOf)).toEqual([
      ['new-1', NOW_MS],
      [UUID, 5],
      ['new-2', NOW_MS],
    ])
    expect(log).toEqual([
      { level: 'info', code: 'events', impressions: 0, conversions: 2 },
      { level: 'info', code: 'events', impressions: 0, conversions: 3 },
    ])
  })

  test('of nothing does nothing', () => {
    const { record, sent, log } = recording()
    record([])
    expect([sent, log]).toEqual([[], []])
  })

  test('of an event that cannot be built loses that one alone, and does not throw', () => {
    const { record, sent, log } = recording()
    const broken = purchase()
    Object.defineProperty(broken, 'attributes', {
      get: () => {
        throw new Error('a bug')
      },
    })
    record([purchase({ uuid: 'a' }), broken, purchase({ uuid: 'c' })])
    expect(sent.map(identityOf).map(([uuid]) => uuid)).toEqual(['a', 'c'])
    expect(log).toContainEqual({ level: 'error', code: 'events_failed', count: 1, total: 1, message: 'a bug' })
  })

  test('keeps user ids and attributes out of the log', () => {
    const { record, log } = recording()
    record([purchase({ userId: 'somebody', attributes: { plan: 'secret' } })])
    expect(JSON.stringify(log)).not.toMatch(/somebody|secret/)
  })
})

describe('a burst (F43)', () => {
  test('before a collector that hangs is held up to a bound, and what is beyond it is lost and counted', () => {
    const { record, sent, lost } = recording({ hangs: true })
    for (let request = 0; request < 60; request++) record(Array.from({ length: 100 }, () => purchase()))
    expect(sent).toHaveLength(5_000)
    expect(lost()).toEqual({ 'too many under way': 1_000 })
  })

  test('is taken again when it has passed', async () => {
    const { record, sent, lost, end } = recording({ hangs: true })
    record(Array.from({ length: 5_000 }, () => purchase()))
    record([purchase()])
    await end()
    record([purchase()])
    expect(sent).toHaveLength(5_001)
    expect(lost()).toEqual({ 'too many under way': 1 })
  })

  test('that is cut off by the runtime takes no room for ever, and counts as lost', () => {
    const { record, sent, lost, later } = recording({ hangs: true })
    record(Array.from({ length: 5_000 }, () => purchase()))
    later(41_000)
    record([purchase()])
    expect(sent).toHaveLength(5_001)
    expect(lost()).toEqual({ 'cut off': 5_000 })
  })
})

function recording({ hangs = false }: { readonly hangs?: boolean } = {}) {
  const sent: QueuedEvent[] = []
  const log: { readonly code: string; readonly [fact: string]: unknown }[] = []
  const tasks: Promise<unknown>[] = []
  const ends: (() => void)[] = []
  let ids = 0
  let nowMs = NOW_MS
  const write = (event: (typeof log)[number]) => void log.push(event)
  const { record } = createRecorder({
    gather: ({ events, end }) => {
      sent.push(...events)
      ends.push(end)
      if (!hangs) end()
      return Promise.resolve()
    },
    background: (task) => void tasks.push(task),
    clock: () => nowMs,
    newId: () => `new-${++ids}`,
    client: { name: 'turnout', version: '1.0.0' },
    log: write,
    count: createEventCount(write),
  })
  return {
    record,
    sent,
    log,
    lost: () => {
      const counts: Record<string, number> = {}
      for (const { code, reason, count } of log)
        if (code === 'events_lost') counts[String(reason)] = (counts[String(reason)] ?? 0) + Number(count)
      return counts
    },
    later: (ms: number) => {
      nowMs += ms
    },
    end: async () => {
      for (const each of ends.splice(0)) each()
      await Promise.all(tasks)
    },
  }
}

function identityOf({ visitor }: QueuedEvent): readonly [uuid: string | undefined, timestamp: number | undefined] {
  const event = visitor.snapshots[0]?.events[0]
  return [event?.uuid, event?.timestamp]
}
