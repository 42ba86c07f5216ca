import type { Log } from '../../base/log.ts'
import { reasonOf } from '../../base/reason.ts'
import { type FlatEvent, flatEvents } from './flat-event.ts'
import { DELIVERED, type Sink } from './sink.ts'

/** What is needed of a dataset of Workers Analytics Engine. */
export interface AnalyticsDataset {
  writeDataPoint(point: AnalyticsPoint): void
}

export interface AnalyticsPoint {
  readonly indexes: readonly [string]
  readonly blobs: readonly string[]
  readonly doubles: readonly number[]
}

/** The index takes 96 bytes, all blobs of a point together 16 kB: keys are cut there. */
const INDEX_LENGTH = 32
const BLOB_LENGTH = 256

/**
 * Writes a point for each event, without who it was: index experiment or event; blobs SDK key, type, flag, rule, variation,
 * event, revision; doubles 1, revenue, value. For looking at, not for deciding by: what fails is lost, and holds nothing up.
 */
export function createAnalyticsSink(dataset: AnalyticsDataset, log: Log): Sink {
  return {
    name: 'analytics',
    deliver: async ({ events }) => {
      try {
        for (const event of events.flatMap(flatEvents)) dataset.writeDataPoint(pointOf(event))
      } catch (cause) {
        log({ level: 'warn', code: 'analytics_failed', message: reasonOf(cause) })
      }
      return DELIVERED
    },
  }
}

function pointOf(event: FlatEvent): AnalyticsPoint {
  const { sdkKey, type, flagKey, ruleKey, variationKey, eventKey, revision } = event
  return {
    indexes: [(event.experimentId || eventKey).slice(0, INDEX_LENGTH)],
    blobs: [sdkKey, type, flagKey, ruleKey, variationKey, eventKey, revision].map((text) => text.slice(0, BLOB_LENGTH)),
    doubles: [1, event.revenue ?? 0, event.value ?? 0],
  }
}
