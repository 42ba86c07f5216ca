import type { JsonValue } from '../base/json.ts'

/** A decision on the wire, in the names of OptimizelyDecision. */
export interface DecisionJson {
  readonly flagKey: string
  readonly enabled: boolean
  readonly variationKey: string | null
  readonly ruleKey: string | null
  readonly variables: Readonly<Record<string, JsonValue | undefined>>
  readonly userContext: UserContextJson
  /** Empty unless asked for. */
  readonly reasons: readonly string[]
}

export interface UserContextJson {
  readonly userId: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A flag without a decision, in a list of decisions. */
export interface FailedDecisionJson extends ErrorJson {
  readonly flagKey: string
}

/** An error on the wire. `code` is stable, `message` is for people; more facts may stand beside them. */
export interface ErrorJson {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly [fact: string]: unknown
  }
}
