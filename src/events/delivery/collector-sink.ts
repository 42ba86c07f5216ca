import type { CollectorBatch } from '../queued-event.ts'
import { type Posting, postBatch } from './post-batch.ts'
import type { EventBatch, Sink } from './sink.ts'

/** Optimizely's own, by the datafile's region (source: the SDK's event builder). */
const COLLECTORS: ReadonlyMap<string, string> = new Map([
  ['US', 'https://logx.optimizely.com/v1/events'],
  ['EU', 'https://eu.logx.optimizely.com/v1/events'],
])
const OF_OTHER_REGIONS = 'https://logx.optimizely.com/v1/events'

export interface CollectorOptions extends Posting {
  /** One for every region; `null`: Optimizely's. */
  readonly url: string | null
}

/** Where an Optimizely SDK sends its events. */
export function createCollectorSink(options: CollectorOptions): Sink {
  return {
    name: 'collector',
    deliver: (batch) =>
      postBatch(options, options.url ?? collectorOf(batch.region), {
        body: JSON.stringify(collectorBatch(batch)),
        headers: {},
      }),
  }
}

/** The URL of a region's collector; an unknown region's is that of the US, as with the SDK. */
export function collectorOf(region: string): string {
  return COLLECTORS.get(region) ?? OF_OTHER_REGIONS
}

/** What is sent: what the events share, and each with its visitor. */
export function collectorBatch({ envelope, events }: EventBatch): CollectorBatch {
  return { ...envelope, visitors: events.map(({ visitor }) => visitor) }
}
