import type { Ask } from './service.ts'

/** A flag of the shop, or every flag. */
export const FLAGS = '/ofrep/v1/evaluate/flags'

interface Evaluation {
  /** Absent: every flag. */
  readonly flagKey?: string
  readonly context?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Evaluates as a provider does: with the SDK key as a bearer token. */
export function evaluate(
  ask: Ask,
  { flagKey, context = { targetingKey: 'u1' }, headers }: Evaluation,
): Promise<Response> {
  const path = flagKey === undefined ? FLAGS : `${FLAGS}/${encodeURIComponent(flagKey)}`
  return send(ask, path, { body: JSON.stringify({ context }), ...(headers === undefined ? {} : { headers }) })
}

/** Sends a body as it is. */
export function send(
  ask: Ask,
  path: string,
  { body, headers = {} }: { body: string | Uint8Array<ArrayBuffer>; headers?: Readonly<Record<string, string>> },
): Promise<Response> {
  const all = { Authorization: 'Bearer shop', 'Content-Type': 'application/json; charset=utf-8', ...headers }
  return ask(path, { method: 'POST', headers: all, body })
}
