import { hexOf } from '../../base/hex.ts'
import { reasonOf } from '../../base/reason.ts'
import { type FlatEvent, flatEvents } from './flat-event.ts'
import { DELIVERED, type Sink } from './sink.ts'
import {
  CONVERT,
  COUNT_ARRIVED,
  COUNT_CONVERSION,
  COUNT_EXPOSURE,
  COUNT_VISITOR,
  FORGET,
  SEE,
  SHOW,
} from './sums-statements.ts'

/** What is needed of a D1 database. */
export interface SumsDatabase {
  prepare(sql: string): SumsStatement
  /** All or nothing. */
  batch(statements: readonly SumsStatement[]): Promise<unknown>
}

export interface SumsStatement {
  bind(...values: readonly (string | number)[]): SumsStatement
}

/**
 * Keeps daily sums in D1 (`migrations/`): for each experiment, variation and metric how many, the sum and the sum of
 * squares. An event counts once: its uuid is written in the same transaction as its sums. A conversion counts for every
 * variation that its visitor had been shown when it happened, in whatever order the two arrive. Visitors are kept as hashes.
 */
export function createSumsSink(database: SumsDatabase, clock: () => number): Sink {
  return {
    name: 'sums',
    deliver: async ({ events }) => {
      try {
        const keptDay = dayOf(clock())
        const flat = events.flatMap(flatEvents)
        const visitors = await Promise.all(flat.map(visitorHash))
        const statements = flat.flatMap((event, index) =>
          statementsOf(event, { visitor: visitors[index] ?? '', keptDay }),
        )
        await database.batch(statements.map(({ sql, values }) => database.prepare(sql).bind(...values)))
        return DELIVERED
      } catch (cause) {
        return { kind: 'retry', reason: reasonOf(cause), afterSeconds: 0 }
      }
    },
  }
}

interface Statement {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

interface Counting {
  readonly visitor: string
  /** Today: what is kept is forgotten by when it was counted, not by when it happened. */
  readonly keptDay: string
}

function statementsOf(event: FlatEvent, { visitor, keptDay }: Counting): readonly Statement[] {
  const { uuid, timestampMs, sdkKey, experimentId } = event
  const day = dayOf(timestampMs)
  const run = (sql: string, ...values: readonly (string | number)[]): Statement => ({
    sql,
    values: [uuid, visitor, ...values],
  })
  const see = run(SEE, keptDay)
  if (event.type === 'conversion') {
    const kept = metricsOf(event).map(([metric, x]) => run(CONVERT, metric, timestampMs, day, x, keptDay))
    return [see, ...kept, run(COUNT_CONVERSION)]
  }
  const variation = event.variationId || event.variationKey
  if (experimentId === '' || variation === '') return [see]
  const shown = [sdkKey, experimentId, variation] as const
  return [
    see,
    run(COUNT_EXPOSURE, ...shown, day),
    run(COUNT_VISITOR, ...shown, day),
    run(COUNT_ARRIVED, ...shown, timestampMs),
    run(SHOW, ...shown, timestampMs, keptDay),
  ]
}

/** The event itself, and what it was worth. */
function metricsOf({ eventKey, revenue, value }: FlatEvent): readonly (readonly [metric: string, x: number])[] {
  const metrics: [string, number][] = [[`event:${eventKey}`, 1]]
  if (isCountable(revenue)) metrics.push([`revenue:${eventKey}`, revenue])
  if (isCountable(value)) metrics.push([`value:${eventKey}`, value])
  return metrics
}

/** Anybody can report events: one number beyond this, and a sum of squares would be infinite for good. */
function isCountable(x: number | null): x is number {
  return x !== null && Math.abs(x) <= Number.MAX_SAFE_INTEGER
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** Days for which a uuid, and who was shown and did what, are kept. */
export const KEPT_DAYS = 14

/** Forgets what is older than `KEPT_DAYS`, some of it with each call. Rejects when the database fails. */
export async function forgetOldEvents(database: SumsDatabase, nowMs: number): Promise<void> {
  const oldest = dayOf(nowMs - KEPT_DAYS * 86_400_000)
  await database.batch(FORGET.map((sql) => database.prepare(sql).bind(oldest)))
}

async function visitorHash({ sdkKey, userId }: FlatEvent): Promise<string> {
  const bytes = new TextEncoder().encode(`${sdkKey}\n${userId}`)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return hexOf(hash.subarray(0, 16))
}
