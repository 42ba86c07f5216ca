import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { readBytes } from '../http/body.ts'
import { isHubSigned } from '../http/hub-signature.ts'
import type { RoutedRequest } from '../http/router.ts'
import type { Api } from './api.ts'
import { type Failure, respondFailure } from './failure.ts'
import { refusalByLimit } from './rate-limit.ts'

const BODY_BYTES = 65_536
/** An announcement of another time is a replay, or its sender's clock is wrong. */
const WINDOW_MS = 10 * 60_000

/**
 * `POST /webhooks/optimizely`: a project announces a new datafile, which is pulled from `DATAFILE_URL`, whatever URLs the
 * announcement names. 204 once it is in force, and for projects that are not ours, as the Agent answers.
 */
export async function postAnnouncement({ request }: RoutedRequest, api: Api): Promise<Response> {
  const answer = await announced(request, api)
  return answer.ok
    ? new Response(null, { status: 204, headers: { 'Cache-Control': 'no-store' } })
    : respondFailure(answer.error)
}

async function announced(request: Request, api: Api): Promise<Result<null, Failure>> {
  const { updates, clock } = api
  if (updates === null) return err({ code: 'not_found' })
  const refusal = await refusalByLimit(request, '.webhooks', api)
  if (refusal !== null) return err(refusal)
  const body = await readBytes(request, BODY_BYTES)
  if (!body.ok) return body
  const parsed = parseAnnouncement(body.value)
  if (!parsed.ok) return parsed
  const { projectId, timestampMs, revision } = parsed.value
  const project = updates.projects.get(projectId)
  if (project === undefined) return ok(null)
  const signature = request.headers.get('X-Hub-Signature')
  if (!(await isHubSigned(signature, body.value, project.secrets))) return err({ code: 'bad_signature' })
  if (!(Math.abs(clock() - timestampMs) <= WINDOW_MS)) return err({ code: 'stale_announcement' })
  if (revision === null) return invalid('data.revision', 'a whole number')
  const problem = await updates.announce(project, revision)
  return problem === null ? ok(null) : err({ code: 'datafile_not_pulled', message: problem })
}

interface Announcement {
  readonly projectId: string
  /** NaN where there is none. */
  readonly timestampMs: number
  readonly revision: number | null
}

/** Whose secret counts stands in the body, so that it is read before it is believed: nothing is done by it. */
function parseAnnouncement(bytes: Uint8Array): Result<Announcement, Failure> {
  const json = parseJson(new TextDecoder().decode(bytes), { maxDepth: 16 })
  if (!json.ok || !isJsonObject(json.value)) {
    return err({ code: 'malformed_body', message: 'Expected the body to be a JSON object.' })
  }
  const fields: Partial<JsonObject> = json.value
  const { project_id: projectId, timestamp, data } = fields
  if (typeof projectId !== 'number' && typeof projectId !== 'string') return invalid('project_id', 'a number')
  return ok({
    projectId: String(projectId),
    timestampMs: typeof timestamp === 'number' ? timestamp * 1000 : Number.NaN,
    revision: isJsonObject(data) && isRevision(data.revision) ? data.revision : null,
  })
}

function isRevision(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function invalid(parameter: string, expected: string): { readonly ok: false; readonly error: Failure } {
  return err({ code: 'invalid_parameter', parameter, expected })
}
