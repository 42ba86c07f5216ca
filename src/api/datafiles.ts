import type { GetOutcome, PutOutcome, RemoveOutcome } from '../admin/datafile-actions.ts'
import { readBytes } from '../http/body.ts'
import { matchesEtag } from '../http/etag.ts'
import { type HeaderFields, JSON_HEADERS } from '../http/headers.ts'
import { jsonResponse } from '../http/json-response.ts'
import type { Handler, RoutedRequest } from '../http/router.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import type { Api } from './api.ts'
import { type Failure, invalid, respondFailure } from './failure.ts'
import { refusalOf } from './operator.ts'

/** `GET /v1/datafiles/{sdkKey}`: the stored text, with its generation and hash as its tag. */
export const getDatafile = operatorRoute(async ({ request }, sdkKey, { datafiles }) => {
  return answerGet(request, await datafiles.get(sdkKey))
})

/** `PUT /v1/datafiles/{sdkKey}`: parsed and compiled before anything is written; `?force=true` to go back. */
export const putDatafile = operatorRoute(async ({ request, url }, sdkKey, { datafiles, maxDatafileBytes, log }) => {
  const force = url.searchParams.get('force') === 'true'
  const bytes = await readBytes(request, maxDatafileBytes)
  if (!bytes.ok) return respondFailure(bytes.error)
  const outcome = await datafiles.put(sdkKey, bytes.value, { force })
  if (outcome.kind === 'accepted') {
    const { revision, generation, unchanged } = outcome
    log({ level: 'info', code: 'datafile_uploaded', sdkKey, revision, generation, force, unchanged })
  }
  return answerPut(outcome)
})

/** `DELETE /v1/datafiles/{sdkKey}`: from now on the SDK key is unknown. */
export const deleteDatafile = operatorRoute(async (_, sdkKey, { datafiles, log }) => {
  const outcome = await datafiles.remove(sdkKey)
  if (outcome.kind === 'removed') {
    log({ level: 'info', code: 'datafile_removed', sdkKey, generation: outcome.generation })
  }
  return answerRemove(outcome)
})

type OperatorHandler = (
  routed: RoutedRequest,
  sdkKey: string,
  api: Pick<Api, 'datafiles' | 'maxDatafileBytes' | 'log'>,
) => Promise<Response>

/** Who has no right to them learns nothing, not even whether an SDK key could be one. */
function operatorRoute(handle: OperatorHandler): Handler<Api> {
  return async (routed, api) => {
    const refusal = await refusalOf(routed.request, api)
    if (refusal !== null) return respondFailure(refusal)
    const sdkKey = parseSdkKey(routed.params.sdkKey ?? '')
    return sdkKey === null ? respondFailure(MALFORMED_KEY.error) : handle(routed, sdkKey, api)
  }
}

const MALFORMED_KEY = invalid('sdkKey', '1 to 64 of A-Z, a-z, 0-9 and +/=_-, with / written as %2F in the path')

function answerGet(request: Request, outcome: GetOutcome): Response {
  if (outcome.kind !== 'found') return respondFailure(failureOf(outcome))
  const { generation, sha256 } = outcome.stamp
  const etag = `"${generation}-${sha256}"`
  const headers: HeaderFields = { ...JSON_HEADERS, 'Cache-Control': 'no-store', ETag: etag }
  const isKnown = matchesEtag(request.headers.get('If-None-Match'), etag)
  return isKnown ? new Response(null, { status: 304, headers }) : new Response(outcome.text, { headers })
}

function answerPut(outcome: PutOutcome): Response {
  if (outcome.kind !== 'accepted') return respondFailure(failureOf(outcome))
  const { revision, generation, counts, bytes, unchanged, warnings } = outcome
  return jsonResponse({ revision, generation, ...counts, bytes, unchanged, warnings })
}

function answerRemove(outcome: RemoveOutcome): Response {
  if (outcome.kind !== 'removed') return respondFailure(failureOf(outcome))
  return jsonResponse({ removed: true, generation: outcome.generation })
}

type Unsuccessful = Exclude<GetOutcome | PutOutcome | RemoveOutcome, { kind: 'found' | 'accepted' | 'removed' }>

function failureOf(outcome: Unsuccessful): Failure {
  switch (outcome.kind) {
    case 'unknown':
    case 'revoked':
      return { code: 'datafile_not_found' }
    case 'unavailable':
      return { code: 'store_unavailable', message: outcome.message }
    case 'invalid':
      return { code: 'datafile_invalid', issues: outcome.issues }
    case 'older': {
      const { revision, storedRevision } = outcome
      return { code: 'older_revision', revision, storedRevision }
    }
  }
}
