import type { Attributes, Evidence, Project } from '../engine/index.ts'

/** What counts: that a user was shown something, or did something. */
export type UserEvent = Impression | Conversion

/** Whose event it is, and by which datafile it counts. */
export interface EventContext {
  readonly sdkKey: string
  readonly project: Project
  readonly userId: string
  readonly attributes: Attributes
  /** By which repeats of one event are known; absent: whoever records it makes one. */
  readonly uuid?: string
  /** Milliseconds since 1970; absent: when it is recorded. */
  readonly timestampMs?: number
}

/** A decision that counts as shown: what an SDK would send to its collector. */
export interface Impression extends EventContext {
  readonly kind: 'impression'
  /** Empty for an experiment on pages that belongs to no flag. */
  readonly flagKey: string
  readonly enabled: boolean
  /** `experiment`: one on pages that belongs to no flag. */
  readonly source: Evidence['source'] | 'experiment'
  readonly rule: Evidence['rule']
  readonly variation: Evidence['variation']
  /** Of the prediction that a contextual bandit's decision came from. */
  readonly cmabUuid?: string
}

/** Something that a user did, of those that the datafile lists as events. */
export interface Conversion extends EventContext {
  readonly kind: 'conversion'
  readonly eventKey: string
  readonly eventId: string
  /** As given: `revenue` and `value` are read where the event is built. */
  readonly tags: Readonly<Record<string, unknown>>
}

/** Where events go. Recording returns at once and never throws. */
export interface EventRecorder {
  record(events: readonly UserEvent[]): void
}
