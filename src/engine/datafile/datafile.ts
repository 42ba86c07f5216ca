import type { JsonValue } from '../../base/json.ts'
import type { AudienceReference, Condition, ConditionTree } from '../audience/condition.ts'
import type { Variation } from './project.ts'

/** An Optimizely datafile as received, with its types established. Field names are the datafile's own. */
export interface Datafile {
  readonly version: '2' | '3' | '4'
  readonly revision: string
  readonly accountId: string
  readonly projectId: string
  readonly sdkKey: string | null
  readonly environmentKey: string | null
  readonly region: string | null
  readonly anonymizeIP: boolean | null
  readonly botFiltering: boolean | null
  readonly sendFlagDecisions: boolean | null
  readonly experiments: readonly ExperimentEntry[]
  readonly groups: readonly GroupEntry[]
  readonly rollouts: readonly RolloutEntry[]
  readonly featureFlags: readonly FeatureFlagEntry[]
  readonly holdouts: readonly HoldoutEntry[]
  readonly localHoldouts: readonly HoldoutEntry[]
  readonly audiences: readonly AudienceEntry[]
  readonly typedAudiences: readonly AudienceEntry[]
  readonly attributes: readonly KeyedEntry[]
  readonly events: readonly EventEntry[]
  readonly integrations: readonly IntegrationEntry[]
  /** As written: `src/pages` reads them. */
  readonly pages: JsonValue | undefined
}

/** What experiments, delivery rules and holdouts have in common. */
export interface RuleEntry {
  readonly id: string
  readonly key: string
  readonly status: string | null
  /** `audienceConditions` where they are set, else `audienceIds`; `null` when both are absent or empty. */
  readonly audience: ConditionTree<AudienceReference> | null
  /** The same as written, and where. */
  readonly audienceSource: JsonValue | undefined
  readonly audienceField: 'audienceConditions' | 'audienceIds'
  readonly variations: readonly VariationEntry[]
  readonly trafficAllocation: readonly TrafficEntry[]
  readonly cmab: CmabEntry | null
}

export interface ExperimentEntry extends RuleEntry {
  readonly layerId: string
  readonly type: string | null
  readonly groupId: string | null
  /** User id to variation key; `null` when absent. */
  readonly forcedVariations: ReadonlyMap<string, string> | null
  /** As written: `src/pages` reads them. */
  readonly pageIds: JsonValue | undefined
}

export interface HoldoutEntry extends RuleEntry {
  readonly excludeTargetedDeliveries: boolean
  /** Ids of the rules that a local holdout holds out; `null` when it names none, which turns it off. */
  readonly includedRules: readonly string[] | null
}

export interface VariationEntry extends Variation {
  /** Variable id to the text that the variation sets it to, in datafile order; `null` when absent. */
  readonly variables: ReadonlyMap<string, string> | null
  /** As written: `src/pages` reads them. */
  readonly actions: JsonValue | undefined
}

export interface TrafficEntry {
  readonly entityId: string
  readonly endOfRange: number
}

export interface CmabEntry {
  /** Exclusive end of the traffic that asks the bandit, out of 10,000; `null` when absent: nobody does. */
  readonly trafficAllocation: number | null
  readonly attributeIds: readonly string[]
}

export interface GroupEntry {
  readonly id: string
  readonly policy: string | null
  readonly trafficAllocation: readonly TrafficEntry[]
  readonly experiments: readonly ExperimentEntry[]
}

export interface RolloutEntry {
  readonly id: string
  readonly experiments: readonly ExperimentEntry[]
}

export interface FeatureFlagEntry {
  readonly id: string
  readonly key: string
  readonly rolloutId: string | null
  readonly experimentIds: readonly string[]
  readonly variables: readonly VariableEntry[]
}

export interface VariableEntry {
  readonly id: string
  readonly key: string
  /** `json` also where the datafile says `string` with the subtype `json`. */
  readonly type: string
  readonly defaultValue: string
}

export interface AudienceEntry {
  readonly id: string
  readonly name: string
  readonly conditions: ConditionTree<Condition>
  /** As written: a text of JSON in `audiences`, JSON itself in `typedAudiences`. */
  readonly conditionsSource: JsonValue
}

export interface KeyedEntry {
  readonly id: string
  readonly key: string
}

export interface EventEntry extends KeyedEntry {
  readonly experimentIds: readonly string[]
}

export interface IntegrationEntry {
  readonly key: string
  readonly host: string | null
  readonly publicKey: string | null
  readonly pixelUrl: string | null
}
