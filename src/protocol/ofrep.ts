/**
 * OFREP on the wire, the OpenFeature Remote Evaluation Protocol (open-feature/protocol, `service/openapi.yaml` 0.3.0).
 * A field that is `undefined` is left out of the JSON.
 */
import type { JsonValue } from '../base/json.ts'
import type { Variables } from '../engine/index.ts'

/** What a flag is for one user. */
export interface OfrepEvaluation {
  readonly key: string
  readonly reason: OfrepReason
  readonly variant: string | undefined
  /** `undefined`: the default in the caller's code holds. */
  readonly value: JsonValue | Variables | undefined
  readonly metadata: OfrepFlagMetadata
}

/** Those of the protocol that a decision can have. `DISABLED` is never one: servers say it of flags that have no value. */
export type OfrepReason = 'SPLIT' | 'TARGETING_MATCH' | 'STATIC'

/** Providers hand strings, numbers and booleans through, and drop everything else. */
export interface OfrepFlagMetadata {
  readonly enabled: boolean
  readonly ruleKey: string | undefined
  readonly variationKey: string | undefined
}

export type OfrepErrorCode = 'PARSE_ERROR' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT' | 'FLAG_NOT_FOUND' | 'GENERAL'

/** Why a flag has no evaluation; without `key` in answers about no single flag, without `errorCode` in those about none at all. */
export interface OfrepError {
  readonly key: string | undefined
  readonly errorCode: OfrepErrorCode | undefined
  readonly errorDetails: string
}

/** Every flag of a datafile for one user, in the datafile's order. */
export interface OfrepBulkEvaluation {
  readonly flags: readonly (OfrepEvaluation | OfrepError)[]
  readonly metadata: { readonly revision: string }
}
