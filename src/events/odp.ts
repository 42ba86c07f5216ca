import type { Datafile } from '../engine/index.ts'

/** Whose customer data: a datafile's `integrations` say where they are. */
export interface OdpProject {
  readonly sdkKey: string
  readonly datafile: Datafile
}

/** An event for Optimizely Data Platform, as `POST /v1/send-odp-event` takes it. */
export interface OdpEvent {
  /** `fullstack` where none is given. */
  readonly type: string
  readonly action: string
  /** At least one. */
  readonly identifiers: Readonly<Record<string, string>>
  readonly data: Readonly<Record<string, string | number | boolean | null>>
}

/** Takes events for Optimizely Data Platform. */
export interface OdpEvents {
  /** Whether the event is on its way; `not_integrated`: the datafile names no platform. Never rejects. */
  send(project: OdpProject, event: OdpEvent): Promise<'sent' | 'not_integrated'>
}

/** Tells which audiences of Optimizely Data Platform a user is in. */
export interface SegmentSource {
  /** `null`: they could not be fetched. `options` are `IGNORE_CACHE` and `RESET_CACHE`. Never rejects. */
  fetch(project: OdpProject, userId: string, options: readonly string[]): Promise<readonly string[] | null>
}
