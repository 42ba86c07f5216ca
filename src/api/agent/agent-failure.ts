import { type HeaderFields, JSON_HEADERS, retryAfter, TEXT_HEADERS } from '../../http/headers.ts'
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
  const [status, text, headers] = answerTo(failure)
  // What Go's `http.Error` writes is no JSON, and what `render.JSON` writes is.
  const body = headers === TEXT_HEADERS ? `${text}\n` : agentJson({ error: text })
  return new Response(body, { status, headers: { ...JSON_HEADERS, ...headers } })
}

type AgentAnswer = readonly [status: number, text: string, headers?: HeaderFields]

/** Seconds after which a store that failed may be asked again. */
const RETRY_SECONDS = 2
/** Listeners stay for long. */
const LISTEN_AGAIN_SECONDS = 60

function answerTo(failure: AgentFailure): AgentAnswer {
  switch (failure.code) {
    case 'unauthorized':
      return [401, failure.why, { 'WWW-Authenticate': 'Bearer' }]
    case 'datafile_unavailable': {
      const text = 'failed to instantiate Optimizely: the datafile cannot be read'
      return [503, text, retryAfter(failure.retryAfterSeconds)]
    }
    case 'rate_limited':
      return [429, 'too many requests', retryAfter(failure.retryAfterSeconds)]
    case 'user_id_too_long':
      return [400, `"userId" is longer than ${failure.limitBytes} bytes`]
    case 'attributes_too_long':
      return [400, `"userAttributes" are longer than ${failure.limitBytes} bytes`]
    case 'too_many_forced_decisions':
      return [400, `too many forced decisions, exceeding ${failure.limit}`]
    case 'invalid_option':
      return [400, `invalid option: ${failure.option}`]
    case 'unsupported_type':
      return [400, `type "${failure.type}" not supported`]
    case 'empty_field':
      return [400, `${failure.field} cannot be empty`]
    default:
      return ANSWERS[failure.code]
  }
}

/** To failures that have nothing to tell but their code. */
const ANSWERS = {
  missing_sdk_key: [400, 'missing required X-Optimizely-SDK-Key header'],
  unknown_sdk_key: [403, 'unable to fetch fresh datafile (consider rechecking SDK key), status code: 403 Forbidden'],
  unsupported_media_type: [415, 'expected the content type application/json'],
  malformed_body: [400, 'error parsing request body'],
  payload_too_large: [413, 'request body too large'],
  missing_user_id: [400, 'missing "userId" in request payload'],
  answer_too_large: [413, 'the answer would be too large: ask for fewer keys, or with fewer attributes'],
  broken_datafile: [500, 'the stored datafile is not JSON'],
  segments_unavailable: [500, 'failed to fetch qualified segments'],
  missing_event_key: [400, 'missing required path parameter: eventKey'],
  missing_action: [400, 'missing "action" in request payload'],
  missing_identifiers: [400, 'missing or empty "identifiers" in request payload'],
  odp_not_integrated: [500, 'ODP is not integrated'],
  invalid_odp_data: [500, 'ODP data is not valid'],
  no_profiles: [500, 'no user profile service found'],
  store_unavailable: [503, 'what is kept of users cannot be reached', retryAfter(RETRY_SECONDS)],
  overrides_off: [403, 'Overrides not enabled', TEXT_HEADERS],
  notifications_off: [403, 'Notification stream not enabled', TEXT_HEADERS],
  notifications_unavailable: [503, 'notifications cannot be reached', retryAfter(RETRY_SECONDS)],
  too_many_listeners: [503, 'too many listeners', retryAfter(LISTEN_AGAIN_SECONDS)],
} as const satisfies Readonly<Record<string, AgentAnswer>>
