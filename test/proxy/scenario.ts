import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers, or does not. */
export type Scenario = (
  request: IncomingMessage,
  response: ServerResponse,
  recorded: RecordedRequest,
) => void | Promise<void>

export interface RecordedRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** Lower case names; several values are joined as HTTP does. */
  readonly headers: Readonly<Record<string, string>>
  /** As it has come so far. */
  body: Buffer
  /** The whole body has come. */
  bodyEnded: boolean
  /** The connection ended before the answer did. */
  aborted: boolean
}
