import type { Log } from '../../base/log.ts'
import { reasonOf } from '../../base/reason.ts'
import type { BatchLimits } from '../batch-events.ts'
import { parseQueuedEvent, type QueuedEvent } from '../queued-event.ts'
import { deliver, type Outcome } from './deliver.ts'
import type { ParkedEvents } from './parked-events.ts'
import type { EventQueue } from './queue-dispatcher.ts'
import type { Sink } from './sink.ts'

/** What is needed of a batch of messages of a Queue. */
export interface MessageBatch {
  readonly messages: readonly Message[]
}

export interface Message {
  readonly id: string
  readonly body: unknown
  /** 1 at the first delivery. */
  readonly attempts: number
  ack(): void
  retry(options?: { readonly delaySeconds?: number }): void
}

export interface ConsumerOptions {
  readonly sinks: readonly Sink[]
  readonly limits: BatchLimits
  readonly parked: ParkedEvents
  /** Takes back what has been delivered in part; `null`: not bound here. */
  readonly queue: EventQueue | null
  readonly log: Log
  /** From 0 up to 1: spreads attempts. */
  readonly random: () => number
}

/**
 * Delivers messages, and decides of each by itself: delivered ones are done with; those that a sink may take later come
 * again after a pause, at first of some seconds and at most of 15 minutes; those that are refused are parked with the
 * reason. One that nobody can read goes the way of all retries, into the dead-letter queue. Never rejects.
 */
export async function consumeQueue({ messages }: MessageBatch, options: ConsumerOptions): Promise<void> {
  const readable = new Map<QueuedEvent, Message>()
  for (const message of messages) {
    const parsed = parseQueuedEvent(message.body)
    if (parsed.ok) readable.set(parsed.value, message)
    else giveBack(message, { afterSeconds: 0, reason: parsed.error.message }, options)
  }
  const outcomes = await deliver([...readable.keys()], options.sinks, options.limits)
  const isParked = await park(outcomes, options)
  await Promise.all(
    outcomes.map(async (outcome) => {
      const message = readable.get(outcome.event)
      if (message !== undefined) await settle(message, { outcome, isParked }, options)
    }),
  )
  logDelivery(outcomes, options.log)
}

/** Whether what was refused has been kept. */
async function park(outcomes: readonly Outcome[], { parked, log }: ConsumerOptions): Promise<boolean> {
  const refused = outcomes.filter((outcome) => outcome.refused.length > 0)
  if (refused.length === 0) return true
  try {
    await parked.park(refused.map(({ event, refused: refusals }) => ({ event, refused: refusals })))
    const reason = refused[0]?.refused.map(({ sink, reason: why }) => `${sink}: ${why}`).join(', ') ?? ''
    log({ level: 'error', code: 'events_parked', count: refused.length, reason })
    return true
  } catch (cause) {
    log({ level: 'error', code: 'events_not_parked', count: refused.length, message: reasonOf(cause) })
    return false
  }
}

async function settle(
  message: Message,
  { outcome, isParked }: { readonly outcome: Outcome; readonly isParked: boolean },
  options: ConsumerOptions,
): Promise<void> {
  const { event, retry, refused } = outcome
  if (refused.length > 0 && !isParked) return giveBack(message, outcome, options)
  if (retry.length === 0) return message.ack()
  const isInPart = retry.length < (event.to?.length ?? options.sinks.length)
  if (isInPart && (await isPutBack({ ...event, to: retry }, outcome, options))) return message.ack()
  giveBack(message, outcome, options)
}

/** What is left of a message becomes one of its own, so that nobody is sent again what they have. */
async function isPutBack(
  rest: QueuedEvent,
  { afterSeconds }: Pick<Outcome, 'afterSeconds'>,
  { queue, random }: ConsumerOptions,
): Promise<boolean> {
  if (queue === null) return false
  try {
    const delaySeconds = pauseSeconds({ attempts: 1, afterSeconds, random: random() })
    await queue.sendBatch([{ body: rest, contentType: 'json' }], { delaySeconds })
    return true
  } catch {
    // The whole message comes again instead: twice is better than not at all.
    return false
  }
}

function giveBack(
  message: Message,
  { afterSeconds, reason }: Pick<Outcome, 'afterSeconds' | 'reason'>,
  { log, random }: ConsumerOptions,
): void {
  log({ level: 'warn', code: 'events_retried', attempts: message.attempts, reason })
  message.retry({ delaySeconds: pauseSeconds({ attempts: message.attempts, afterSeconds, random: random() }) })
}

const FIRST_PAUSE_SECONDS = 10
const LONGEST_PAUSE_SECONDS = 900

/** Doubled with each attempt, between half of it and all of it; longer where that was asked for. */
export function pauseSeconds(after: {
  readonly attempts: number
  readonly afterSeconds: number
  readonly random: number
}): number {
  const doubled = FIRST_PAUSE_SECONDS * 2 ** Math.min(after.attempts - 1, 10)
  const pause = Math.min(LONGEST_PAUSE_SECONDS, doubled) * (0.5 + after.random / 2)
  return Math.ceil(Math.max(pause, after.afterSeconds))
}

function logDelivery(outcomes: readonly Outcome[], log: Log): void {
  const delivered = outcomes.filter(({ retry, refused }) => retry.length === 0 && refused.length === 0).length
  if (outcomes.length > 0) log({ level: 'info', code: 'events_delivered', delivered, of: outcomes.length })
}
