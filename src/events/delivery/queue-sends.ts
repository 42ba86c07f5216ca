import type { QueuedEvent } from '../queued-event.ts'

/** What is needed of a Queue that messages are sent to. */
export interface EventQueue {
  sendBatch(messages: Iterable<QueueMessage>): Promise<unknown>
}

export interface QueueMessage {
  readonly body: QueuedEvent
  readonly contentType: 'json'
  /** How long it is kept back. */
  readonly delaySeconds?: number
}

/** Of one send: 100 messages and 256 kB in all; of one message: 128 kB. Some of it is the queue's own. */
const MOST_MESSAGES = 100
const MOST_BYTES = 240_000
const LARGEST_MESSAGE_BYTES = 120_000

/** Messages in as few sends as a Queue takes them in. */
export interface QueueSends {
  readonly sends: readonly (readonly QueueMessage[])[]
  /** Those that no Queue takes. */
  readonly tooLarge: readonly QueueMessage[]
}

/** Divides messages into sends, in their order. */
export function queueSends(messages: readonly QueueMessage[]): QueueSends {
  const sends: QueueMessage[][] = []
  const tooLarge: QueueMessage[] = []
  let bytes = 0
  for (const message of messages) {
    const size = bytesOf(message.body)
    if (size > LARGEST_MESSAGE_BYTES) {
      tooLarge.push(message)
      continue
    }
    const last = sends.at(-1)
    bytes += size
    if (last === undefined || bytes > MOST_BYTES || last.length === MOST_MESSAGES) {
      sends.push([message])
      bytes = size
    } else {
      last.push(message)
    }
  }
  return { sends, tooLarge }
}

/** At least as many as it takes: UTF-8 has at most three bytes for a code unit. */
function bytesOf(event: QueuedEvent): number {
  const text = JSON.stringify(event)
  return text.length * 3 <= LARGEST_MESSAGE_BYTES ? text.length * 3 : new TextEncoder().encode(text).length
}
