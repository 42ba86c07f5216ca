import { unreachable } from '../../base/unreachable.ts'
import { type HeaderFields, JSON_HEADERS } from '../../http/headers.ts'

/** Everything that a request can fail with on the routes of the Optimizely Agent. */
export type AgentFailure =
  | { readonly code: 'missing_sdk_key' }
  | { readonly code: 'unknown_sdk_key' }
  | { readonly code: 'datafile_unavailable'; readonly retryAfterSeconds: number }
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }
  | { readonly code: 'unsupported_media_type' }
  | { readonly code: 'malformed_body' }
  | { readonly code: 'payload_too_large' }
  | { readonly code: 'missing_user_id' }
  | { readonly code: 'user_id_too_long'; readonly limitBytes: number }
  | { readonly code: 'too_many_forced_decisions'; readonly limit: number }
  | { readonly code: 'broken_datafile' }
  | { readonly code: 'invalid_option'; readonly option: string }
  | { readonly code: 'segments_unavailable' }

/** The answer to a request that failed, with the Agent's texts and statuses where it has any. */
export function respondAgentFailure(failure: AgentFailure): Response {
  const { status, text, retryAfterSeconds } = answerTo(failure)
  const retry: HeaderFields = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }
  return new Response(agentJson({ error: text }), { status, headers: { ...JSON_HEADERS, ...retry } })
}

/** JSON as Go writes it: `<`, `>`, `&` and the line separators of Unicode escaped, and a line feed behind it. */
export function agentJson(value: unknown): string {
  return `${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped)}\n`
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

interface AgentAnswer {
  readonly status: number
  readonly text: string
  readonly retryAfterSeconds?: number
}

function answerTo(failure: AgentFailure): AgentAnswer {
  switch (failure.code) {
    case 'missing_sdk_key':
      return { status: 400, text: 'missing required X-Optimizely-SDK-Key header' }
    case 'unknown_sdk_key': {
      const text = 'unable to fetch fresh datafile (consider rechecking SDK key), status code: 403 Forbidden'
      return { status: 403, text }
    }
    case 'datafile_unavailable': {
      const { retryAfterSeconds } = failure
      return { status: 503, text: 'failed to instantiate Optimizely: the datafile cannot be read', retryAfterSeconds }
    }
    case 'rate_limited':
      return { status: 429, text: 'too many requests', retryAfterSeconds: failure.retryAfterSeconds }
    case 'unsupported_media_type':
      return { status: 415, text: 'expected the content type application/json' }
    case 'malformed_body':
      return { status: 400, text: 'error parsing request body' }
    case 'payload_too_large':
      return { status: 413, text: 'request body too large' }
    case 'missing_user_id':
      return { status: 400, text: 'missing "userId" in request payload' }
    case 'user_id_too_long':
      return { status: 400, text: `"userId" is longer than ${failure.limitBytes} bytes` }
    case 'too_many_forced_decisions':
      return { status: 400, text: `too many forced decisions, exceeding ${failure.limit}` }
    case 'broken_datafile':
      return { status: 500, text: 'the stored datafile is not JSON' }
    case 'invalid_option':
      return { status: 400, text: `invalid option: ${failure.option}` }
    case 'segments_unavailable':
      return { status: 500, text: 'failed to fetch qualified segments' }
    default:
      return unreachable(failure)
  }
}
