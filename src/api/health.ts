import { jsonResponse } from '../http/json-response.ts'
import type { RoutedRequest } from '../http/router.ts'
import type { Api } from './api.ts'
import { refusalOf } from './operator.ts'

/**
 * `GET /health`: this isolate's view, without asking KV. `degraded` when a datafile could not be refreshed or
 * is not the one that KV holds; decisions are served all the same. SDK keys, and what is doubtful about the configuration, are named to
 * the admin token alone.
 */
export async function getHealth({ request }: RoutedRequest, api: Api): Promise<Response> {
  const isOperator = request.headers.has('Authorization') && (await refusalOf(request, api)) === null
  const datafiles = api.health().map(({ sdkKey, ...facts }) => (isOperator ? { sdkKey, ...facts } : facts))
  const isDegraded = datafiles.some(({ lastError }) => lastError !== null)
  const status = isDegraded ? 'degraded' : 'ok'
  const warnings = isOperator && api.warnings.length > 0 ? api.warnings : undefined
  return jsonResponse({ status, version: api.version, datafiles, warnings })
}
