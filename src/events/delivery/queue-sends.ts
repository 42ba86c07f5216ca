import type { QueuedEvent } from '../queued-event.ts'

/** What is needed of a Queue that messages are sent to. */
export interface EventQueue {
  sendBatch(messages: Iterable<QueueMessage>): Promise<unknown>
}

export interface QueueMessage {
  /** JSON. As text, because it has to be measured before: of an object a Queue would write it once more, and in twice the time. */
  readonly body: string
  readonly contentType: 'text'
  /** How long it is kept back. */
  readonly delaySeconds?: number
}

/** An event with the message that it is on its way as. */
export interface EventMessage {
  readonly event: QueuedEvent
  readonly message: QueueMessage
}

/** Of one send: 100 messages and 256 kB in all; of one message: 128 kB. Some of it is the queue's own. */
const MOST_MESSAGES = 100
const MOST_BYTES = 240_000
const LARGEST_MESSAGE_BYTES = 120_000

/** Events in as few sends as a Queue takes them in. */
export interface QueueSends<Event> {
  readonly sends: readonly (readonly Event[])[]
  /** Those that no Queue takes. */
  readonly tooLarge: readonly Event[]
}

/** The message of an event. */
export function messageOf(event: QueuedEvent, delaySeconds?: number): EventMessage {
  const message = { body: JSON.stringify(event), contentType: 'text' } as const
  return { event, message: delaySeconds === undefined ? message : { ...message, delaySeconds } }
}

/** Divides messages into sends, in their order. */
export function queueSends<Event extends EventMessage>(events: readonly Event[]): QueueSends<Event> {
  const sends: Event[][] = []
  const tooLarge: Event[] = []
  let bytes = 0
  for (const event of events) {
    const size = bytesOf(event.message.body)
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
function bytesOf(text: string): number {
  return text.length * 3 <= LARGEST_MESSAGE_BYTES ? text.length * 3 : new TextEncoder().encode(text).length
}
