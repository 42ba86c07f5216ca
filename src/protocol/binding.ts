/** What other Workers of the account have in `env` where they bind Turnout: its RPC, typed. */

import type { JsonObject, JsonValue } from '../base/json.ts'
import type { DecisionJson, ErrorJson, FailedDecisionJson } from './decision.ts'
import type { PageAnswer } from './page.ts'

/**
 * `env.TURNOUT`, bound with `entrypoint = "Turnout"`. Turnout itself never has a call rejected: what is wrong is in the answer. A
 * call is rejected only where it does not reach Turnout: arguments that cannot be cloned, a Worker that is not deployed.
 */
export interface TurnoutBinding {
  /** One flag, as `GET /` answers it. Counts as shown, unless told otherwise. */
  decide(flagKey: string, user: BindingUser, options?: DecideCallOptions): Promise<DecideAnswer>
  /** Every flag of the datafile, in its order, as `feature=*` answers them. Each counts as shown, unless told otherwise. */
  decideAll(user: BindingUser, options?: DecideCallOptions): Promise<DecideAllAnswer>
  /** What is to become of a page, for `applyExperiments`: the plan that `GET /v1/page` answers. */
  page(question: PageCall): Promise<PlanAnswer>

  /** The flag's value where it is a boolean, else `defaultValue`; as in OpenFeature, and with the values of our OFREP. */
  getBooleanValue(...asked: EvaluationCall<boolean>): Promise<boolean>
  getStringValue(...asked: EvaluationCall<string>): Promise<string>
  getNumberValue(...asked: EvaluationCall<number>): Promise<number>
  /** An object or array as the datafile has it: its fields are for the caller to check. */
  getObjectValue(...asked: EvaluationCall<JsonStructure>): Promise<JsonStructure>
  /** The same with the variation, the reason, and what went wrong. */
  getBooleanDetails(...asked: EvaluationCall<boolean>): Promise<EvaluationDetails<boolean>>
  getStringDetails(...asked: EvaluationCall<string>): Promise<EvaluationDetails<string>>
  getNumberDetails(...asked: EvaluationCall<number>): Promise<EvaluationDetails<number>>
  getObjectDetails(...asked: EvaluationCall<JsonStructure>): Promise<EvaluationDetails<JsonStructure>>
}

/** For whom. Attributes are what JSON can hold; a date is its ISO text, and anything else `null`. */
export interface BindingUser {
  readonly userId: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

export interface CallOptions {
  /** Whose datafile; else that of the binding’s `props`, else the Worker’s `SDK_KEY`. */
  readonly sdkKey?: string
  /** Ask without counting. */
  readonly disableTracking?: boolean
}

export interface DecideCallOptions extends CallOptions {
  /** Say how each decision came about. */
  readonly reasons?: boolean
}

export type DecideAnswer = { readonly ok: true; readonly decision: DecisionJson } | FailedCall
/** A flag that cannot be decided fails alone. */
export type DecideAllAnswer =
  | { readonly ok: true; readonly decisions: readonly (DecisionJson | FailedDecisionJson)[] }
  | FailedCall
export type PlanAnswer = { readonly ok: true; readonly plan: PageAnswer } | FailedCall

/** Nothing was decided. The codes are those of the HTTP API. */
export interface FailedCall {
  readonly ok: false
  readonly error: ErrorJson['error']
}

export interface PageCall extends CallOptions {
  /** Of the page, as the visitor sees it. */
  readonly url: string
  /** Absent: whoever the visitor cookie in `headers` names, or somebody new, whose cookie is then in the plan. */
  readonly userId?: string
  readonly attributes?: Readonly<Record<string, unknown>>
  /** Those of the visitor's request: by them crawlers and those who have opted out are left out, and attributes filled in. */
  readonly headers?: Headers | Readonly<Record<string, string>>
  /** That of the visitor's request, for the country and the like. */
  readonly cf?: object
}

export type EvaluationCall<Value> = [
  flagKey: string,
  defaultValue: Value,
  context?: EvaluationContext,
  options?: CallOptions,
]

/** OpenFeature's. `targetingKey` is the user id, and needed; everything else is an attribute, nested names with dots. */
export interface EvaluationContext {
  readonly targetingKey?: string
  readonly [attribute: string]: unknown
}

/** OpenFeature's. Where `errorCode` is there, `value` is the caller's default, and `reason` is `ERROR`. */
export interface EvaluationDetails<Value> {
  readonly flagKey: string
  readonly value: Value
  readonly reason: string
  /** The key of the variation, where there is one. */
  readonly variant?: string
  readonly flagMetadata: Readonly<Record<string, string | number | boolean>>
  readonly errorCode?: string
  readonly errorMessage?: string
}

export type JsonStructure = JsonObject | readonly JsonValue[]
