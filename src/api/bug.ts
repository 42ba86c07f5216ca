import type { Log } from '../base/log.ts'
import type { Failure } from './failure.ts'

/** What was thrown is a bug: the caller learns a number under which the log has it. */
export function bugOf(cause: unknown, log: Log): Failure {
  const requestId = crypto.randomUUID()
  const message = String(cause instanceof Error ? cause.stack : cause)
  log({ level: 'error', code: 'internal_error', requestId, message })
  return { code: 'internal_error', requestId }
}
