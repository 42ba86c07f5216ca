import { beforeAll, describe, expect, test } from 'vitest'
import { compareSent } from './compare-events.ts'
import { countEvents, EVENT_KINDS, type EventKind, emptyEventTally } from './event-tally.ts'

/** Always the same cases, so that a change fails for what it did itself; `TURNOUT_SEED` takes others. */
const seed = Number(process.env.TURNOUT_SEED ?? 20_261_127)

describe('events are what the SDK sends, byte for byte but for uuids and times', () => {
  const tally = emptyEventTally()
  let difference: string | null = 'nothing compared'

  beforeAll(() => {
    difference = compareSent({ seed, datafiles: 2_000 }, (agreement) => countEvents(tally, agreement))
  }, 300_000)

  test(`for generated datafiles, users, attributes and tags (seed ${seed})`, () => {
    expect(difference).toBeNull()
  })

  test('in at least 20,000 questions and as many events', () => {
    expect(tally.questions).toBeGreaterThanOrEqual(20_000)
    expect(tally.events).toBeGreaterThanOrEqual(20_000)
  })

  test.each(Object.keys(EVENT_KINDS) as EventKind[])('also where %s', (kind) => {
    expect(tally.kinds.get(kind) ?? 0).toBeGreaterThanOrEqual(20)
  })
})
