import { reasonOf } from '../../base/reason.ts'
import { type FlatEvent, flatEvents } from './flat-event.ts'
import { DELIVERED, type Sink } from './sink.ts'

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
 * variation that its visitor had been shown before it was counted. Visitors are kept as hashes.
 */
export function createSumsSink(database: SumsDatabase): Sink {
  return {
    name: 'sums',
    deliver: async ({ events }) => {
      try {
        const flat = events.flatMap(flatEvents)
        const visitors = await Promise.all(flat.map(visitorHash))
        await database.batch(flat.flatMap((event, index) => statementsOf(database, event, visitors[index] ?? '')))
        return DELIVERED
      } catch (cause) {
        return { kind: 'retry', reason: reasonOf(cause), afterSeconds: 0 }
      }
    },
  }
}

/** `fresh` is 1 for an event that was not counted before: it is what the statements after it look at. */
const SEE = 'INSERT INTO seen_events (uuid, day, fresh) VALUES (?1, ?2, 1) ON CONFLICT (uuid) DO UPDATE SET fresh = 0'
const IS_FRESH = 'EXISTS (SELECT 1 FROM seen_events WHERE uuid = ?1 AND fresh = 1)'

const EXPOSE = `INSERT INTO shown (visitor, sdk_key, experiment_id, variation_id, day)
SELECT ?2, ?3, ?4, ?5, ?6 WHERE ${IS_FRESH}
ON CONFLICT (visitor, experiment_id) DO UPDATE SET day = excluded.day`

const ADD = `ON CONFLICT (sdk_key, experiment_id, variation_id, metric, day)
DO UPDATE SET n = n + excluded.n, sum = sum + excluded.sum, sum_of_squares = sum_of_squares + excluded.sum_of_squares`

const COUNT_EXPOSURE = `INSERT INTO daily_sums (sdk_key, experiment_id, variation_id, metric, day, n, sum, sum_of_squares)
SELECT ?2, ?3, ?4, 'exposures', ?5, 1, 1, 1 WHERE ${IS_FRESH} ${ADD}`

const COUNT_CONVERSION = `INSERT INTO daily_sums (sdk_key, experiment_id, variation_id, metric, day, n, sum, sum_of_squares)
SELECT sdk_key, experiment_id, variation_id, ?3, ?4, 1, ?5, ?5 * ?5 FROM shown
WHERE visitor = ?2 AND ${IS_FRESH} ${ADD}`

function statementsOf(database: SumsDatabase, event: FlatEvent, visitor: string): readonly SumsStatement[] {
  const day = new Date(event.timestampMs).toISOString().slice(0, 10)
  const run = (sql: string, ...values: readonly (string | number)[]): SumsStatement =>
    database.prepare(sql).bind(event.uuid, ...values)
  const see = run(SEE, day)
  if (event.type === 'conversion') {
    return [see, ...metricsOf(event).map(([metric, x]) => run(COUNT_CONVERSION, visitor, metric, day, x))]
  }
  const { sdkKey, experimentId, variationId, variationKey } = event
  const variation = variationId || variationKey
  if (experimentId === '' || variation === '') return [see]
  return [
    see,
    run(COUNT_EXPOSURE, sdkKey, experimentId, variation, day),
    run(EXPOSE, visitor, sdkKey, experimentId, variation, day),
  ]
}

/** The event itself, and what it was worth. */
function metricsOf({ eventKey, revenue, value }: FlatEvent): readonly (readonly [metric: string, x: number])[] {
  const metrics: [string, number][] = [[eventKey, 1]]
  if (revenue !== null) metrics.push([`${eventKey}:revenue`, revenue])
  if (value !== null) metrics.push([`${eventKey}:value`, value])
  return metrics
}

/** Days for which a uuid, and who was shown what, are kept. */
export const KEPT_DAYS = 14

/** Forgets what is older than `KEPT_DAYS`. Rejects when the database fails. */
export async function forgetOldEvents(database: SumsDatabase, nowMs: number): Promise<void> {
  const oldest = new Date(nowMs - KEPT_DAYS * 86_400_000).toISOString().slice(0, 10)
  await database.batch(
    ['seen_events', 'shown'].map((table) => database.prepare(`DELETE FROM ${table} WHERE day < ?1`).bind(oldest)),
  )
}

async function visitorHash({ sdkKey, userId }: FlatEvent): Promise<string> {
  const bytes = new TextEncoder().encode(`${sdkKey}\n${userId}`)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
