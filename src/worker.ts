/** The composition root: the only file that sees `env` and the request's context. */

import { waitUntil } from 'cloudflare:workers'
import fallback from '#fallback-datafile'
import { version } from '../package.json'
import { createKvDatafileActions } from './admin/kv-datafile-actions.ts'
import type { Api } from './api/api.ts'
import { respondFailure } from './api/failure.ts'
import { answerRequest } from './api/routes.ts'
import type { Log } from './base/log.ts'
import { ok, type Result } from './base/result.ts'
import { createLogRecorder } from './events/log-recorder.ts'
import { createBackground } from './platform/background.ts'
import { parseConfig } from './platform/config.ts'
import { parseFallback } from './platform/fallback-datafile.ts'
import { createLog } from './platform/log.ts'
import type { ConfigIssue } from './platform/read-env.ts'
import { createCachedStore } from './store/cached.ts'

export default {
  fetch(request, env) {
    const { log, api } = isolateOf(env)
    if (!api.ok) return respondFailure({ code: 'misconfigured', issues: api.error })
    try {
      const answer = answerRequest(request, api.value)
      return answer instanceof Promise ? answer.catch((cause) => answerBug(cause, log)) : answer
    } catch (cause) {
      return answerBug(cause, log)
    }
  },
} satisfies ExportedHandler<object>

/** What one isolate keeps between requests. */
interface Isolate {
  readonly log: Log
  readonly api: Result<Api, readonly ConfigIssue[]>
}

/** The environment of an isolate is one object, so that everything is made once. */
const isolates = new WeakMap<object, Isolate>()

function isolateOf(env: object): Isolate {
  const known = isolates.get(env)
  if (known !== undefined) return known
  const log = createLog({ write: writeLine, clock: Date.now, everyMs: LOG_EVERY_MS, unbounded: UNBOUNDED })
  const isolate = { log, api: createApi(env, log) }
  isolates.set(env, isolate)
  if (!isolate.api.ok) log({ level: 'error', code: 'misconfigured', issues: JSON.stringify(isolate.api.error) })
  return isolate
}

/** A line for each kind of event at most so often. */
const LOG_EVERY_MS = 10_000
const UNBOUNDED = new Set(['internal_error'])

function createApi(env: object, log: Log): Isolate['api'] {
  const parsed = parseConfig(env)
  if (!parsed.ok) return parsed
  const config = parsed.value
  const bundled = parseFallback(fallback, config.sdkKey)
  if (!bundled.ok) return { ok: false, error: [bundled.error] }
  const store = createCachedStore({
    kv: config.datafiles,
    clock: Date.now,
    random: Math.random,
    background: createBackground(waitUntil, log),
    log,
    freshMs: config.freshMs,
    maxDatafileBytes: config.maxDatafileBytes,
    bundled: bundled.value,
  })
  return ok({
    store,
    health: store.health,
    datafiles: createKvDatafileActions({ ...config, kv: config.datafiles, served: store, clock: Date.now }),
    impressions: createLogRecorder(log),
    log,
    adminToken: config.adminToken,
    allowedOrigins: config.allowedOrigins,
    datafileRoutes: config.datafileRoutes,
    maxDatafileBytes: config.maxDatafileBytes,
    rateLimiter: config.rateLimiter,
    version,
  })
}

function writeLine(line: string): void {
  console.log(line)
}

/** What was thrown is a bug: the caller learns a number under which the log has it. */
function answerBug(cause: unknown, log: Log): Response {
  const requestId = crypto.randomUUID()
  const message = String(cause instanceof Error ? cause.stack : cause)
  log({ level: 'error', code: 'internal_error', requestId, message })
  return respondFailure({ code: 'internal_error', requestId })
}
