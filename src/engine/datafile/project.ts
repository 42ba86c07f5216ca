import type { JsonValue } from '../../base/json.ts'
import type { UserTest } from '../audience/condition.ts'

/** Variable key to value, cast to the variable's type. Frozen and shared between decisions. */
export type Variables = Readonly<Record<string, JsonValue | undefined>>

/**
 * A datafile, compiled: what depends on the datafile alone has been computed, or is once (variables).
 * Readonly, free of platform objects, and safe to share between requests.
 */
export interface Project {
  readonly version: '2' | '3' | '4'
  readonly revision: string
  readonly accountId: string
  readonly projectId: string
  readonly sdkKey: string | null
  readonly environmentKey: string | null
  readonly region: string
  readonly anonymizeIp: boolean
  /** `null` where the datafile does not say: then no `$opt_bot_filtering` attribute is sent. */
  readonly botFiltering: boolean | null
  readonly sendFlagDecisions: boolean
  /** By flag key, in the SDK's order (integer-like keys first, then as written). */
  readonly flags: ReadonlyMap<string, Flag>
  /** Global holdouts, in datafile order. */
  readonly holdouts: readonly Holdout[]
  /** Every experiment, grouped ones and delivery rules included, by id and by key (the last of a key wins). */
  readonly experimentsById: ReadonlyMap<string, Rule>
  readonly experimentsByKey: ReadonlyMap<string, Rule>
  /** Every variation of experiments and holdouts by id (the last of an id wins): where profiles are looked up. */
  readonly variationsById: ReadonlyMap<string, Variation>
  /** Attribute key to id, and event key to id. */
  readonly attributeIds: ReadonlyMap<string, string>
  readonly eventIds: ReadonlyMap<string, string>
  readonly counts: { readonly flags: number; readonly experiments: number; readonly audiences: number }
}

/** A feature flag with its rules, in the order in which they are tried. */
export interface Flag {
  readonly id: string
  readonly key: string
  /** `null`: the flag lists no experiments at all, which has a reason of its own. */
  readonly experiments: readonly Rule[] | null
  readonly rollout: Rollout
  /** The variations of the flag's rules, as the SDK gathers them: a later one of an id replaces an earlier one. */
  readonly variations: readonly Variation[]
  /** The variables of the flag when it is on in a variation, and (`null`) when it is off. */
  readonly variables: (variation: Variation | null) => Variables
}

/** The delivery side of a flag. */
export type Rollout =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly id: string }
  | { readonly kind: 'rules'; readonly id: string; readonly rules: readonly Rule[] }

/** An experiment or a delivery rule. */
export interface Rule {
  readonly id: string
  readonly key: string
  readonly layerId: string
  readonly running: boolean
  readonly audience: Audience
  readonly allocation: Allocation
  /** `null`: not grouped, or in a group whose policy is not `random`. */
  readonly group: Group | null
  /** A contextual bandit decides the variation of whoever is in the allocation. */
  readonly cmab: Cmab | null
  /** User id to variation key. */
  readonly whitelist: ReadonlyMap<string, string> | null
  /** Of several with one key the last counts. */
  readonly variations: readonly Variation[]
  readonly localHoldouts: readonly Holdout[]
}

/** Everything that is needed to ask a contextual bandit. */
export interface Cmab {
  readonly attributeIds: readonly string[]
}

export interface Holdout {
  readonly id: string
  readonly key: string
  readonly running: boolean
  readonly audience: Audience
  readonly allocation: Allocation
  readonly group: Group | null
  readonly excludeTargetedDeliveries: boolean
}

export interface Variation {
  readonly id: string
  readonly key: string
  readonly featureEnabled: boolean
}

/** Who may enter a rule. */
export interface Audience {
  /** Whoever it is true for; unknown is out. */
  readonly test: UserTest
  /** The conditions as written, for reasons; `undefined` where the datafile has none. */
  readonly source: JsonValue | undefined
}

/** Ranges of bucket values in the order listed; the first with `bucket < endOfRange` wins. */
export type Allocation = readonly Range[]

export interface Range {
  /** Exclusive, out of 10,000. */
  readonly endOfRange: number
  readonly destination: Destination
  /** The range names a variation that the datafile does not have, which has a reason of its own. */
  readonly dangling: boolean
}

/** Into a variation, or nowhere. */
export type Destination = { readonly kind: 'in'; readonly variation: Variation } | { readonly kind: 'out' }

/** A group of mutually exclusive experiments, or the id of one that the datafile does not have. */
export type Group =
  | { readonly kind: 'random'; readonly id: string; readonly ranges: readonly GroupRange[] }
  | { readonly kind: 'unknown'; readonly id: string }

export interface GroupRange {
  readonly endOfRange: number
  readonly experimentId: string
}
