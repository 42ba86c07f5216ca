import type { JsonValue } from '../base/json.ts'
import { reasonOf } from '../base/reason.ts'
import { err, type Result } from '../base/result.ts'
import { readJson } from '../http/body.ts'

/** `fetch`, or what stands for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface JsonPost {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  /** Until the whole answer has to be there. */
  readonly timeoutMs: number
  readonly maxBytes: number
}

/**
 * Posts JSON to that URL and to nowhere else: a redirect is a failure, as is every status but 2xx. Gives the answer's JSON, or what
 * is wrong with it. Never rejects.
 */
export async function postJson(
  fetch: Fetch,
  { url, headers, body, timeoutMs, maxBytes }: JsonPost,
): Promise<Result<JsonValue | undefined, string>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) {
      await response.body?.cancel()
      return err(`It answered with status ${response.status}`)
    }
    const json = await readJson(response, maxBytes)
    if (json.ok) return json
    return err(
      json.error.code === 'payload_too_large' ? `It answers with more than ${maxBytes} bytes` : json.error.message,
    )
  } catch (cause) {
    return err(reasonOf(cause))
  }
}
