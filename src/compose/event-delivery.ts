/** Puts together where events go, from the configuration. */

import type { Log } from '../base/log.ts'
import { reasonOf } from '../base/reason.ts'
import type { EventClient } from '../events/build-event.ts'
import { createAnalyticsSink } from '../events/delivery/analytics-sink.ts'
import { createCollectorSink } from '../events/delivery/collector-sink.ts'
import { consumeQueue, type MessageBatch } from '../events/delivery/consume-queue.ts'
import { createEventCount } from '../events/delivery/count-events.ts'
import { createDirectDispatcher } from '../events/delivery/direct-dispatcher.ts'
import type { EventSettings } from '../events/delivery/event-settings.ts'
import { createGathering } from '../events/delivery/gather-events.ts'
import { type ParkingKv, parkInKv } from '../events/delivery/parked-events.ts'
import { createQueueDispatcher } from '../events/delivery/queue-dispatcher.ts'
import { createRecorder } from '../events/delivery/recorder.ts'
import type { Sink } from '../events/delivery/sink.ts'
import { createSumsSink, forgetOldEvents } from '../events/delivery/sums-sink.ts'
import { databaseInTime, parkedInTime, queueInTime } from '../events/delivery/time-limits.ts'
import { createWebhookSink } from '../events/delivery/webhook-sink.ts'
import type { EventRecorder } from '../events/event.ts'
import { createLogRecorder } from '../events/log-recorder.ts'
import { inTime } from '../store/in-time.ts'

export interface EventDelivery {
  readonly recorder: EventRecorder
  /** Delivers what a Queue has. */
  readonly consume: (batch: MessageBatch) => Promise<void>
  /** Forgets what is kept for a time only. Never rejects. */
  readonly forget: () => Promise<void>
}

/** The outside world of events. */
export interface EventWorld {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly kv: ParkingKv
  readonly clock: () => number
  readonly random: () => number
  readonly newId: () => string
  readonly wait: (ms: number) => Promise<void>
  readonly background: (task: Promise<unknown>) => void
  readonly log: Log
  readonly client: EventClient
}

/** A request to the collector takes 3.5 MB. */
const MOST_BYTES = 3_500_000

export function createEventDelivery(configured: EventSettings, world: EventWorld): EventDelivery {
  const settings = inTimeOnly(configured)
  const { queue, database, batchSize, retrySeconds } = settings
  const count = createEventCount(world.log)
  const sinks = sinksOf(settings, world)
  const limits = { maxEvents: batchSize, maxBytes: MOST_BYTES }
  const direct = createDirectDispatcher({ ...world, count, sinks, limits })
  const dispatcher = queue === null ? direct : createQueueDispatcher(queue, direct, count)
  const gather = createGathering({ ...world, dispatcher })
  const parked = parkedInTime(parkInKv(world), inTime)
  return {
    recorder:
      queue === null && sinks.length === 0 ? createLogRecorder(world.log) : createRecorder({ ...world, count, gather }),
    consume: (batch) => consumeQueue(batch, { ...world, count, sinks, limits, queue, retrySeconds, parked }),
    forget: async () => {
      if (database !== null) await forgetOldEvents(database, world.clock()).catch(logged(world.log))
    },
  }
}

/** The same, with bindings that are not waited for without end. */
function inTimeOnly(settings: EventSettings): EventSettings {
  const { queue, database } = settings
  return {
    ...settings,
    queue: queue && queueInTime(queue, inTime),
    database: database && databaseInTime(database, inTime),
  }
}

function logged(log: Log): (cause: unknown) => void {
  return (cause) => log({ level: 'error', code: 'events_not_forgotten', message: reasonOf(cause) })
}

function sinksOf({ collector, webhook, database, dataset }: EventSettings, world: EventWorld): readonly Sink[] {
  return [
    ...(collector === null ? [] : [createCollectorSink({ ...world, url: collector.url })]),
    ...(webhook === null ? [] : [createWebhookSink({ ...world, ...webhook })]),
    ...(database === null ? [] : [createSumsSink(database, world.clock)]),
    ...(dataset === null ? [] : [createAnalyticsSink(dataset, world.log)]),
  ]
}
