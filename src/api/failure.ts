import type { Issue } from '../engine/index.ts'
import { type HeaderFields, retryAfter } from '../http/headers.ts'
import { jsonResponse } from '../http/json-response.ts'
import type { ErrorJson } from '../protocol/decision.ts'

/** Everything that a request can fail with, on the routes that speak our own dialect. */
export type Failure =
  | { readonly code: 'missing_parameter'; readonly missing: readonly string[]; readonly example?: string }
  | { readonly code: 'invalid_parameter'; readonly parameter: string; readonly expected: string }
  | { readonly code: 'malformed_body'; readonly message: string }
  | { readonly code: 'payload_too_large'; readonly limitBytes: number }
  | { readonly code: 'answer_too_large' }
  | { readonly code: 'datafile_not_found' }
  | { readonly code: 'datafile_unavailable'; readonly retryAfterSeconds: number }
  | { readonly code: 'unknown_flag'; readonly flagKey: string; readonly message: string }
  | { readonly code: 'flag_failed'; readonly flagKey: string; readonly message: string }
  | { readonly code: 'datafile_invalid'; readonly issues: readonly Issue[] }
  | { readonly code: 'bad_signature' }
  | { readonly code: 'stale_announcement' }
  | { readonly code: 'datafile_not_pulled'; readonly message: string }
  | { readonly code: 'older_revision'; readonly revision: string; readonly storedRevision: string }
  | { readonly code: 'store_unavailable'; readonly message: string }
  | { readonly code: 'unauthorized' }
  | { readonly code: 'origin_not_allowed' }
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }
  | { readonly code: 'rate_limiter_unavailable' }
  | { readonly code: 'not_found' }
  | { readonly code: 'method_not_allowed'; readonly allow: string }
  | { readonly code: 'misconfigured'; readonly issues: readonly ConfigurationIssue[] }
  | { readonly code: 'internal_error'; readonly requestId: string }

/** What is wrong with a variable or binding of the deploy; never its value when it is a secret. */
export interface ConfigurationIssue {
  readonly name: string
  readonly expected: string
  readonly found: string
}

/** How a failure is told over HTTP; the facts stand beside `code` and `message` in the body. */
type FailureAnswer = readonly [
  status: number,
  message: string,
  facts?: Readonly<Record<string, unknown>>,
  headers?: HeaderFields,
]

/** Seconds after which a failed write may be tried again: KV takes one write a second for each key. */
const RETRY_WRITE_SECONDS = 2
/** By then the cron trigger has tried too. */
const RETRY_PULL_SECONDS = 60

/** A parameter that is not what it has to be. */
export function invalid(parameter: string, expected: string): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error: { code: 'invalid_parameter', parameter, expected } }
}

/** The answer to a request that failed. */
export function respondFailure(failure: Failure, headers: HeaderFields = {}): Response {
  const [status, , , ownHeaders] = answerTo(failure)
  return jsonResponse(failureJson(failure), status, { ...headers, ...ownHeaders })
}

/** The same, for an entry of a list of decisions. */
export function failureJson(failure: Failure): ErrorJson {
  const [, message, facts] = answerTo(failure)
  return { error: { code: failure.code, message, ...facts } }
}

/** The one map from failures to HTTP. */
function answerTo(failure: Failure): FailureAnswer {
  switch (failure.code) {
    case 'missing_parameter': {
      const { missing, example } = failure
      return [400, missingMessage(missing, example), { missing }]
    }
    case 'invalid_parameter': {
      const { parameter, expected } = failure
      return [400, `Expected ${parameter} to be ${expected}.`, { parameter }]
    }
    case 'malformed_body':
      return [400, failure.message]
    case 'payload_too_large': {
      const { limitBytes } = failure
      return [413, `The body is larger than ${limitBytes} bytes.`, { limitBytes }]
    }
    case 'datafile_unavailable': {
      const message = 'The datafile cannot be read right now, and no earlier copy is at hand.'
      return [503, message, {}, retryAfter(failure.retryAfterSeconds)]
    }
    case 'unknown_flag':
      return [404, failure.message, { flagKey: failure.flagKey }]
    case 'flag_failed':
      return [500, failure.message, { flagKey: failure.flagKey }]
    case 'datafile_invalid': {
      const { issues } = failure
      return [422, invalidMessage(issues), { issues }]
    }
    case 'older_revision': {
      const { revision, storedRevision } = failure
      const message = `Revision ${revision} is older than the stored ${storedRevision}. Add ?force=true to go back.`
      return [409, message, { revision, storedRevision }]
    }
    case 'store_unavailable':
      return [503, failure.message, {}, retryAfter(RETRY_WRITE_SECONDS)]
    case 'datafile_not_pulled':
      return [503, failure.message, {}, retryAfter(RETRY_PULL_SECONDS)]
    case 'rate_limited':
      return [429, 'Too many requests from your network.', {}, retryAfter(failure.retryAfterSeconds)]
    case 'method_not_allowed': {
      const { allow } = failure
      return [405, `This path answers to ${allow}.`, {}, { Allow: allow }]
    }
    case 'misconfigured': {
      const { issues } = failure
      return [500, misconfiguredMessage(issues), { issues }]
    }
    case 'internal_error': {
      const { requestId } = failure
      return [500, 'Something unexpected went wrong; the log has it.', { requestId }]
    }
    default:
      return ANSWERS[failure.code]
  }
}

const USER = 'userId=user-1&key=YOUR_SDK_KEY'
const EXAMPLE = `GET /?feature=checkout&${USER}`

/** To failures that have nothing to tell but their code. */
const ANSWERS = {
  answer_too_large: [413, 'The answer would be too large: ask for fewer flags, or with fewer attributes.'],
  datafile_not_found: [
    404,
    'There is no datafile for this SDK key. Check the key, or upload a datafile with PUT /v1/datafiles/{sdkKey}.',
  ],
  bad_signature: [
    400,
    'Expected the header X-Hub-Signature: sha1= with the HMAC of the body by the secret of the project.',
  ],
  stale_announcement: [400, 'Expected timestamp to be within 10 minutes of now, in seconds since 1970.'],
  unauthorized: [
    401,
    'Expected the header Authorization: Bearer with the admin token.',
    {},
    { 'WWW-Authenticate': 'Bearer' },
  ],
  origin_not_allowed: [
    403,
    'Only pages of this site, or of origins in ALLOWED_ORIGINS, report here; with "page" those of this site alone.',
  ],
  rate_limiter_unavailable: [
    503,
    'The rate limiter cannot be asked, and the routes of operators stay closed without it.',
    {},
    retryAfter(RETRY_WRITE_SECONDS),
  ],
  not_found: [404, `There is nothing at this path. A decision is at ${EXAMPLE}`],
} as const satisfies Readonly<Record<string, FailureAnswer>>

function missingMessage(missing: readonly string[], example?: string): string {
  const names = missing.join(', ')
  if (example !== undefined) return `Missing ${names}. For example: ${example}`
  if (missing.includes('url')) return `Missing ${names}. For example: GET /v1/page?url=https://shop.example/&${USER}`
  return `Missing ${names}. For example: ${EXAMPLE}, or the same names in the JSON body of POST /`
}

function invalidMessage(issues: readonly Issue[]): string {
  return `The datafile was refused, and nothing was changed: ${issues.length === 1 ? 'one issue' : `${issues.length} issues`}.`
}

function misconfiguredMessage(issues: readonly ConfigurationIssue[]): string {
  return issues.map(({ name, expected, found }) => `${name}: expected ${expected}, found ${found}.`).join(' ')
}
