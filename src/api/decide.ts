import { type Decision, decide, decideAll, decideForKeys, type UserContext } from '../engine/index.ts'
import { impressionsOf } from '../events/impression.ts'
import { readJson } from '../http/body.ts'
import { ANY_ORIGIN, corsHeaders } from '../http/cors.ts'
import { etagOf, matchesEtag } from '../http/etag.ts'
import { type HeaderFields, JSON_HEADERS } from '../http/headers.ts'
import type { Query } from '../http/query.ts'
import type { DecisionJson, FailedDecisionJson } from '../protocol/decision.ts'
import type { FoundDatafile, Lookup } from '../store/datafile-store.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import type { Api } from './api.ts'
import { type DecisionRequest, parseBody, parseQuery, REQUEST_LIMITS } from './decision-request.ts'
import { type Failure, failureJson, respondFailure } from './failure.ts'
import { refusalByLimit } from './rate-limit.ts'
import { serverTiming } from './server-timing.ts'

/** Answers `GET /` and `HEAD /`. Returns at once, without a promise, when the datafile is in memory. */
export function getDecision(request: Request, query: Query, api: Api): Response | Promise<Response> {
  const parsed = parseQuery(query)
  return parsed.ok ? answer(request, parsed.value, api) : failed(request, parsed.error, api)
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
  const { rateLimiter, log } = api
  if (rateLimiter === null) return answerFor(sdkKey, request, asked, api)
  return refusalByLimit(request, { rateLimiter, log, scope: sdkKey, whenDown: null }).then((refusal) =>
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
  const decisions = decisionsOf(found, asked)
  logFailures(decisions, found, api)
  const [first] = decisions
  if (!asked.isList && first?.kind === 'failed') return failed(request, failureOf(first), api)
  const answers = decisions.map((decision) => decisionJson(decision, asked))
  const body = JSON.stringify(asked.isList ? answers : answers[0])
  const etag = etagOf(found.datafile.stamp.generation, body)
  const isKnown = matchesEtag(request.headers.get('If-None-Match'), etag)
  if (!isKnown && request.method !== 'HEAD' && !asked.disableTracking) recordImpressions(decisions, found, asked, api)
  const response = new Response(isKnown ? null : body, { status: isKnown ? 304 : 200, headers: fields(request, api) })
  response.headers.set('ETag', etag)
  response.headers.set('Server-Timing', serverTiming(found))
  return response
}

const FIELDS: HeaderFields = { ...JSON_HEADERS, 'Cache-Control': 'private, no-cache' }
const FIELDS_FOR_ANY_ORIGIN = new Headers({ ...FIELDS, ...ANY_ORIGIN })

/** As `Headers` they are copied at once; those of an object are read one by one, which takes twice as long. */
function fields(request: Request, { allowedOrigins }: Api): HeadersInit {
  return allowedOrigins === '*' ? FIELDS_FOR_ANY_ORIGIN : { ...FIELDS, ...corsHeaders(request, allowedOrigins) }
}

function decisionsOf({ datafile: { project } }: FoundDatafile, asked: DecisionRequest): readonly Decision[] {
  const { features, userId, attributes, includeReasons } = asked
  const user: UserContext = { userId, attributes }
  const options = { includeReasons }
  if (features === 'all') return [...decideAll(project, user, options).decisions.values()]
  const [only] = features
  if (only !== undefined && features.length === 1) return [decide(project, only, user, options).decision]
  const { decisions } = decideForKeys(project, features, user, options)
  return features.flatMap((key) => decisions.get(key) ?? [])
}

function decisionJson(decision: Decision, { userId, attributes }: DecisionRequest): DecisionJson | FailedDecisionJson {
  const { flagKey } = decision
  if (decision.kind === 'failed') return { flagKey, ...failureJson(failureOf(decision)) }
  const { enabled, variationKey, ruleKey, variables, reasons } = decision
  return { flagKey, enabled, variationKey, ruleKey, variables, userContext: { userId, attributes }, reasons }
}

function failureOf({ flagKey, failure }: Extract<Decision, { kind: 'failed' }>): Failure {
  const code = failure.code === 'unknown_flag' ? 'unknown_flag' : 'flag_failed'
  return { code, flagKey, message: failure.message }
}

/** A flag that cannot be evaluated is the operator's business, whoever asked for it. */
function logFailures(decisions: readonly Decision[], { datafile }: FoundDatafile, { log }: Api): void {
  for (const decision of decisions) {
    if (decision.kind === 'decided' || decision.failure.code === 'unknown_flag') continue
    const { code, message } = decision.failure
    const { revision } = datafile.stamp
    log({ level: 'error', code: 'flag_failed', flagKey: decision.flagKey, cause: code, message, revision })
  }
}

/** A flag that is asked for twice is answered twice; it counts once, as it does with the SDK. */
function recordImpressions(
  decisions: readonly Decision[],
  { datafile: { project } }: FoundDatafile,
  { isList, sdkKey, userId, attributes }: DecisionRequest,
  { events }: Api,
): void {
  const origin = { sdkKey, userId, attributes, project }
  const counted = isList ? [...new Set(decisions)] : decisions
  events.record(counted.flatMap((decision) => (decision.kind === 'decided' ? impressionsOf(decision, origin) : [])))
}

function failed(request: Request, failure: Failure, { allowedOrigins }: Api): Response {
  return respondFailure(failure, corsHeaders(request, allowedOrigins))
}
