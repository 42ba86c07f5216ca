import { unreachable } from '../../base/unreachable.ts'
import { type HeaderFields, JSON_HEADERS, TEXT_HEADERS } from '../../http/headers.ts'
import { agentJson } from './agent-json.ts'
import type { TokenFailure } from './auth/token-failure.ts'

/** Everything that a request can fail with on the routes of the Optimizely Agent. */
export type AgentFailure =
  | { readonly code: 'missing_sdk_key' }
  | { readonly code: 'unknown_sdk_key' }
  | { readonly code: 'unauthorized'; readonly why: TokenFailure }
  | { readonly code: 'datafile_unavailable'; readonly retryAfterSeconds: number }
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }
  | { readonly code: 'unsupported_media_type' }
  | { readonly code: 'malformed_body' }
  | { readonly code: 'payload_too_large' }
  | { readonly code: 'missing_user_id' }
  | { readonly code: 'user_id_too_long'; readonly limitBytes: number }
  | { readonly code: 'attributes_too_long'; readonly limitBytes: number }
  | { readonly code: 'answer_too_large' }
  | { readonly code: 'too_many_forced_decisions'; readonly limit: number }
  | { readonly code: 'broken_datafile' }
  | { readonly code: 'invalid_option'; readonly option: string }
  | { readonly code: 'segments_unavailable' }
  | { readonly code: 'unsupported_type'; readonly type: string }
  | { readonly code: 'missing_event_key' }
  | { readonly code: 'empty_field'; readonly field: 'userId' | 'experimentKey' }
  | { readonly code: 'missing_action' }
  | { readonly code: 'missing_identifiers' }
  | { readonly code: 'odp_not_integrated' }
  | { readonly code: 'invalid_odp_data' }
  | { readonly code: 'no_profiles' }
  | { readonly code: 'store_unavailable' }
  | { readonly code: 'overrides_off' }
  | { readonly code: 'notifications_off' }
  | { readonly code: 'notifications_unavailable' }
  | { readonly code: 'too_many_listeners' }

/** The answer to a request that failed, with the Agent's texts and statuses where it has any. */
export function respondAgentFailure(failure: AgentFailure): Response {
  const { status, text, headers, isPlain } = answerTo(failure)
  // What Go's `http.Error` writes is no JSON, and what `render.JSON` writes is.
  const body = isPlain ? `${text}\n` : agentJson({ error: text })
  return new Response(body, { status, headers: { ...(isPlain ? TEXT_HEADERS : JSON_HEADERS), ...headers } })
}

interface AgentAnswer {
  readonly status: number
  readonly text: string
  readonly headers?: HeaderFields
  readonly isPlain?: boolean
}

/** Seconds after which a store that failed may be asked again. */
const RETRY_SECONDS = 2
/** Listeners stay for long. */
const LISTEN_AGAIN_SECONDS = 60

function answerTo(failure: AgentFailure): AgentAnswer {
  switch (failure.code) {
    case 'missing_sdk_key':
      return { status: 400, text: 'missing required X-Optimizely-SDK-Key header' }
    case 'unknown_sdk_key': {
      const text = 'unable to fetch fresh datafile (consider rechecking SDK key), status code: 403 Forbidden'
      return { status: 403, text }
    }
    case 'unauthorized':
      return { status: 401, text: failure.why, headers: { 'WWW-Authenticate': 'Bearer' } }
    case 'datafile_unavailable': {
      const text = 'failed to instantiate Optimizely: the datafile cannot be read'
      return { status: 503, text, headers: retryAfter(failure.retryAfterSeconds) }
    }
    case 'rate_limited':
      return { status: 429, text: 'too many requests', headers: retryAfter(failure.retryAfterSeconds) }
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
    case 'attributes_too_long':
      return { status: 400, text: `"userAttributes" are longer than ${failure.limitBytes} bytes` }
    case 'answer_too_large': {
      const text = 'the answer would be too large: ask for fewer keys, or with fewer attributes'
      return { status: 413, text }
    }
    case 'too_many_forced_decisions':
      return { status: 400, text: `too many forced decisions, exceeding ${failure.limit}` }
    case 'broken_datafile':
      return { status: 500, text: 'the stored datafile is not JSON' }
    case 'invalid_option':
      return { status: 400, text: `invalid option: ${failure.option}` }
    case 'segments_unavailable':
      return { status: 500, text: 'failed to fetch qualified segments' }
    case 'unsupported_type':
      return { status: 400, text: `type "${failure.type}" not supported` }
    case 'missing_event_key':
      return { status: 400, text: 'missing required path parameter: eventKey' }
    case 'empty_field':
      return { status: 400, text: `${failure.field} cannot be empty` }
    case 'missing_action':
      return { status: 400, text: 'missing "action" in request payload' }
    case 'missing_identifiers':
      return { status: 400, text: 'missing or empty "identifiers" in request payload' }
    case 'odp_not_integrated':
      return { status: 500, text: 'ODP is not integrated' }
    case 'invalid_odp_data':
      return { status: 500, text: 'ODP data is not valid' }
    case 'no_profiles':
      return { status: 500, text: 'no user profile service found' }
    case 'store_unavailable':
      return { status: 503, text: 'what is kept of users cannot be reached', headers: retryAfter(RETRY_SECONDS) }
    case 'overrides_off':
      return { status: 403, text: 'Overrides not enabled', isPlain: true }
    case 'notifications_off':
      return { status: 403, text: 'Notification stream not enabled', isPlain: true }
    case 'notifications_unavailable':
      return { status: 503, text: 'notifications cannot be reached', headers: retryAfter(RETRY_SECONDS) }
    case 'too_many_listeners':
      return { status: 503, text: 'too many listeners', headers: retryAfter(LISTEN_AGAIN_SECONDS) }
    default:
      return unreachable(failure)
  }
}

function retryAfter(seconds: number): HeaderFields {
  return { 'Retry-After': String(seconds) }
}
