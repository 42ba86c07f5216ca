import type { DatafileActions } from '../admin/datafile-actions.ts'
import type { DatafileUpdates } from '../admin/datafile-updates.ts'
import type { Log } from '../base/log.ts'
import type { EventRecorder } from '../events/event.ts'
import type { NotificationStream } from '../events/notification-stream.ts'
import type { OdpEvents, SegmentSource } from '../events/odp.ts'
import type { AllowedOrigins } from '../http/cors.ts'
import type { Site } from '../pages/proxy/site.ts'
import type { Predictor } from '../remote/predictor.ts'
import type { DatafileHealth, DatafileStore } from '../store/datafile-store.ts'
import type { OverrideStore } from '../store/override-store.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import type { AgentAuth } from './agent/auth/agent-clients.ts'
import type { RateLimiter } from './rate-limit.ts'

/** What the API depends on: made by `worker.ts`, shared by all requests of an isolate. */
export interface Api {
  readonly store: DatafileStore
  /** Facts about the datafiles of this isolate, without asking KV. */
  readonly health: () => readonly DatafileHealth[]
  readonly datafiles: DatafileActions
  /** `null`: datafiles are not pulled from anywhere. */
  readonly updates: DatafileUpdates | null
  readonly events: EventRecorder
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** `null`: the routes of operators are not there. */
  readonly adminToken: string | null
  readonly allowedOrigins: AllowedOrigins
  /** Whether `GET /v1/config` and `GET /v1/datafile` are there. */
  readonly datafileRoutes: boolean
  readonly maxDatafileBytes: number
  /** `null`: requests are not counted. */
  readonly rateLimiter: RateLimiter | null
  /** `null`: no client of the Agent is asked for a token. */
  readonly agentAuth: AgentAuth | null
  /** Operations in one batch. */
  readonly batchLimit: number
  /** `null`: no assignment is kept. */
  readonly profiles: ProfileStore | null
  /** `null`: nobody can be forced into a variation for longer than a request. */
  readonly overrides: OverrideStore | null
  /** `null`: nothing is told as it happens. */
  readonly notifications: NotificationStream | null
  /** `null`: contextual bandits are not asked, and their rules are skipped. */
  readonly predictor: Predictor | null
  /** `null`: Optimizely Data Platform is neither told nor asked anything. */
  readonly odp: OdpEvents | null
  readonly segments: SegmentSource | null
  readonly version: string
  /** What is configured and may not be meant: for operators. */
  readonly warnings: readonly object[]
  /** What pages are planned with. */
  readonly site: Site
  /** Whether pages are proxied, and visitors so known by their cookie. */
  readonly isProxy: boolean
}
