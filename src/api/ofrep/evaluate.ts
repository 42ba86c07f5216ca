import { err, ok, type Result } from '../../base/result.ts'
import { decide, decideAll } from '../../engine/index.ts'
import { etagOf, matchesEtag } from '../../http/etag.ts'
import { type HeaderFields, JSON_HEADERS } from '../../http/headers.ts'
import type { OfrepBulkEvaluation } from '../../protocol/ofrep.ts'
import type { FoundDatafile } from '../../store/datafile-store.ts'
import { logFailures, recordDecisions } from '../decisions.ts'
import { serverTiming } from '../server-timing.ts'
import type { OfrepFailure } from './ofrep-failure.ts'
import { errorOf, evaluationOf } from './ofrep-flag.ts'
import type { OfrepRequest } from './ofrep-route.ts'

/** `POST /ofrep/v1/evaluate/flags/{key}`: one flag, at the moment that it is used, and so with an impression. */
export function evaluateFlag({ flagKey, sdkKey, found, context, api }: OfrepRequest): Result<Response, OfrepFailure> {
  const { userId, attributes, disableTracking } = context
  const { decision } = decide(found.datafile.project, flagKey, { userId, attributes })
  logFailures([decision], found, api)
  recordDecisions([decision], { sdkKey, user: context, isTracked: !disableTracking }, { found, api })
  if (decision.kind === 'failed') {
    const { code, message } = decision.failure
    return err({ code: code === 'unknown_flag' ? code : 'flag_failed', message })
  }
  return ok(new Response(JSON.stringify(evaluationOf(decision)), { headers: fields(found) }))
}

/**
 * `POST /ofrep/v1/evaluate/flags`: every flag, ahead of their use, and so without impressions. The entity tag depends on
 * all of the context, also on what decides nothing: a browser's provider keeps its tag when it changes attributes.
 */
export function evaluateFlags({ request, sdkKey, found, context, api }: OfrepRequest): Result<Response, OfrepFailure> {
  const { project, stamp } = found.datafile
  const { userId, attributes, received } = context
  const decisions = [...decideAll(project, { userId, attributes }).decisions.values()]
  logFailures(decisions, found, api)
  recordDecisions(decisions, { sdkKey, user: context, isTracked: false }, { found, api })
  const answer: OfrepBulkEvaluation = {
    flags: decisions.map((decision) => (decision.kind === 'failed' ? errorOf(decision) : evaluationOf(decision))),
    metadata: { revision: project.revision },
  }
  const body = JSON.stringify(answer)
  const etag = etagOf(stamp.generation, JSON.stringify(received) + body)
  const isKnown = matchesEtag(request.headers.get('If-None-Match'), etag)
  const headers = { ...fields(found), ETag: etag }
  return ok(new Response(isKnown ? null : body, { status: isKnown ? 304 : 200, headers }))
}

function fields(found: FoundDatafile): HeaderFields {
  return { ...JSON_HEADERS, 'Cache-Control': 'private, no-cache', 'Server-Timing': serverTiming(found) }
}
