import { reasonOf } from '../../base/reason.ts'
import { type BatchLimits, batchEvents } from '../batch-events.ts'
import type { QueuedEvent } from '../queued-event.ts'
import { type Settled, sendDivided } from './divide-batch.ts'
import type { Delivery, EventBatch, Sink, SinkName } from './sink.ts'

/** Where events go, and in what portions. */
export interface Delivering {
  readonly sinks: readonly Sink[]
  readonly limits: BatchLimits
  /** Whether another batch may be begun; absent: always. */
  readonly isInTime?: () => boolean
}

/** Where an event has yet to go after an attempt. */
export interface Outcome {
  readonly event: QueuedEvent
  /** Sinks that may take it later, and those that it names and that are not configured here. */
  readonly rest: readonly string[]
  /** Whether some sink is done with it, so that `rest` is not all of what was to be done. */
  readonly isInPart: boolean
  /** The longest wait that any sink asked for. */
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
export async function deliver(events: readonly QueuedEvent[], delivering: Delivering): Promise<readonly Outcome[]> {
  const { sinks, limits } = delivering
  const attempts = new Map<QueuedEvent, Attempt[]>(events.map((event) => [event, []]))
  const tasks = sinks.flatMap((sink) =>
    batchEvents(
      events.filter((event) => goesTo(event, sink)),
      limits,
    ).map((batch) => ({ sink, batch })),
  )
  await forEachOf(tasks, async ({ sink, batch }) => {
    const parts = await sendDivided(batch, (part) => deliveryOf({ sink, batch: part }, delivering))
    for (const { events: settled, delivery } of parts)
      for (const event of settled) attempts.get(event)?.push({ sink: sink.name, delivery })
  })
  return events.map((event) => outcomeOf(event, attempts.get(event) ?? [], sinks))
}

/** Why some will not take an event. */
export function reasonOfRefusals(refused: readonly Refusal[]): string {
  return refused.map(({ sink, reason }) => `${sink}: ${reason}`).join(', ')
}

interface Task {
  readonly sink: Sink
  readonly batch: EventBatch
}

interface Attempt {
  readonly sink: SinkName
  readonly delivery: Settled
}

/** A message that has been in part delivered says what is left. */
function goesTo({ to }: QueuedEvent, { name }: Sink): boolean {
  return to === undefined || to.includes(name)
}

/** A sink that throws is a bug, which must not take the other events with it. */
async function deliveryOf({ sink, batch }: Task, { isInTime }: Delivering): Promise<Delivery> {
  if (isInTime?.() === false) return { kind: 'retry', reason: 'out of time', afterSeconds: 0 }
  try {
    return await sink.deliver(batch)
  } catch (cause) {
    return { kind: 'retry', reason: reasonOf(cause), afterSeconds: 0 }
  }
}

async function forEachOf(tasks: readonly Task[], run: (task: Task) => Promise<void>): Promise<void> {
  const waiting = tasks.values()
  const worker = async (): Promise<void> => {
    for (const task of waiting) await run(task)
  }
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, tasks.length) }, worker))
}

function outcomeOf(event: QueuedEvent, attempts: readonly Attempt[], sinks: readonly Sink[]): Outcome {
  const rest: string[] = [...absentSinks(event, sinks)]
  const refused: Refusal[] = []
  let afterSeconds = 0
  let reason = rest.length > 0 ? `${rest.join(', ')}: not configured` : ''
  for (const { sink, delivery } of attempts) {
    if (delivery.kind === 'refused') refused.push({ sink, reason: delivery.reason })
    if (delivery.kind !== 'retry') continue
    rest.push(sink)
    afterSeconds = Math.max(afterSeconds, delivery.afterSeconds)
    reason ||= `${sink}: ${delivery.reason}`
  }
  const isInPart = attempts.some(({ delivery }) => delivery.kind !== 'retry')
  return { event, rest, isInPart, afterSeconds, refused, reason }
}

/** What an event is for that is not there: those of another version or configuration, or none at all. */
function absentSinks({ to }: QueuedEvent, sinks: readonly Sink[]): readonly string[] {
  if (to === undefined) return sinks.length === 0 ? ['any sink'] : []
  return to.filter((name) => !sinks.some((sink) => sink.name === name))
}
