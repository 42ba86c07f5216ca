import type { Impression, UserEvent } from '../../src/events/event.ts'

/** The impressions among events. */
export function impressionsAmong(events: readonly UserEvent[]): readonly Impression[] {
  return events.flatMap((event) => (event.kind === 'impression' ? [event] : []))
}
