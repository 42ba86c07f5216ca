import type { Log } from '../base/log.ts'
import type { ImpressionRecorder } from './impression.ts'

/**
 * Records impressions in the log, by number: until they are delivered, that is the trace they leave.
 * User ids and attributes stay out of it.
 */
export function createLogRecorder(log: Log): ImpressionRecorder {
  let recorded = 0
  return {
    record(impressions) {
      recorded += impressions.length
      if (impressions.length > 0) log({ level: 'info', code: 'impressions', recorded })
    },
  }
}
