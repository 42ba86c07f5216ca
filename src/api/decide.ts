import { readJson } from '../http/body.ts'
import { ANY_ORIGIN, corsHeaders } from '../http/cors.ts'
import { etagOf, matchesEtag } from '../http/etag.ts'
import { type HeaderFields, JSON_HEADERS } from '../http/headers.ts'
import type { Query } from '../http/query.ts'
import type { FoundDatafile, Lookup } from '../store/datafile-store.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import type { Api } from './api.ts'
import { type DecisionRequest, parseBody, parseQuery, REQUEST_LIMITS } from './decision-request.ts'
import { decisionsText } from './decision-text.ts'
import { decideAsked, failureOf, recordAsked } from './decisions.ts'
import { type Failure, respondFailure } from './failure.ts'
import { refusalByLimit } from './rate-limit.ts'
import { asksForTooMuch } from './repeated-attributes.ts'
import { serverTiming } from './server-timing.ts'

/** Answers `GET /`. Returns at once, without a promise, when the datafile is in memory. */
export function getDecision(request: Request, query: Query, api: Api): Response | Promise<Response> {
  const parsed = parseQuery(query)
  return parsed.ok ? answer(request, parsed.value, api) : failed(request, parsed.error, api)
}

/** The same for `HEAD /`, which shows nobody anything, and so does not count. */
export function headDecision(request: Request, query: Query, api: Api): Response | Promise<Response> {
  const parsed = parseQuery(query)
  if (!parsed.ok) return failed(request, parsed.error, api)
  return answer(request, { ...parsed.value, disableTracking: true }, api)
}

/** Answers `POST /`, for callers that keep user ids out of URLs. */
export async function postDecision(request: Request, api: Api): Promise<Response> {
  const body = await readJson(request, REQUEST_LIMITS.bodyBytes)
  if (!body.ok) return failed(request, body.error, api)
  const parsed = parseBody(body.value)
  return parsed.ok ? answer(request, parsed.value, api) : failed(request, parsed.error, api)
}

/** Whether a request to a site that is proxied is for a decision: those with all three parameters are, at its root. */
export function asksForDecision({ url, method }: Request): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || !url.includes('userId=')) return false
  const { pathname, searchParams } = new URL(url)
  return pathname === '/' && ['feature', 'userId', 'key'].every((name) => searchParams.has(name))
}

function answer(request: Request, asked: DecisionRequest, api: Api): Response | Promise<Response> {
  const sdkKey = parseSdkKey(asked.sdkKey)
  if (sdkKey === null) return failed(request, { code: 'datafile_not_found' }, api)
  if (api.rateLimiter === null) return answerFor(sdkKey, request, asked, api)
  return refusalByLimit(request, sdkKey, api).then((refusal) =>
    refusal === null ? answerFor(sdkKey, request, asked, api) : failed(request, refusal, api),
  )
}

function answerFor(sdkKey: string, request: Request, asked: DecisionRequest, api: Api): Response | Promise<Response> {
  const lookup = api.store.read(sdkKey)
  if (lookup instanceof Promise) return lookup.then((found) => answerFrom(found, request, asked, api))
  return answerFrom(lookup, request, asked, api)
}

function answerFrom(lookup: Lookup, request: Request, asked: DecisionRequest, api: Api): Response {
  switch (lookup.kind) {
    case 'unknown':
      return failed(request, { code: 'datafile_not_found' }, api)
    case 'unavailable':
      return failed(request, { code: 'datafile_unavailable', retryAfterSeconds: lookup.retryAfterSeconds }, api)
    case 'found':
      return answerWith(lookup, request, asked, api)
  }
}

function answerWith(found: FoundDatafile, request: Request, asked: DecisionRequest, api: Api): Response {
  if (asksForTooMuch(asked, found)) return failed(request, { code: 'answer_too_large' }, api)
  const decisions = decideAsked(found, asked, api)
  const [first] = decisions
  if (!asked.isList && first?.kind === 'failed') return failed(request, failureOf(first), api)
  const body = decisionsText(decisions, asked)
  const etag = etagOf(found.datafile.stamp.generation, body)
  const isKnown = matchesEtag(request.headers.get('If-None-Match'), etag)
  const isCounted = !isKnown && !asked.disableTracking
  recordAsked(decisions, { found, asked, isCounted }, api)
  const answer = likeOf(request, { etag, timing: serverTiming(found) }, api)
  return isKnown ? new Response(null, { status: 304, headers: answer.headers }) : new Response(body, answer)
}

const FIELDS: HeaderFields = { ...JSON_HEADERS, 'Cache-Control': 'private, no-cache' }

/**
 * Filled in for each answer, which takes a copy. Headers of its own, or asking the answer for its headers, would cost the runtime an
 * object more; and it reads plain objects field by field, which takes twice as long.
 */
const FOR_ANY_ORIGIN = new Response(null, { headers: { ...FIELDS, ...ANY_ORIGIN } })
const FIELDS_FOR_ANY_ORIGIN = FOR_ANY_ORIGIN.headers

interface OwnFields {
  readonly etag: string
  readonly timing: string
}

/** What an answer is to be like, but for its body. */
function likeOf(
  request: Request,
  { etag, timing }: OwnFields,
  { allowedOrigins }: Api,
): { readonly headers: HeadersInit } {
  if (allowedOrigins !== '*') {
    return { headers: { ...FIELDS, ...corsHeaders(request, allowedOrigins), ETag: etag, 'Server-Timing': timing } }
  }
  FIELDS_FOR_ANY_ORIGIN.set('ETag', etag)
  FIELDS_FOR_ANY_ORIGIN.set('Server-Timing', timing)
  return FOR_ANY_ORIGIN
}

function failed(request: Request, failure: Failure, { allowedOrigins }: Api): Response {
  return respondFailure(failure, corsHeaders(request, allowedOrigins))
}
