import type { QueuedEvent } from '../../../src/events/queued-event.ts'

export interface EventFields {
  readonly region?: string
  readonly revision?: string
  readonly account?: string
  readonly visitor?: string
  readonly tags?: Readonly<Record<string, unknown>>
  readonly to?: readonly string[]
}

/** A conversion as it is queued; `uuid` tells it from the others. */
export function conversion(uuid: string, fields: EventFields = {}): QueuedEvent {
  const { region = 'US', revision = '1', account = '12', visitor = 'u1', tags, to } = fields
  const event = {
    entity_id: '9',
    key: 'bought',
    timestamp: 1_790_000_000_000,
    uuid,
    ...(tags === undefined ? {} : { tags }),
  }
  return {
    v: 1,
    sdkKey: 'shop',
    region,
    envelope: {
      client_name: 'turnout',
      client_version: '1.0.0',
      account_id: account,
      project_id: '34',
      revision,
      anonymize_ip: true,
      enrich_decisions: true,
    },
    visitor: { visitor_id: visitor, attributes: [], snapshots: [{ events: [event] }] },
    ...(to === undefined ? {} : { to }),
  }
}

/** An exposure as it is queued; with the variation `null`, of nothing. */
export function exposure(uuid: string, fields: EventFields & { readonly variation?: string | null } = {}): QueuedEvent {
  const { visitor, ...queued } = conversion(uuid, fields)
  const { variation = '7' } = fields
  const decision = {
    campaign_id: '5',
    experiment_id: '6',
    variation_id: variation,
    metadata: {
      flag_key: 'checkout',
      rule_key: 'test',
      rule_type: 'feature-test',
      variation_key: variation === null ? '' : 'on',
      enabled: true,
    },
  }
  const event = { entity_id: '5', key: 'campaign_activated', timestamp: 1_790_000_000_000, uuid }
  return { ...queued, visitor: { ...visitor, snapshots: [{ decisions: [decision], events: [event] }] } }
}

/** The uuids of events, in their order. */
export function uuidsOf(events: readonly QueuedEvent[]): readonly string[] {
  return events.flatMap(({ visitor }) => visitor.snapshots.flatMap(({ events: each }) => each.map(({ uuid }) => uuid)))
}
