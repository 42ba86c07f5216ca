import type { Log } from '../base/log.ts'
import type { EventRecorder } from './event.ts'

/**
 * Records events in the log, by number: until they are delivered, that is the trace they leave.
 * User ids and attributes stay out of it.
 */
export function createLogRecorder(log: Log): EventRecorder {
  let impressions = 0
  let conversions = 0
  return {
    record(events) {
      for (const { kind } of events) {
        if (kind === 'impression') impressions++
        else conversions++
      }
      if (events.length > 0) log({ level: 'info', code: 'events', impressions, conversions })
    },
  }
}
