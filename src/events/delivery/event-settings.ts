import type { AnalyticsDataset } from './analytics-sink.ts'
import type { EventQueue } from './queue-sends.ts'
import type { SumsDatabase } from './sums-sink.ts'

/** Where events go, and how. */
export interface EventSettings {
  /** `EVENTS`: keeps events until they are delivered; `null`: they go straight on after the response. */
  readonly queue: EventQueue | null
  /** `COLLECTOR_URL`: `null` where it is `off`; without a `url`, Optimizely's by region. */
  readonly collector: { readonly url: string | null } | null
  /** `EVENT_WEBHOOK_URL` and `EVENT_WEBHOOK_SECRET` */
  readonly webhook: { readonly url: string; readonly secret: string } | null
  /** `EVENTS_DB` */
  readonly database: SumsDatabase | null
  /** `EVENTS_DATASET` */
  readonly dataset: AnalyticsDataset | null
  /** `EVENT_BATCH_SIZE`: events in one request to a collector or webhook. */
  readonly batchSize: number
  /** `EVENT_RETRY_SECONDS`: the pause after the first attempt that fails. */
  readonly retrySeconds: number
}
