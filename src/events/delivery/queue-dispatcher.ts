import { reasonOf } from '../../base/reason.ts'
import type { CountEvents } from './count-events.ts'
import type { EventDispatcher } from './dispatcher.ts'
import { type EventMessage, type EventQueue, messageOf, queueSends } from './queue-sends.ts'

/**
 * Puts events into a Queue, which keeps them until they are delivered. Those that it does not take, because they are too
 * large or it is out of order, go straight on instead.
 */
export function createQueueDispatcher(queue: EventQueue, direct: EventDispatcher, count: CountEvents): EventDispatcher {
  async function send(events: readonly EventMessage[]): Promise<void> {
    try {
      await queue.sendBatch(events.map(({ message }) => message))
      count({ level: 'info', code: 'events_queued', count: events.length })
    } catch (cause) {
      await sendDirectly(events, reasonOf(cause))
    }
  }

  async function sendDirectly(events: readonly EventMessage[], reason: string): Promise<void> {
    if (events.length === 0) return
    count({ level: 'error', code: 'events_not_queued', count: events.length, reason })
    await direct.dispatch(events.map(({ event }) => event))
  }

  return {
    async dispatch(events) {
      const { sends, tooLarge } = queueSends(events.map((event) => messageOf(event)))
      await Promise.all([...sends.map(send), sendDirectly(tooLarge, 'too large')])
    },
  }
}
