import { isJsonObject, type JsonObject } from '../base/json.ts'
import { EXIT, failure, type Outcome } from './exit.ts'
import { type CheckedDatafile, describeCounts } from './read-datafile.ts'

/** A running Worker, and the right to write to it. */
export interface HttpTarget {
  /** Where its routes are: its root, or `/_turnout` where it stands before a site. */
  readonly url: URL
  readonly token: string
}

export interface Push {
  readonly sdkKey: string
  readonly datafile: CheckedDatafile
  /** Also put an older revision over a newer one: a rollback. */
  readonly force: boolean
}

const LIMIT_MS = 30_000

/** Uploads through `PUT /v1/datafiles/{sdkKey}`: the Worker checks once more, and serves it from then on. */
export async function pushOverHttp({ url, token }: HttpTarget, push: Push): Promise<Outcome> {
  const path = `v1/datafiles/${encodeURIComponent(push.sdkKey)}${push.force ? '?force=true' : ''}`
  const address = new URL(path, url.href.replace(/\/*(?:[?#].*)?$/, '/'))
  try {
    const response = await fetch(address, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: push.datafile.bytes,
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    return outcomeOf(response.status, await response.text(), { push, url })
  } catch (cause) {
    return failure(EXIT.failed, ...describeNetworkError(url, cause))
  }
}

function outcomeOf(status: number, body: string, { push, url }: { push: Push; url: URL }): Outcome {
  switch (status) {
    case 200:
      return {
        exitCode: EXIT.done,
        stdout: [`Pushed ${push.sdkKey} to ${url.origin}: ${describeCounts(push.datafile)}.`],
        stderr: push.datafile.warnings,
      }
    case 401:
      return failure(EXIT.refused, `${url.origin} does not accept the token (401). It is the Worker's ADMIN_TOKEN.`)
    case 404:
      return failure(
        EXIT.refused,
        `${url.origin} takes no uploads (404): ${describeRefusal(body)}`,
        'A Worker without ADMIN_TOKEN has no such route: npx wrangler secret put ADMIN_TOKEN.',
        ...(url.pathname === '/' ? [`One that stands before a site has it at --url ${url.origin}/_turnout.`] : []),
      )
    case 409:
      return failure(
        EXIT.refused,
        `${url.origin} has a newer revision of ${push.sdkKey} (409): ${describeRefusal(body)}`,
        'To roll back to this file all the same, push with --force.',
      )
    default:
      return failure(EXIT.refused, `${url.origin} refused the datafile (${status}): ${describeRefusal(body)}`)
  }
}

/** What our error body says (`{ "error": { "code", "message", "issues" } }`), or the start of whatever else came. */
function describeRefusal(body: string): string {
  const error = errorIn(body)
  if (error === null) return body.slice(0, 200) || 'no explanation.'
  const issues = Array.isArray(error.issues) ? error.issues.filter(isJsonObject) : []
  return [
    String(error.message ?? error.code),
    ...issues.map(({ path, expected, found }) => `  ${path}: expected ${expected}, found ${found}`),
  ].join('\n')
}

function errorIn(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body)
    return isJsonObject(value) && isJsonObject(value.error) ? value.error : null
  } catch {
    return null
  }
}

function describeNetworkError(url: URL, cause: unknown): readonly string[] {
  const reason =
    cause instanceof Error ? (cause.cause instanceof Error ? cause.cause : cause) : new Error(String(cause))
  const code = 'code' in reason ? reason.code : undefined
  if (code === 'ECONNREFUSED') {
    return [`Nothing listens at ${url.origin}.`, 'Start the Worker with npm start, or give its address with --url.']
  }
  if (reason.name === 'TimeoutError') return [`${url.origin} did not answer within ${LIMIT_MS / 1000} s.`]
  return [`Cannot reach ${url.origin}: ${reason.message}`]
}
