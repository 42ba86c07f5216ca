import { unreachable } from '../base/unreachable.ts'
import type { Issue } from '../engine/index.ts'
import { type HeaderFields, JSON_HEADERS } from '../http/headers.ts'
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

/** How a failure is told over HTTP. */
interface FailureAnswer {
  readonly status: number
  readonly message: string
  /** Beside `code` and `message` in the body. */
  readonly facts?: Readonly<Record<string, unknown>>
  readonly headers?: HeaderFields
}

/** Seconds after which a failed write may be tried again: KV takes one write a second for each key. */
const RETRY_WRITE_SECONDS = 2
/** By then the cron trigger has tried too. */
const RETRY_PULL_SECONDS = 60

/** The answer to a request that failed. */
export function respondFailure(failure: Failure, headers: HeaderFields = {}): Response {
  const answer = answerTo(failure)
  return new Response(JSON.stringify(errorJson(failure.code, answer)), {
    status: answer.status,
    headers: { ...JSON_HEADERS, 'Cache-Control': 'no-store', ...headers, ...answer.headers },
  })
}

/** The same, for an entry of a list of decisions. */
export function failureJson(failure: Failure): ErrorJson {
  return errorJson(failure.code, answerTo(failure))
}

function errorJson(code: string, { message, facts }: FailureAnswer): ErrorJson {
  return { error: { code, message, ...facts } }
}

/** The one map from failures to HTTP. */
function answerTo(failure: Failure): FailureAnswer {
  switch (failure.code) {
    case 'missing_parameter':
      return {
        status: 400,
        message: missingMessage(failure.missing, failure.example),
        facts: { missing: failure.missing },
      }
    case 'invalid_parameter': {
      const { parameter, expected } = failure
      return { status: 400, message: `Expected ${parameter} to be ${expected}.`, facts: { parameter } }
    }
    case 'malformed_body':
      return { status: 400, message: failure.message }
    case 'payload_too_large': {
      const { limitBytes } = failure
      return { status: 413, message: `The body is larger than ${limitBytes} bytes.`, facts: { limitBytes } }
    }
    case 'answer_too_large':
      return { status: 413, message: 'The answer would be too large: ask for fewer flags, or with fewer attributes.' }
    case 'datafile_not_found':
      return { status: 404, message: NO_DATAFILE }
    case 'datafile_unavailable': {
      const message = 'The datafile cannot be read right now, and no earlier copy is at hand.'
      return { status: 503, message, headers: retryAfter(failure.retryAfterSeconds) }
    }
    case 'unknown_flag':
      return { status: 404, message: failure.message, facts: { flagKey: failure.flagKey } }
    case 'flag_failed':
      return { status: 500, message: failure.message, facts: { flagKey: failure.flagKey } }
    case 'datafile_invalid':
      return { status: 422, message: invalidMessage(failure.issues), facts: { issues: failure.issues } }
    case 'older_revision': {
      const { revision, storedRevision } = failure
      const message = `Revision ${revision} is older than the stored ${storedRevision}. Add ?force=true to go back.`
      return { status: 409, message, facts: { revision, storedRevision } }
    }
    case 'store_unavailable':
      return { status: 503, message: failure.message, headers: retryAfter(RETRY_WRITE_SECONDS) }
    case 'bad_signature': {
      const message =
        'Expected the header X-Hub-Signature: sha1= with the HMAC of the body by the secret of the project.'
      return { status: 400, message }
    }
    case 'stale_announcement': {
      const message = 'Expected timestamp to be within 10 minutes of now, in seconds since 1970.'
      return { status: 400, message }
    }
    case 'datafile_not_pulled':
      return { status: 503, message: failure.message, headers: retryAfter(RETRY_PULL_SECONDS) }
    case 'unauthorized': {
      const message = 'Expected the header Authorization: Bearer with the admin token.'
      return { status: 401, message, headers: { 'WWW-Authenticate': 'Bearer' } }
    }
    case 'origin_not_allowed':
      return { status: 403, message: 'Nothing is taken from pages of this origin: ALLOWED_ORIGINS does not list it.' }
    case 'rate_limited': {
      const { retryAfterSeconds } = failure
      return { status: 429, message: 'Too many requests from your network.', headers: retryAfter(retryAfterSeconds) }
    }
    case 'rate_limiter_unavailable': {
      const message = 'The rate limiter cannot be asked, and the routes of operators stay closed without it.'
      return { status: 503, message, headers: retryAfter(RETRY_WRITE_SECONDS) }
    }
    case 'not_found':
      return { status: 404, message: `There is nothing at this path. A decision is at ${EXAMPLE}` }
    case 'method_not_allowed': {
      const message = `This path answers to ${failure.allow}.`
      return { status: 405, message, headers: { Allow: failure.allow } }
    }
    case 'misconfigured':
      return { status: 500, message: misconfiguredMessage(failure.issues), facts: { issues: failure.issues } }
    case 'internal_error': {
      const { requestId } = failure
      return { status: 500, message: 'Something unexpected went wrong; the log has it.', facts: { requestId } }
    }
    default:
      return unreachable(failure)
  }
}

const USER = 'userId=user-1&key=YOUR_SDK_KEY'
const EXAMPLE = `GET /?feature=checkout&${USER}`

const NO_DATAFILE =
  'There is no datafile for this SDK key. Check the key, or upload a datafile with PUT /v1/datafiles/{sdkKey}.'

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

function retryAfter(seconds: number): HeaderFields {
  return { 'Retry-After': String(seconds) }
}
