/** The Worker, whose Queue and database do what they are asked to and never say so, the first time. */
import worker from '../../src/worker.ts'
import { hasten } from './hasten.ts'

export * from '../../src/worker.ts'

interface Bindings {
  readonly EVENTS: Queue
  readonly EVENTS_DB: D1Database
}

export default {
  fetch: (request, env) => worker.fetch(request, hangingOf(env)),
  queue: (batch, env) => worker.queue(batch, hangingOf(env)),
} satisfies ExportedHandler<Bindings>

hasten(10)

/** An isolate is known by its environment. */
let known: object | null = null

function hangingOf(env: Bindings): object {
  known ??= {
    ...env,
    EVENTS: { sendBatch: hangingOnce((messages: Iterable<MessageSendRequest>) => env.EVENTS.sendBatch(messages)) },
    EVENTS_DB: {
      prepare: (sql: string) => env.EVENTS_DB.prepare(sql),
      batch: hangingOnce((statements: D1PreparedStatement[]) => env.EVENTS_DB.batch(statements)),
    },
  }
  return known
}

function hangingOnce<Given, Value>(run: (given: Given) => Promise<Value>): (given: Given) => Promise<Value> {
  let calls = 0
  return async (given) => {
    const isFirst = calls++ === 0
    const value = await run(given)
    return isFirst ? await new Promise<never>(() => {}) : value
  }
}
