/** The composition root: the only file that sees `env` and the request's context. */

import { WorkerEntrypoint, waitUntil } from 'cloudflare:workers'
import fallback from '#fallback-datafile'
import { version } from '../package.json'
import type { Api } from './api/api.ts'
import { bugOf } from './api/bug.ts'
import { asksForDecision } from './api/decide.ts'
import { type Failure, respondFailure } from './api/failure.ts'
import { answerRequest } from './api/routes.ts'
import type { Call } from './api/rpc/call.ts'
import { callDecide, callDecideAll, type DecideAllArguments, type DecideArguments } from './api/rpc/decide.ts'
import { callDetails, callValue, type EvaluationArguments } from './api/rpc/evaluate.ts'
import { callPage } from './api/rpc/page.ts'
import { BOOLEAN, NUMBER, OBJECT, STRING } from './api/rpc/value-type.ts'
import type { Log } from './base/log.ts'
import { err, ok, type Result } from './base/result.ts'
import { createServices, type Services } from './compose/services.ts'
import { pauseSeconds } from './events/delivery/retry-pause.ts'
import { underMount } from './http/mount.ts'
import { ORIGIN_TIMEOUT_MS, originOf } from './pages/proxy/origin.ts'
import { AS_IT_IS, servePage } from './pages/proxy/serve-page.ts'
import { createBackground } from './platform/background.ts'
import { parseConfig } from './platform/config.ts'
import { parseFallback } from './platform/fallback-datafile.ts'
import { createLog } from './platform/log.ts'
import { readOriginConfig } from './platform/origin-config.ts'
import type { ConfigIssue } from './platform/read-env.ts'
import { readerOf } from './platform/read-env.ts'
import type { JsonStructure, TurnoutBinding } from './protocol/binding.ts'

export default {
  fetch: answerFetch,
  async scheduled(_, env) {
    await isolateOf(env).tend()
  },
  async queue(batch, env) {
    await isolateOf(env).consume(batch)
  },
} satisfies ExportedHandler<object>

export { NotificationRelay } from './durable/notification-relay.ts'
export { UserShard } from './durable/user-shard.ts'
export type * from './protocol/binding.ts'

/**
 * What other Workers of the account have as `env.TURNOUT`, bound with `entrypoint = "Turnout"`. A named entrypoint is reached by
 * such a binding, and from nowhere else. It only hands over.
 */
export class Turnout extends WorkerEntrypoint<object, unknown> implements TurnoutBinding {
  override fetch(request: Request) {
    return answerFetch(request, this.env)
  }
  decide(...given: DecideArguments) {
    return callDecide(given, this.#call())
  }
  decideAll(...given: DecideAllArguments) {
    return callDecideAll(given, this.#call())
  }
  page(question: unknown) {
    return callPage(question, this.#call())
  }
  getBooleanValue(...given: EvaluationArguments<boolean>) {
    return callValue(BOOLEAN, given, this.#call())
  }
  getStringValue(...given: EvaluationArguments<string>) {
    return callValue(STRING, given, this.#call())
  }
  getNumberValue(...given: EvaluationArguments<number>) {
    return callValue(NUMBER, given, this.#call())
  }
  getObjectValue(...given: EvaluationArguments<JsonStructure>) {
    return callValue(OBJECT, given, this.#call())
  }
  getBooleanDetails(...given: EvaluationArguments<boolean>) {
    return callDetails(BOOLEAN, given, this.#call())
  }
  getStringDetails(...given: EvaluationArguments<string>) {
    return callDetails(STRING, given, this.#call())
  }
  getNumberDetails(...given: EvaluationArguments<number>) {
    return callDetails(NUMBER, given, this.#call())
  }
  getObjectDetails(...given: EvaluationArguments<JsonStructure>) {
    return callDetails(OBJECT, given, this.#call())
  }

  /** Private to the class, and so not among what can be called. */
  #call(): Call {
    const { api, log } = isolateOf(this.env)
    return { api, log, props: this.ctx.props }
  }
}

function answerFetch(request: Request, env: object): Response | Promise<Response> {
  const { log, answer } = isolateOf(env)
  try {
    const response = answer(request)
    return response instanceof Promise ? response.catch((cause) => answerBug(cause, log)) : response
  } catch (cause) {
    return answerBug(cause, log)
  }
}

type Answer = (request: Request) => Response | Promise<Response>

/** What one isolate keeps between requests. */
interface Isolate {
  readonly log: Log
  readonly answer: Answer
  readonly api: Result<Api, Failure>
  readonly tend: Services['tend']
  readonly consume: Services['consume']
}

/** The environment of an isolate is one object, so that everything is made once. */
const isolates = new WeakMap<object, Isolate>()

function isolateOf(env: object): Isolate {
  const known = isolates.get(env)
  if (known !== undefined) return known
  const log = createLog({ write: writeLine, clock: Date.now, everyMs: LOG_EVERY_MS, unbounded: UNBOUNDED })
  const isolate = { log, ...createServing(env, log) }
  isolates.set(env, isolate)
  return isolate
}

/** A line for each kind of event at most so often. */
const LOG_EVERY_MS = 10_000
/** Somebody may ask for each of them: by its number, or who changed what when. */
const UNBOUNDED = new Set(['internal_error', 'datafile_uploaded', 'datafile_removed'])

/** Where the API is on a site that is proxied, whose own paths are all the others. */
const MOUNT = '/_turnout'

/** A decision service, or where an origin is set a proxy for it. Whatever else is misconfigured, pages are passed on. */
function createServing(env: object, log: Log): Omit<Isolate, 'log'> {
  const issues: ConfigIssue[] = []
  const originConfig = readOriginConfig(readerOf(env, issues))
  const services = issues.length > 0 ? err(issues) : servicesOf(env, log, originConfig === null ? '' : MOUNT)
  if (!services.ok) log({ level: 'error', code: 'misconfigured', issues: JSON.stringify(services.error) })
  const api: Isolate['api'] = services.ok
    ? ok(services.value.api)
    : err({ code: 'misconfigured', issues: services.error })
  const answerApi: Answer = (request) => (api.ok ? answerRequest(request, api.value) : respondFailure(api.error))
  const { tend, consume } = services.ok ? services.value : OUT_OF_ORDER
  if (originConfig === null) return { api, answer: answerApi, tend, consume }
  const origin = originOf(originConfig.setting, {
    fetch,
    assets: originConfig.assets,
    log,
    timeoutMs: ORIGIN_TIMEOUT_MS,
  })
  const site = services.ok ? services.value.site : null
  const answer: Answer = (request) => {
    const own = underMount(request, MOUNT) ?? (asksForDecision(request) ? request : null)
    if (own !== null) return answerApi(own)
    return site === null ? origin.fetch(request, AS_IT_IS) : servePage(request, origin, site)
  }
  return { api, answer, tend, consume }
}

/** Events wait for long, and longer with each attempt, until the configuration is mended. */
const OUT_OF_ORDER_PAUSE = { firstSeconds: 60, afterSeconds: 0, random: 1 }

/** What a Worker does that is misconfigured: events stay in their Queue. */
const OUT_OF_ORDER: Pick<Services, 'tend' | 'consume'> = {
  tend: async () => {},
  consume: async ({ messages }) => {
    for (const message of messages)
      message.retry({ delaySeconds: pauseSeconds({ ...OUT_OF_ORDER_PAUSE, attempts: message.attempts }) })
  },
}

function servicesOf(env: object, log: Log, mount: string): Result<Services, readonly ConfigIssue[]> {
  const config = parseConfig(env)
  if (!config.ok) return config
  const bundled = parseFallback(fallback, config.value.sdkKey)
  if (!bundled.ok) return err([bundled.error])
  for (const warning of config.value.warnings) log({ level: 'warn', ...warning })
  const background = createBackground(waitUntil, log)
  return ok(createServices(config.value, { log, background, bundled: bundled.value, version, mount }))
}

function writeLine(line: string): void {
  console.log(line)
}

function answerBug(cause: unknown, log: Log): Response {
  return respondFailure(bugOf(cause, log))
}
