import type { CollectorDecision, QueuedEvent } from '../queued-event.ts'

/** An event by itself, in our own words: what a webhook is sent, and what sums are made of. */
export interface FlatEvent {
  readonly uuid: string
  readonly type: 'exposure' | 'conversion'
  /** Milliseconds since 1970. */
  readonly timestampMs: number
  readonly sdkKey: string
  readonly revision: string
  readonly userId: string
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Of an exposure; else empty. */
  readonly flagKey: string
  readonly ruleKey: string
  readonly ruleType: string
  readonly experimentId: string
  readonly variationId: string
  readonly variationKey: string
  readonly enabled: boolean
  /** Of a conversion; else empty. */
  readonly eventKey: string
  readonly revenue: number | null
  readonly value: number | null
  readonly tags: Readonly<Record<string, unknown>>
}

/** One for each event of a message, as a rule one. */
export function flatEvents({ sdkKey, envelope, visitor }: QueuedEvent): readonly FlatEvent[] {
  const attributes = Object.fromEntries(visitor.attributes.map(({ key, value }) => [key, value]))
  const common = { sdkKey, revision: envelope.revision, userId: visitor.visitor_id, attributes }
  return visitor.snapshots.flatMap(({ decisions, events }) => {
    const decided = decidedBy(decisions?.[0])
    return events.map(({ uuid, timestamp, key, revenue, value, tags }) => ({
      ...common,
      ...decided,
      uuid,
      timestampMs: timestamp,
      eventKey: decided.type === 'conversion' ? key : '',
      revenue: revenue ?? null,
      value: typeof value === 'number' ? value : null,
      tags: tags ?? {},
    }))
  })
}

type Decided = Pick<
  FlatEvent,
  'type' | 'flagKey' | 'ruleKey' | 'ruleType' | 'experimentId' | 'variationId' | 'variationKey' | 'enabled'
>

const NOTHING_DECIDED: Decided = {
  type: 'conversion',
  flagKey: '',
  ruleKey: '',
  ruleType: '',
  experimentId: '',
  variationId: '',
  variationKey: '',
  enabled: false,
}

function decidedBy(decision: CollectorDecision | undefined): Decided {
  if (decision === undefined) return NOTHING_DECIDED
  const { experiment_id: experimentId, variation_id: variationId, metadata } = decision
  return {
    type: 'exposure',
    flagKey: metadata.flag_key,
    ruleKey: metadata.rule_key,
    ruleType: metadata.rule_type,
    experimentId,
    variationId: variationId ?? '',
    variationKey: metadata.variation_key,
    enabled: metadata.enabled,
  }
}
