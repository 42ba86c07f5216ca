/**
 * The message that an event is on its way to the collector, and what the collector is sent. It holds all that a consumer
 * needs, so that it can be delivered without the datafile that it was counted by, and after a deploy.
 *
 * Fields are only ever added, and whoever reads a message passes on those that it does not know: messages of a version of
 * the Worker before or after this one are delivered whole. `v` changes when that cannot be held.
 */

import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'

/** One event of one visitor. Plain JSON. */
export interface QueuedEvent {
  readonly v: 1
  readonly sdkKey: string
  /** The datafile's: which collector it goes to. */
  readonly region: string
  /** The datafile's; absent where it says nothing. Events have to share it, too, to go in one batch. */
  readonly botFiltering?: boolean
  /** What events have to share to go in one batch. */
  readonly envelope: CollectorEnvelope
  readonly visitor: CollectorVisitor
  /** Where it has yet to go, by the names of sinks; absent: everywhere. */
  readonly to?: readonly string[]
}

/** Field names, their order, and what they hold, are the collector's own (source: the SDK's event builder). */
export interface CollectorEnvelope {
  readonly client_name: string
  readonly client_version: string
  readonly account_id: string
  readonly project_id: string
  readonly revision: string
  readonly anonymize_ip: boolean
  readonly enrich_decisions: true
}

/** The body of a request to the collector. */
export interface CollectorBatch extends CollectorEnvelope {
  readonly visitors: readonly CollectorVisitor[]
}

export interface CollectorVisitor {
  readonly snapshots: readonly CollectorSnapshot[]
  readonly visitor_id: string
  readonly attributes: readonly CollectorAttribute[]
}

export interface CollectorAttribute {
  readonly entity_id: string
  readonly key: string
  readonly type: 'custom'
  readonly value: string | number | boolean
}

/** An impression has decisions, a conversion has none. */
export interface CollectorSnapshot {
  readonly decisions?: readonly CollectorDecision[]
  readonly events: readonly CollectorEvent[]
}

export interface CollectorDecision {
  readonly campaign_id: string | null
  readonly experiment_id: string
  /** `null` for an id that is not of digits alone. */
  readonly variation_id: string | null
  readonly metadata: {
    readonly flag_key: string
    readonly rule_key: string
    readonly rule_type: string
    readonly variation_key: string
    readonly enabled: boolean
    readonly cmab_uuid?: string
  }
}

export interface CollectorEvent {
  readonly entity_id: string | null
  readonly key: string
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly uuid: string
  readonly tags?: Readonly<Record<string, unknown>>
  /** A number, unless a tag was given as something else that the SDK takes for one, and sends as it is. */
  readonly value?: unknown
  /** In cents. */
  readonly revenue?: number
}

/** Why a message cannot be delivered: nobody can read it. */
export interface MalformedMessage {
  readonly code: 'malformed_message'
  readonly message: string
}

/** Reads a message, JSON or its text, also one of another version of the Worker that still has what is needed. */
export function parseQueuedEvent(message: unknown): Result<QueuedEvent, MalformedMessage> {
  const event = typeof message === 'string' ? parsedText(message) : message
  return isQueuedEvent(event) ? ok(event) : err({ code: 'malformed_message', message: 'Not an event of version 1' })
}

/** However deep: what walks a message bounds that itself. */
function parsedText(text: string): unknown {
  const parsed = parseJson(text)
  return parsed.ok ? parsed.value : text
}

function isQueuedEvent(message: unknown): message is QueuedEvent {
  if (!isJsonObject(message) || message.v !== 1) return false
  const { sdkKey, region, botFiltering, envelope, visitor, to = [] } = message
  return (
    areTexts([sdkKey, region]) &&
    Array.isArray(to) &&
    areTexts(to) &&
    (botFiltering === undefined || typeof botFiltering === 'boolean') &&
    isEnvelope(envelope) &&
    isVisitor(visitor)
  )
}

function isEnvelope(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value.anonymize_ip !== 'boolean' || value.enrich_decisions !== true) return false
  const { client_name, client_version, account_id, project_id, revision } = value
  return areTexts([client_name, client_version, account_id, project_id, revision])
}

function isVisitor(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value.visitor_id !== 'string') return false
  return isListOf(value.attributes, isAttribute) && isListOf(value.snapshots, isSnapshot, 1)
}

function isAttribute({ entity_id, key, type, value }: JsonObject): boolean {
  return areTexts([entity_id, key, type]) && /^(?:string|number|boolean)$/.test(typeof value)
}

function isSnapshot({ decisions, events }: JsonObject): boolean {
  return (decisions === undefined || isListOf(decisions, isDecision)) && isListOf(events, isEvent, 1)
}

function isDecision({ campaign_id, experiment_id, variation_id, metadata }: JsonObject): boolean {
  if (!isJsonObject(metadata) || typeof metadata.enabled !== 'boolean') return false
  const { flag_key, rule_key, rule_type, variation_key, cmab_uuid } = metadata
  return areTexts([
    campaign_id ?? '',
    experiment_id,
    variation_id ?? '',
    cmab_uuid ?? '',
    flag_key,
    rule_key,
    rule_type,
    variation_key,
  ])
}

function isEvent({ entity_id, key, timestamp, uuid, tags, value, revenue }: JsonObject): boolean {
  return (
    areTexts([entity_id ?? '', key, uuid]) &&
    typeof timestamp === 'number' &&
    Math.abs(timestamp) <= MAX_TIME_MS &&
    (tags === undefined || isJsonObject(tags)) &&
    isNested([tags, value], MAX_DEPTH) &&
    (revenue === undefined || typeof revenue === 'number')
  )
}

/** What a `Date` can hold. */
const MAX_TIME_MS = 8.64e15

/** Deeper than whatever a request may bring, and far from where writing JSON runs out of stack. */
const MAX_DEPTH = 100

function isNested(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((item) => isNested(item, depth - 1))
}

function areTexts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string')
}

function isListOf(value: unknown, isItem: (item: JsonObject) => boolean, least = 0): boolean {
  return Array.isArray(value) && value.length >= least && value.every((item) => isJsonObject(item) && isItem(item))
}
