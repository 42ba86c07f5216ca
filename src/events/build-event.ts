import type { Attributes, Project } from '../engine/index.ts'
import type { Conversion, Impression, UserEvent } from './event.ts'
import { readTags } from './event-tags.ts'
import type { CollectorAttribute, CollectorDecision, CollectorSnapshot, QueuedEvent } from './queued-event.ts'

/** Under which name events are sent. */
export interface EventClient {
  readonly name: string
  readonly version: string
}

/** What is not in the event itself. */
export interface EventFacts {
  readonly uuid: string
  /** Milliseconds since 1970; part of one is dropped. */
  readonly timestampMs: number
  readonly client: EventClient
}

/** The key under which the collector knows an impression. */
const IMPRESSION_KEY = 'campaign_activated'
const BOT_FILTERING = '$opt_bot_filtering'

/**
 * An event as an Optimizely SDK sends it, to the order of its fields, ready to be queued (source: the SDK's event builder).
 * Pure; takes any attributes and tags, and never throws.
 */
export function buildEvent(event: UserEvent, { uuid, timestampMs, client }: EventFacts): QueuedEvent {
  const { project, sdkKey, userId, attributes } = event
  const { botFiltering } = project
  const occurrence = { timestamp: Math.trunc(timestampMs), uuid }
  const snapshot = event.kind === 'impression' ? impressionOf(event, occurrence) : conversionOf(event, occurrence)
  return {
    v: 1,
    sdkKey,
    region: project.region,
    ...(botFiltering === null ? {} : { botFiltering }),
    envelope: {
      client_name: client.name,
      client_version: client.version,
      account_id: project.accountId,
      project_id: project.projectId,
      revision: project.revision,
      anonymize_ip: project.anonymizeIp,
      enrich_decisions: true,
    },
    visitor: { snapshots: [snapshot], visitor_id: userId, attributes: attributesOf(project, attributes) },
  }
}

interface Occurrence {
  readonly timestamp: number
  readonly uuid: string
}

function impressionOf(impression: Impression, occurrence: Occurrence): CollectorSnapshot {
  const decision = decisionOf(impression)
  return {
    decisions: [decision],
    events: [
      { entity_id: decision.campaign_id, timestamp: occurrence.timestamp, key: IMPRESSION_KEY, uuid: occurrence.uuid },
    ],
  }
}

/** Without a rule (nothing matched, or the whole flag is forced) the campaign is null, and the rest is empty. */
function decisionOf({ rule, variation, source, flagKey, enabled, cmabUuid }: Impression): CollectorDecision {
  const experimentId = rule?.id ?? ''
  const layerId = rule !== null && 'layerId' in rule ? rule.layerId : ''
  return {
    campaign_id: layerId || experimentId || null,
    experiment_id: experimentId,
    variation_id: variation !== null && /^\d+$/.test(variation.id) ? variation.id : null,
    metadata: {
      flag_key: flagKey,
      rule_key: rule?.key ?? '',
      rule_type: source,
      variation_key: variation?.key ?? '',
      enabled,
      ...(cmabUuid === undefined ? {} : { cmab_uuid: cmabUuid }),
    },
  }
}

function conversionOf({ eventId, eventKey, tags }: Conversion, occurrence: Occurrence): CollectorSnapshot {
  return { events: [{ entity_id: eventId, key: eventKey, ...occurrence, ...readTags(tags) }] }
}

/** Those that the datafile lists, and those of Optimizely's own, of types that the collector takes; in the order given. */
function attributesOf({ attributeIds, botFiltering }: Project, attributes: Attributes): readonly CollectorAttribute[] {
  const sent: CollectorAttribute[] = []
  for (const [key, value] of Object.entries(attributes)) {
    const id = attributeIds.get(key) ?? (key.startsWith('$opt_') ? key : '')
    if (id !== '' && isSendable(value)) sent.push({ entity_id: id, key, type: 'custom', value })
  }
  if (botFiltering === null) return sent
  return [...sent, { entity_id: BOT_FILTERING, key: BOT_FILTERING, type: 'custom', value: botFiltering }]
}

function isSendable(value: unknown): value is string | number | boolean {
  if (typeof value === 'number') return Math.abs(value) <= 2 ** 53
  return typeof value === 'string' || typeof value === 'boolean'
}
