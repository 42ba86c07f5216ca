import { bytesOfUuid, uuidV5 } from './uuid-v5.ts'

/** What tells one exposure from another. */
export interface ExposureName {
  readonly sdkKey: string
  readonly userId: string
  /** Empty where there is none. */
  readonly flagKey: string
  /** Of the experiment, or of the holdout that keeps the visitor out. */
  readonly experimentId: string
  readonly variationId: string
  /** When it is shown, in milliseconds since 1970. */
  readonly timestampMs: number
}

/** A session: fixed windows in UTC, each beginning with the hour or its half. */
export const SESSION_MS = 30 * 60_000

/**
 * The uuid of what a visitor is shown on a page: the same for everything shown alike within one session, in whichever
 * isolate, so that reloads, repeats and answers out of a browser's cache count once wherever uuids are told apart.
 *
 * A UUID of version 5 (RFC 9562): 122 bits of SHA-1, so that among 10^12 exposures two share one by chance with a probability below
 * 10^-12. Who takes the trouble to make two ids that collide merges two exposures of their own.
 */
export function exposureUuid({ timestampMs, ...shown }: ExposureName): Promise<string> {
  const { sdkKey, userId, flagKey, experimentId, variationId } = shown
  const session = Math.floor(timestampMs / SESSION_MS)
  // As JSON no two lists are one text, whatever the ids are; lone surrogates are escaped, and stay apart.
  return uuidV5(NAMESPACE, JSON.stringify([sdkKey, userId, flagKey, experimentId, variationId, session]))
}

/** Ours alone, made once at random. */
const NAMESPACE = bytesOfUuid('81f5a885-25bf-453d-908a-1dedaef9ecf5')
