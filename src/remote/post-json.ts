import type { JsonValue } from '../base/json.ts'
import { reasonOf } from '../base/reason.ts'
import { err, ok, type Result } from '../base/result.ts'
import { readJson } from '../http/body.ts'
import { LATE, within } from '../store/within.ts'

/** `fetch`, or what stands for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface JsonPost {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  /** Until there has to be an answer; for its end, where that is waited for, there is as long again at most. */
  readonly timeoutMs: number
}

export interface PostFailure {
  readonly message: string
  /** `null`: there was no answer. */
  readonly status: number | null
}

/**
 * Posts JSON to that URL and to nowhere else: a redirect is a failure, as is every status but 2xx. Gives the answer, of which the body is
 * still to be read or cancelled. Never rejects.
 */
export async function post(
  fetch: Fetch,
  { url, headers, body, timeoutMs }: JsonPost,
): Promise<Result<Response, PostFailure>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.ok) return ok(response)
    await response.body?.cancel()
    return err({ message: `It answered with status ${response.status}`, status: response.status })
  } catch (cause) {
    return err({ message: reasonOf(cause), status: null })
  }
}

/** The same; gives the JSON of the answer, or what is wrong with it. */
export async function postJson(
  fetch: Fetch,
  { maxBytes, ...request }: JsonPost & { readonly maxBytes: number },
): Promise<Result<JsonValue | undefined, string>> {
  const response = await post(fetch, request)
  if (!response.ok) return err(response.error.message)
  const json = await within(readJson(response.value, maxBytes), request.timeoutMs)
  if (json === LATE) return err(`Its answer did not end within ${request.timeoutMs} ms`)
  if (json.ok) return json
  return err(
    json.error.code === 'payload_too_large' ? `It answers with more than ${maxBytes} bytes` : json.error.message,
  )
}
