/** The bundled Worker between a local Queue, a local D1 database and a collector: the real thing, as far as one machine has it. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { bundleWorker } from '../faults/bundle.ts'
import { shopDatafile } from '../support/shop-datafile.ts'
import { type Collector, startCollector } from './collector.ts'

export interface DeliveringOptions {
  /** The Worker to run in place of the bundled one. */
  readonly code?: string
  /** Put over `COLLECTOR_URL`, `ADMIN_TOKEN` and `EVENT_RETRY_SECONDS`. */
  readonly variables?: Readonly<Record<string, string>>
  /** Without it there is no Queue, and events go straight on. */
  readonly queue?: { readonly maxRetries?: number; readonly maxBatchSize?: number }
  readonly database?: boolean
  readonly dataset?: boolean
  /** Whether the tables are there. */
  readonly isMigrated?: boolean
  /** In place of `DATAFILE`. */
  readonly datafile?: object
  /** Nothing can be asked of one whose configuration is wrong. */
  readonly isBroken?: boolean
}

export interface DeliveringWorker {
  readonly url: string
  readonly collector: Collector
  readonly miniflare: Miniflare
  /** The Worker's log, one entry for each line. */
  readonly logged: readonly LoggedLine[]
  /** Bodies of messages in the dead-letter queue. */
  readonly deadLetters: () => readonly unknown[]
  report(userId: string, events: readonly object[]): Promise<number>
}

export interface LoggedLine {
  readonly code: string
  readonly [fact: string]: unknown
}

export type OnTestFinished = (end: () => Promise<void>) => void

const COMPATIBILITY_DATE = '2026-10-20'
const TOKEN = 'delivery-tests-0123456789'

/** `tested` is an experiment, `purchase` an event. */
export const DATAFILE = shopDatafile({ events: [{ id: '77', key: 'purchase', experimentIds: [] }] })

export async function startDelivering(
  onTestFinished: OnTestFinished,
  options: DeliveringOptions = {},
): Promise<DeliveringWorker> {
  const collector = await startCollector()
  onTestFinished(collector.stop)
  const deadLetters = await startCollector()
  onTestFinished(deadLetters.stop)
  const logged: LoggedLine[] = []
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ message }) => void logged.push(JSON.parse(message)),
      workers: [
        turnout(options.code ?? (await bundleWorker()), collector.url, options),
        ...(options.queue === undefined ? [] : [deadLetterWorker(deadLetters.url)]),
      ],
    }),
  )
  onTestFinished(() => miniflare.dispose())
  const url = (await miniflare.ready).origin
  if (options.database === true && options.isMigrated !== false) await migrate(miniflare)
  if (options.isBroken !== true) await putDatafile(url, options.datafile ?? DATAFILE)
  return {
    url,
    collector,
    miniflare,
    logged,
    deadLetters: () => deadLetters.requests.map(({ body }): unknown => JSON.parse(body)),
    report: async (userId, events) => {
      const body = JSON.stringify({ key: 'shop', userId, events })
      const response = await fetch(`${url}/v1/events`, { method: 'POST', body })
      await response.text()
      return response.status
    },
  }
}

function turnout(script: string, collectorUrl: string, { variables, queue, database, dataset }: DeliveringOptions) {
  return {
    name: 'turnout',
    modules: true,
    script,
    compatibilityDate: COMPATIBILITY_DATE,
    bindings: { COLLECTOR_URL: collectorUrl, ADMIN_TOKEN: TOKEN, EVENT_RETRY_SECONDS: '1', ...variables },
    kvNamespaces: ['DATAFILES'],
    ...(database === true ? { d1Databases: ['EVENTS_DB'] } : {}),
    ...(dataset === true ? { analyticsEngineDatasets: { EVENTS_DATASET: { dataset: 'events' } } } : {}),
    ...(queue === undefined
      ? {}
      : {
          queueProducers: { EVENTS: { queueName: 'events' } },
          queueConsumers: {
            events: {
              maxBatchSize: 100,
              maxBatchTimeout: 0,
              maxRetries: 100,
              deadLetterQueue: 'dead-events',
              ...queue,
            },
          },
        }),
  }
}

/** One row of the daily sums. */
export interface Sum {
  readonly experiment_id: string
  readonly variation_id: string
  readonly metric: string
  readonly n: number
  readonly sum: number
  readonly sum_of_squares: number
}

/** The sums of all days, in the order of their metrics. */
export async function sumsOf({ miniflare }: DeliveringWorker): Promise<readonly Sum[]> {
  const database = await miniflare.getD1Database('EVENTS_DB', 'turnout')
  const { results } = await database
    .prepare(
      `SELECT experiment_id, variation_id, metric, SUM(n) AS n, SUM(sum) AS sum, SUM(sum_of_squares) AS sum_of_squares
      FROM daily_sums GROUP BY experiment_id, variation_id, metric ORDER BY experiment_id, variation_id, metric`,
    )
    .all<Sum>()
  return results
}

/** Tells the test of each message in the dead-letter queue. */
function deadLetterWorker(url: string) {
  const script = `export default {
    async queue({ messages }) {
      for (const { body: sent } of messages) {
        const body = typeof sent === 'string' ? sent : JSON.stringify(sent)
        await fetch(${JSON.stringify(url)}, { method: 'POST', body })
      }
    },
  }`
  return {
    name: 'dead-letters',
    modules: true,
    script,
    compatibilityDate: COMPATIBILITY_DATE,
    queueConsumers: { 'dead-events': { maxBatchTimeout: 0 } },
  }
}

const MIGRATION = fileURLToPath(new URL('../../migrations/0001_daily_sums.sql', import.meta.url))

async function migrate(miniflare: Miniflare): Promise<void> {
  const database = await miniflare.getD1Database('EVENTS_DB', 'turnout')
  const sql = (await readFile(MIGRATION, 'utf8')).replaceAll(/^\s*--.*$/gm, '')
  const statements = sql.split(';').filter((statement) => statement.trim() !== '')
  await database.batch(statements.map((statement) => database.prepare(statement)))
}

async function putDatafile(url: string, datafile: object): Promise<void> {
  const response = await fetch(`${url}/v1/datafiles/shop`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(datafile),
  })
  if (response.status !== 200 && response.status !== 201)
    throw new Error(`PUT: ${response.status} ${await response.text()}`)
}
