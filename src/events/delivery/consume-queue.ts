import { reasonOf } from '../../base/reason.ts'
import { parseQueuedEvent, type QueuedEvent } from '../queued-event.ts'
import type { CountEvents } from './count-events.ts'
import { type Delivering, deliver, type Outcome, reasonOfRefusals } from './deliver.ts'
import type { ParkedEvents } from './parked-events.ts'
import { type EventMessage, type EventQueue, messageOf, queueSends } from './queue-sends.ts'
import { pauseSeconds } from './retry-pause.ts'

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

export interface ConsumerOptions extends Pick<Delivering, 'sinks' | 'limits'> {
  readonly parked: ParkedEvents
  /** Takes back what has been delivered in part; `null`: not bound here. */
  readonly queue: EventQueue | null
  readonly count: CountEvents
  /** From 0 up to 1: spreads attempts. */
  readonly random: () => number
  /** The pause after the first attempt. */
  readonly retrySeconds: number
}

/**
 * Delivers messages, and decides of each by itself: delivered ones are done with; those that a sink may take later come
 * again after a pause, at first of some seconds and at most of 15 minutes; those that are refused are parked with the
 * reason. One that nobody can read, or that is for a sink that is not configured, goes the way of all retries, into the
 * dead-letter queue. Never rejects.
 */
export async function consumeQueue({ messages }: MessageBatch, options: ConsumerOptions): Promise<void> {
  const read: Read[] = []
  for (const message of messages) {
    const parsed = parseQueuedEvent(message.body)
    if (parsed.ok) read.push({ message, event: parsed.value })
    else giveBack(message, { afterSeconds: 0, reason: parsed.error.message }, options)
  }
  const outcomes = await deliver(
    read.map(({ event }) => event),
    options,
  )
  await settle(
    outcomes.flatMap((outcome, index) => {
      const message = read[index]?.message
      return message === undefined ? [] : [{ message, outcome }]
    }),
    options,
  )
}

interface Read {
  readonly message: Message
  readonly event: QueuedEvent
}

interface Tried {
  readonly message: Message
  readonly outcome: Outcome
}

async function settle(tried: readonly Tried[], options: ConsumerOptions): Promise<void> {
  const refused = tried.filter(({ outcome }) => outcome.refused.length > 0)
  const isParked = refused.length === 0 || (await park(refused, options))
  const kept = isParked ? tried : tried.filter(({ outcome }) => outcome.refused.length === 0)
  if (!isParked) giveBackAll(refused, options)
  const done = kept.filter(({ outcome }) => outcome.rest.length === 0)
  for (const { message } of done) message.ack()
  const delivered = done.filter(({ outcome }) => outcome.refused.length === 0)
  options.count({ level: 'info', code: 'events_delivered', count: delivered.length })
  const unfinished = kept.filter(({ outcome }) => outcome.rest.length > 0)
  giveBackAll(
    unfinished.filter(({ outcome }) => !outcome.isInPart),
    options,
  )
  await putBack(
    unfinished.filter(({ outcome }) => outcome.isInPart),
    options,
  )
}

/** Whether what was refused has been kept. */
async function park(refused: readonly Tried[], { parked, count }: ConsumerOptions): Promise<boolean> {
  const [first] = refused
  const refusals = reasonOfRefusals(first?.outcome.refused ?? [])
  try {
    await parked.park(refused.map(({ outcome }) => ({ event: outcome.event, refused: outcome.refused })))
    count({ level: 'error', code: 'events_parked', count: refused.length, reason: refusals })
    return true
  } catch (cause) {
    const reason = `${reasonOf(cause)}; ${refusals}`
    count({ level: 'error', code: 'events_not_parked', count: refused.length, reason })
    return false
  }
}

/** What is left of a message becomes one of its own, so that nobody is sent again what they have. */
async function putBack(inPart: readonly Tried[], options: ConsumerOptions): Promise<void> {
  const { queue, random, retrySeconds: firstSeconds } = options
  if (queue === null) return giveBackAll(inPart, options)
  const rests = inPart.map((tried) => {
    const { event, rest, afterSeconds } = tried.outcome
    const delaySeconds = pauseSeconds({ attempts: 1, afterSeconds, random: random(), firstSeconds })
    return { tried, ...messageOf({ ...event, to: rest }, delaySeconds) }
  })
  const { sends, tooLarge } = queueSends(rests)
  giveBackAll(
    tooLarge.map(({ tried }) => tried),
    options,
  )
  await Promise.all(sends.map((send) => sendBack(queue, send, options)))
}

interface Rest extends EventMessage {
  readonly tried: Tried
}

async function sendBack(queue: EventQueue, rests: readonly Rest[], options: ConsumerOptions): Promise<void> {
  const tried = rests.map((rest) => rest.tried)
  try {
    await queue.sendBatch(rests.map(({ message }) => message))
  } catch {
    // The whole messages come again instead, and say so in the log: twice is better than not at all.
    return giveBackAll(tried, options)
  }
  for (const { message } of tried) message.ack()
  const reason = tried[0]?.outcome.reason ?? ''
  options.count({ level: 'warn', code: 'events_put_back', count: tried.length, reason })
}

function giveBackAll(tried: readonly Tried[], options: ConsumerOptions): void {
  for (const { message, outcome } of tried) {
    const { afterSeconds, reason, refused } = outcome
    giveBack(message, { afterSeconds, reason: reason || reasonOfRefusals(refused) }, options)
  }
}

function giveBack(
  message: Message,
  { afterSeconds, reason }: Pick<Outcome, 'afterSeconds' | 'reason'>,
  { count, random, retrySeconds: firstSeconds }: ConsumerOptions,
): void {
  const { attempts } = message
  count({ level: 'warn', code: 'events_retried', count: 1, attempts, reason })
  message.retry({ delaySeconds: pauseSeconds({ attempts, afterSeconds, random: random(), firstSeconds }) })
}
