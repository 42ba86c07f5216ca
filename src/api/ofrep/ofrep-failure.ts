import { unreachable } from '../../base/unreachable.ts'
import { type HeaderFields, retryAfter } from '../../http/headers.ts'
import { jsonResponse } from '../../http/json-response.ts'
import type { OfrepError, OfrepErrorCode } from '../../protocol/ofrep.ts'

/** Everything that a request can fail with on the routes of OpenFeature. */
export type OfrepFailure =
  | { readonly code: 'missing_sdk_key' }
  | { readonly code: 'unknown_sdk_key' }
  | { readonly code: 'datafile_unavailable'; readonly retryAfterSeconds: number }
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }
  | RefusedEvaluation
  | { readonly code: 'unknown_flag'; readonly message: string }
  | { readonly code: 'flag_failed'; readonly message: string }

/** A body with which nothing can be evaluated. */
export interface RefusedEvaluation {
  readonly code: 'refused'
  readonly errorCode: OfrepErrorCode
  readonly message: string
}

/** A refusal in the protocol's words. */
export function refused(errorCode: OfrepErrorCode, message: string): RefusedEvaluation {
  return { code: 'refused', errorCode, message }
}

/** The answer to a request that failed; `key` is the flag that was asked for, if it was one. */
export function respondOfrepFailure(failure: OfrepFailure, key: string | undefined): Response {
  const { status, errorCode, errorDetails, headers } = answerTo(failure)
  const body: OfrepError = { key: errorCode && key, errorCode, errorDetails }
  return jsonResponse(body, status, headers)
}

interface OfrepAnswer {
  readonly status: number
  /** Providers read it from 400, 404 and 500 alone. */
  readonly errorCode?: OfrepErrorCode
  readonly errorDetails: string
  readonly headers?: HeaderFields
}

function answerTo(failure: OfrepFailure): OfrepAnswer {
  switch (failure.code) {
    case 'missing_sdk_key': {
      const errorDetails = 'Expected the SDK key in the header Authorization: Bearer, or X-API-Key.'
      return { status: 401, errorDetails, headers: { 'WWW-Authenticate': 'Bearer' } }
    }
    case 'unknown_sdk_key':
      return { status: 403, errorDetails: 'There is no datafile for this SDK key.' }
    case 'datafile_unavailable': {
      // Not 500 with an error code, at which a browser's provider would not fall back to the evaluations that it has kept.
      const errorDetails = 'The datafile cannot be read right now, and no earlier copy is at hand.'
      return { status: 503, errorDetails, headers: retryAfter(failure.retryAfterSeconds) }
    }
    case 'rate_limited':
      return { status: 429, errorDetails: 'Too many requests.', headers: retryAfter(failure.retryAfterSeconds) }
    case 'refused':
      return { status: 400, errorCode: failure.errorCode, errorDetails: failure.message }
    case 'unknown_flag':
      return { status: 404, errorCode: 'FLAG_NOT_FOUND', errorDetails: failure.message }
    case 'flag_failed':
      return { status: 500, errorCode: 'GENERAL', errorDetails: failure.message }
    default:
      return unreachable(failure)
  }
}
