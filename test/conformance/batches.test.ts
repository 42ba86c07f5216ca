import * as sdk from '@optimizely/optimizely-sdk/universal'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchEvents } from '../../src/events/batch-events.ts'
import { collectorBatch, collectorOf } from '../../src/events/delivery/collector-sink.ts'
import { datafileWith } from '../engine/datafile-builder.ts'
import { comparable, type EventQuestion, type SentRequest } from './event-case.ts'
import { eventsOf, readSender, type Sender, throughQueue } from './event-engine.ts'
import { attributesOf, tagsOf } from './event-oracle.ts'
import { createClient } from './oracle.ts'

const PROJECT = {
  accountId: '12',
  projectId: '34',
  revision: '1',
  attributes: [{ id: '1', key: 'country' }],
  events: [{ id: '9', key: 'bought', experimentIds: [] }],
}

/** Each differs from the first in one thing; events of the last may share its batches all the same. */
const DATAFILES = [
  PROJECT,
  { ...PROJECT, region: 'EU' },
  { ...PROJECT, region: 'AP' },
  { ...PROJECT, accountId: '13' },
  { ...PROJECT, projectId: '35' },
  { ...PROJECT, revision: '2' },
  { ...PROJECT, anonymizeIP: true },
  { ...PROJECT, botFiltering: true },
  { ...PROJECT, botFiltering: false },
  { ...PROJECT, events: [{ id: '10', key: 'bought', experimentIds: [] }] },
].map((fields) => JSON.stringify(datafileWith(fields)))

const SENDERS = DATAFILES.map(readSender)

/** Something that a user did, counted by one of the datafiles. */
interface Happening {
  readonly datafile: number
  readonly asked: Extract<EventQuestion, { kind: 'track' }>
}

/** `number` tells it from the others. */
function happening(datafile: number, number: number): Happening {
  const user = { userId: `u${number % 3}`, attributes: { country: `c${number}` } }
  return { datafile, asked: { kind: 'track', eventKey: 'bought', user, tags: { number } } }
}

const happenings = fc
  .array(fc.nat(DATAFILES.length - 1), { maxLength: 80, size: 'max' })
  .map((datafiles) => datafiles.map(happening))

/** Of few datafiles, so that batches fill. */
const manyOfFew = fc
  .array(fc.constantFrom(0, 9, 1), { minLength: 40, maxLength: 120, size: 'max' })
  .map((datafiles) => datafiles.map(happening))

describe('batches are those that the SDK sends', () => {
  test.each([
    ['many projects', happenings],
    ['few projects', manyOfFew],
  ])('for events of %s, whose events come one project after the other', async (_, generated) => {
    const alike = fc.asyncProperty(generated, async (mixed) => {
      const sorted = oneProjectAfterTheOther(mixed)
      expect(ourBatches(sorted)).toEqual(await theirBatches(sorted))
    })
    await fc.assert(alike, { seed: 20_261_127, numRuns: 100 })
  })

  test('also where events of several projects come mixed, for which the SDK begins a new batch each time', async () => {
    const alike = fc.asyncProperty(manyOfFew, async (mixed) => {
      const expected = await theirBatches(oneProjectAfterTheOther(mixed))
      expect(inAnyOrder(ourBatches(mixed))).toEqual(inAnyOrder(expected))
      expect(ourBatches(mixed).length).toBeLessThan((await theirBatches(mixed)).length)
    })
    await fc.assert(alike, { seed: 20_261_127, numRuns: 50 })
  })
})

/** Sorted by what a batch may not mix: the last datafile is in that like the first. */
function oneProjectAfterTheOther(mixed: readonly Happening[]): readonly Happening[] {
  const contextOf = ({ datafile }: Happening): number => datafile % (DATAFILES.length - 1)
  return mixed.toSorted((a, b) => contextOf(a) - contextOf(b))
}

function inAnyOrder(requests: readonly SentRequest[]): readonly string[] {
  return requests.map(({ url, body }) => `${url} ${body}`).toSorted()
}

function ourBatches(happened: readonly Happening[]): readonly SentRequest[] {
  const queued = happened.flatMap(({ datafile, asked }) => eventsOf(senderNumber(datafile), asked).map(throughQueue))
  const batches = batchEvents(queued, { maxEvents: 10, maxBytes: 3_500_000 })
  return batches.map((batch) => ({
    url: collectorOf(batch.region),
    body: comparable(JSON.stringify(collectorBatch(batch))),
  }))
}

function senderNumber(datafile: number): Sender {
  const sender = SENDERS[datafile]
  if (sender === undefined || sender === null) throw new Error(`There is no datafile ${datafile}.`)
  return sender
}

/** One event processor, which the clients of all datafiles share. */
async function theirBatches(happened: readonly Happening[]): Promise<readonly SentRequest[]> {
  const requests: SentRequest[] = []
  const eventProcessor = sdk.createBatchEventProcessor({
    eventDispatcher: {
      dispatchEvent: async ({ url, params }) => {
        requests.push({ url, body: comparable(JSON.stringify(params)) })
        return { statusCode: 200 }
      },
    },
    // Longer than it takes: batches end where they are full, and at the end.
    flushInterval: 600_000,
  })
  const clients = DATAFILES.map((text) => createClient(text, { stored: undefined, saved: null }, eventProcessor))
  for (const { datafile, asked } of happened) {
    const { eventKey, user } = asked
    clients[datafile]?.track(eventKey, user.userId, attributesOf(asked), tagsOf(asked))
    // The processor takes each event a moment after it was handed over.
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(clients.map((client) => client.close()))
  return requests
}
