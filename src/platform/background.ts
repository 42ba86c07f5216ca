import type { Log } from '../base/log.ts'

/** Takes work that goes on after the response. Its failure is logged and reaches nobody. */
export type Background = (task: Promise<unknown>) => void

/**
 * Background work over `waitUntil`, which has to be the one of the request that is being answered:
 * `import { waitUntil } from 'cloudflare:workers'` is, at every call.
 */
export function createBackground(waitUntil: (task: Promise<unknown>) => void, log: Log): Background {
  return (task) => {
    waitUntil(
      task.catch((cause: unknown) => {
        log({ level: 'error', code: 'background_failed', message: String(cause) })
      }),
    )
  }
}
