/**
 * The message that an event is on its way to the collector, and what the collector is sent. It holds all that a consumer
 * needs, so that it can be delivered without the datafile that it was counted by, and after a deploy.
 */

import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'

/** One event of one visitor. Plain JSON. */
export interface QueuedEvent {
  /** Of this shape. A consumer reads fields by name and ignores what it does not know, so that a deploy and a rollback lose nothing. */
  readonly v: 1
  readonly sdkKey: string
  /** The datafile's: which collector it goes to. */
  readonly region: string
  /** What events have to share to go in one batch. */
  readonly envelope: CollectorEnvelope
  readonly visitor: CollectorVisitor
  /** Where it has yet to go, by the names of sinks; absent: everywhere. */
  readonly to?: readonly string[]
}

/** Field names, and what they hold, are the collector's own (source: the SDK's event builder). */
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
  /** In cents. */
  readonly revenue?: number
  /** A number, as a rule. */
  readonly value?: unknown
}

/** Why a message cannot be delivered: nobody can read it. */
export interface MalformedMessage {
  readonly code: 'malformed_message'
  readonly message: string
}

/** Reads a message, also one of a version after this one that still has what is needed. */
export function parseQueuedEvent(message: unknown): Result<QueuedEvent, MalformedMessage> {
  return isQueuedEvent(message) ? ok(message) : err({ code: 'malformed_message', message: 'Not an event of version 1' })
}

function isQueuedEvent(message: unknown): message is QueuedEvent {
  if (!isJsonObject(message)) return false
  const { v, sdkKey, region, envelope, visitor, to } = message
  if (to !== undefined && !Array.isArray(to)) return false
  return (
    v === 1 && typeof sdkKey === 'string' && typeof region === 'string' && isEnvelope(envelope) && isVisitor(visitor)
  )
}

function isEnvelope(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value.anonymize_ip !== 'boolean' || value.enrich_decisions !== true) return false
  const { client_name, client_version, account_id, project_id, revision } = value
  return [client_name, client_version, account_id, project_id, revision].every((text) => typeof text === 'string')
}

function isVisitor(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value.visitor_id !== 'string' || !Array.isArray(value.attributes)) return false
  const { snapshots } = value
  return Array.isArray(snapshots) && snapshots.length > 0 && snapshots.every(isSnapshot)
}

function isSnapshot(value: unknown): boolean {
  if (!isJsonObject(value)) return false
  const { events, decisions } = value
  return Array.isArray(events) && events.length > 0 && events.every(isEvent) && isListOfObjects(decisions)
}

function isListOfObjects(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isJsonObject))
}

function isEvent(value: unknown): boolean {
  if (!isJsonObject(value)) return false
  return typeof value.key === 'string' && typeof value.uuid === 'string' && typeof value.timestamp === 'number'
}
