import type { Log } from '../base/log.ts'
import type { Puller, PullOutcome } from './pull-datafile.ts'

/**
 * What the cron trigger does: asks once for each key whether there is something newer, one after the other. What fails
 * is logged, and is left alone for a while.
 */
export async function pullAll(sdkKeys: readonly string[], puller: Puller, log: Log): Promise<void> {
  for (const sdkKey of sdkKeys) {
    logPull(await puller.pull(sdkKey, { isRoutine: true, leastRevision: null }), sdkKey, log)
  }
}

/** What operators would want to know of a pull. */
export function logPull(outcome: PullOutcome, sdkKey: string, log: Log): void {
  switch (outcome.kind) {
    case 'written':
      if (!outcome.unchanged) log({ level: 'info', code: 'datafile_pulled', sdkKey, revision: outcome.revision })
      return
    case 'failed':
      log({ level: 'error', code: 'datafile_not_pulled', sdkKey, message: outcome.message })
      return
    case 'unknown':
      log({ level: 'error', code: 'datafile_not_pulled', sdkKey, message: 'No datafile is published under this key' })
      return
    case 'older': {
      const { revision, storedRevision } = outcome
      log({ level: 'warn', code: 'published_datafile_older', sdkKey, revision, storedRevision })
      return
    }
    case 'not-modified':
    case 'paused':
    case 'revoked':
      return
  }
}
