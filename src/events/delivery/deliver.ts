import { type BatchLimits, batchEvents } from '../batch-events.ts'
import type { QueuedEvent } from '../queued-event.ts'
import type { Delivery, EventBatch, Sink, SinkName } from './sink.ts'

/** Where an event has yet to go after an attempt. */
export interface Outcome {
  readonly event: QueuedEvent
  /** Sinks that may take it later, with the longest wait that any asked for, in seconds. */
  readonly retry: readonly SinkName[]
  readonly afterSeconds: number
  /** Sinks that will not take it, and why. */
  readonly refused: readonly Refusal[]
  /** Why it is to be tried again; empty where it is not. */
  readonly reason: string
}

export interface Refusal {
  readonly sink: SinkName
  readonly reason: string
}

/** Batches that are under way at once: a Worker may wait for the headers of six requests. */
const MOST_AT_ONCE = 6

/** Sends events to every sink that they have yet to go to, in batches. One outcome for each, in their order. Never rejects. */
export async function deliver(
  events: readonly QueuedEvent[],
  sinks: readonly Sink[],
  limits: BatchLimits,
): Promise<readonly Outcome[]> {
  const attempts = new Map<QueuedEvent, Attempt[]>(events.map((event) => [event, []]))
  const tasks = sinks.flatMap((sink) =>
    batchEvents(
      events.filter((event) => goesTo(event, sink)),
      limits,
    ).map((batch) => ({ sink, batch })),
  )
  await forEachOf(tasks, async ({ sink, batch }) => {
    const delivery = await sink.deliver(batch)
    for (const event of batch.events) attempts.get(event)?.push({ sink: sink.name, delivery })
  })
  return events.map((event) => outcomeOf(event, attempts.get(event) ?? []))
}

interface Attempt {
  readonly sink: SinkName
  readonly delivery: Delivery
}

/** A message that has been in part delivered says what is left. */
function goesTo({ to }: QueuedEvent, { name }: Sink): boolean {
  return to === undefined || to.includes(name)
}

async function forEachOf(
  tasks: readonly { readonly sink: Sink; readonly batch: EventBatch }[],
  run: (task: { readonly sink: Sink; readonly batch: EventBatch }) => Promise<void>,
): Promise<void> {
  const waiting = [...tasks]
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await run(task)
  }
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, tasks.length) }, worker))
}

function outcomeOf(event: QueuedEvent, attempts: readonly Attempt[]): Outcome {
  const retry: SinkName[] = []
  const refused: Refusal[] = []
  let afterSeconds = 0
  let reason = ''
  for (const { sink, delivery } of attempts) {
    if (delivery.kind === 'refused') refused.push({ sink, reason: delivery.reason })
    if (delivery.kind !== 'retry') continue
    retry.push(sink)
    afterSeconds = Math.max(afterSeconds, delivery.afterSeconds)
    reason ||= `${sink}: ${delivery.reason}`
  }
  return { event, retry, afterSeconds, refused, reason }
}
