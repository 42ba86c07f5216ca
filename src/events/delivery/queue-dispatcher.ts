import { reasonOf } from '../../base/reason.ts'
import type { CountEvents } from './count-events.ts'
import type { EventDispatcher } from './dispatcher.ts'
import { type EventQueue, type QueueMessage, queueSends } from './queue-sends.ts'

/**
 * Puts events into a Queue, which keeps them until they are delivered. Those that it does not take, because they are too
 * large or it is out of order, go straight on instead.
 */
export function createQueueDispatcher(queue: EventQueue, direct: EventDispatcher, count: CountEvents): EventDispatcher {
  async function send(messages: readonly QueueMessage[]): Promise<void> {
    try {
      await queue.sendBatch(messages)
      count({ level: 'info', code: 'events_queued', count: messages.length })
    } catch (cause) {
      await sendDirectly(messages, reasonOf(cause))
    }
  }

  async function sendDirectly(messages: readonly QueueMessage[], reason: string): Promise<void> {
    if (messages.length === 0) return
    count({ level: 'error', code: 'events_not_queued', count: messages.length, reason })
    await direct.dispatch(messages.map(({ body }) => body))
  }

  return {
    async dispatch(events) {
      const { sends, tooLarge } = queueSends(events.map((body) => ({ body, contentType: 'json' })))
      await Promise.all([...sends.map(send), sendDirectly(tooLarge, 'too large')])
    },
  }
}
