import type { DatafileActions, GetOutcome, PutOutcome, RemoveOutcome } from '../admin/datafile-actions.ts'
import { unreachable } from '../base/unreachable.ts'
import { hasBearer } from '../http/bearer.ts'
import { readBytes } from '../http/body.ts'
import { matchesEtag } from '../http/etag.ts'
import { type HeaderFields, JSON_HEADERS } from '../http/headers.ts'
import type { Handler, RoutedRequest } from '../http/router.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import type { Api } from './api.ts'
import { type Failure, respondFailure } from './failure.ts'
import { admit, RETRY_LIMITED_SECONDS } from './rate-limit.ts'

/** `GET /v1/datafiles/{sdkKey}`: the stored text, with its generation and hash as its tag. */
export const getDatafile = operatorRoute(async ({ request }, sdkKey, { datafiles }) => {
  return answerGet(request, await datafiles.get(sdkKey))
})

/** `PUT /v1/datafiles/{sdkKey}`: parsed and compiled before anything is written; `?force=true` to go back. */
export const putDatafile = operatorRoute(async ({ request, url }, sdkKey, { datafiles, maxDatafileBytes }) => {
  const force = url.searchParams.get('force') === 'true'
  const bytes = await readBytes(request, maxDatafileBytes)
  return bytes.ok ? answerPut(await datafiles.put(sdkKey, bytes.value, { force })) : respondFailure(bytes.error)
})

/** `DELETE /v1/datafiles/{sdkKey}`: from now on the SDK key is unknown. */
export const deleteDatafile = operatorRoute(async (_, sdkKey, { datafiles }) => {
  return answerRemove(await datafiles.remove(sdkKey))
})

type OperatorHandler = (
  routed: RoutedRequest,
  sdkKey: string,
  api: { readonly datafiles: DatafileActions; readonly maxDatafileBytes: number },
) => Promise<Response>

/** Without a configured token the routes are not there; without the right one nothing is said. */
function operatorRoute(handle: OperatorHandler): Handler<Api> {
  return async (routed, api) => {
    if (api.adminToken === null) return respondFailure({ code: 'not_found' })
    const refusal = await refusalByLimit(routed.request, api)
    if (refusal !== null) return respondFailure(refusal)
    if (!(await hasBearer(routed.request, api.adminToken))) return respondFailure({ code: 'unauthorized' })
    const sdkKey = parseSdkKey(routed.params.sdkKey ?? '')
    return sdkKey === null ? respondFailure(MALFORMED_KEY) : handle(routed, sdkKey, api)
  }
}

/** Before the token is looked at, so that it cannot be guessed at leisure; closed when the limiter is down. */
async function refusalByLimit(request: Request, { rateLimiter, log }: Api): Promise<Failure | null> {
  const admission = rateLimiter === null ? 'admitted' : await admit(request, 'operators', { rateLimiter, log })
  switch (admission) {
    case 'admitted':
      return null
    case 'limited':
      return { code: 'rate_limited', retryAfterSeconds: RETRY_LIMITED_SECONDS }
    case 'unknown':
      return { code: 'rate_limiter_unavailable' }
    default:
      return unreachable(admission)
  }
}

const MALFORMED_KEY: Failure = {
  code: 'invalid_parameter',
  parameter: 'the SDK key in the path',
  expected: '1 to 64 of A-Z, a-z, 0-9 and +/=_-, with / written as %2F',
}

function answerGet(request: Request, outcome: GetOutcome): Response {
  switch (outcome.kind) {
    case 'unknown':
      return respondFailure({ code: 'datafile_not_found' })
    case 'unavailable':
      return respondFailure({ code: 'store_unavailable', message: outcome.message })
    case 'found': {
      const { generation, sha256 } = outcome.stamp
      const etag = `"${generation}-${sha256}"`
      const headers: HeaderFields = { ...JSON_HEADERS, 'Cache-Control': 'no-store', ETag: etag }
      if (matchesEtag(request.headers.get('If-None-Match'), etag)) return new Response(null, { status: 304, headers })
      return new Response(outcome.text, { headers })
    }
  }
}

function answerPut(outcome: PutOutcome): Response {
  switch (outcome.kind) {
    case 'invalid':
      return respondFailure({ code: 'datafile_invalid', issues: outcome.issues })
    case 'older':
      return respondFailure({
        code: 'older_revision',
        revision: outcome.revision,
        storedRevision: outcome.storedRevision,
      })
    case 'unavailable':
      return respondFailure({ code: 'store_unavailable', message: outcome.message })
    case 'accepted': {
      const { revision, generation, counts, bytes, unchanged, warnings } = outcome
      return respondFacts({ revision, generation, ...counts, bytes, unchanged, warnings })
    }
  }
}

function answerRemove(outcome: RemoveOutcome): Response {
  switch (outcome.kind) {
    case 'unknown':
      return respondFailure({ code: 'datafile_not_found' })
    case 'unavailable':
      return respondFailure({ code: 'store_unavailable', message: outcome.message })
    case 'removed':
      return respondFacts({ removed: true, generation: outcome.generation })
  }
}

function respondFacts(facts: Readonly<Record<string, unknown>>): Response {
  return new Response(JSON.stringify(facts), { headers: { ...JSON_HEADERS, 'Cache-Control': 'no-store' } })
}
