/**
 * How long bindings are waited for, which have no limit of their own. What is late may still be carried out: whoever goes on without
 * it has to reckon with both, so that events may come twice, under the same uuid.
 */

import type { ParkedEvents } from './parked-events.ts'
import type { EventQueue } from './queue-sends.ts'
import type { SumsDatabase } from './sums-sink.ts'

/** The promise's value; rejects when it does not come within so many milliseconds. */
export type InTime = <Value>(promise: Promise<Value>, limitMs: number) => Promise<Value>

/** Short, since what a Queue does not take still has to go straight on in the 30 seconds after a response. */
export const QUEUE_WITHIN_MS = 4_000
/** As long as a server that is posted to has. */
export const DATABASE_WITHIN_MS = 10_000
export const PARKED_WITHIN_MS = 10_000

/** A Queue that rejects what it has not taken in time. */
export function queueInTime(queue: EventQueue, inTime: InTime): EventQueue {
  return { sendBatch: (messages) => inTime(queue.sendBatch(messages), QUEUE_WITHIN_MS) }
}

/** A database that rejects a transaction that has not ended in time, committed or not. */
export function databaseInTime(database: SumsDatabase, inTime: InTime): SumsDatabase {
  return {
    prepare: (sql) => database.prepare(sql),
    batch: (statements) => inTime(database.batch(statements), DATABASE_WITHIN_MS),
  }
}

/** A place for refused events that rejects those that it has not kept in time. */
export function parkedInTime({ park }: ParkedEvents, inTime: InTime): ParkedEvents {
  return { park: (events) => inTime(park(events), PARKED_WITHIN_MS) }
}
