import type { Log } from '../../base/log.ts'
import { reasonOf } from '../../base/reason.ts'
import type { QueuedEvent } from '../queued-event.ts'
import type { EventDispatcher } from './dispatcher.ts'

/** What is needed of a Queue that messages are sent to. */
export interface EventQueue {
  sendBatch(messages: Iterable<QueueMessage>, options?: { readonly delaySeconds?: number }): Promise<unknown>
}

export interface QueueMessage {
  readonly body: QueuedEvent
  readonly contentType: 'json'
}

/** Of one send: 100 messages and 256 kB in all; of one message: 128 kB. Some of it is the queue's own. */
const MOST_MESSAGES = 100
const MOST_BYTES = 240_000
const LARGEST_MESSAGE_BYTES = 120_000

/**
 * Puts events into a Queue, which keeps them until they are delivered. Those that it does not take, because they are too
 * large or it is out of order, go straight on instead.
 */
export function createQueueDispatcher(queue: EventQueue, direct: EventDispatcher, log: Log): EventDispatcher {
  async function send(events: readonly QueuedEvent[]): Promise<void> {
    try {
      await queue.sendBatch(events.map((body) => ({ body, contentType: 'json' })))
    } catch (cause) {
      log({ level: 'error', code: 'events_not_queued', count: events.length, message: reasonOf(cause) })
      await direct.dispatch(events)
    }
  }

  return {
    async dispatch(events) {
      const { sends, tooLarge } = portioned(events)
      await Promise.all([...sends.map(send), ...(tooLarge.length > 0 ? [direct.dispatch(tooLarge)] : [])])
    },
  }
}

interface Portioned {
  readonly sends: readonly (readonly QueuedEvent[])[]
  readonly tooLarge: readonly QueuedEvent[]
}

function portioned(events: readonly QueuedEvent[]): Portioned {
  const sends: QueuedEvent[][] = []
  const tooLarge: QueuedEvent[] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const event of events) {
    const size = bytesOf(event)
    if (size > LARGEST_MESSAGE_BYTES) {
      tooLarge.push(event)
      continue
    }
    const last = sends.at(-1)
    bytes += size
    if (last === undefined || bytes > MOST_BYTES || last.length === MOST_MESSAGES) {
      sends.push([event])
      bytes = size
    } else {
      last.push(event)
    }
  }
  return { sends, tooLarge }
}

/** At least as many as it takes: UTF-8 has at most three bytes for a code unit. */
function bytesOf(event: QueuedEvent): number {
  const text = JSON.stringify(event)
  return text.length * 3 <= LARGEST_MESSAGE_BYTES ? text.length * 3 : new TextEncoder().encode(text).length
}
