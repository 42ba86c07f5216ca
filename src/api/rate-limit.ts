import type { Log } from '../base/log.ts'
import { networkOf } from '../http/network.ts'

/** What is needed of Cloudflare's rate limiting binding: it counts per key, in each of its locations on its own. */
export interface RateLimiter {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>
}

/** Seconds after which a request that was turned away may be tried again: the shortest period that the binding has. */
export const RETRY_LIMITED_SECONDS = 10

/** Whether a request may go on; `unknown` where the limiter could not be asked. */
export type Admission = 'admitted' | 'limited' | 'unknown'

/** Asks the limiter for the network that the request comes from. `scope` keeps what is counted apart. */
export async function admit(
  request: Request,
  scope: string,
  { rateLimiter, log }: { readonly rateLimiter: RateLimiter; readonly log: Log },
): Promise<Admission> {
  try {
    const { success } = await rateLimiter.limit({ key: `${scope}:${networkOf(request)}` })
    return success ? 'admitted' : 'limited'
  } catch (cause) {
    log({
      level: 'error',
      code: 'rate_limiter_failed',
      message: cause instanceof Error ? cause.message : String(cause),
    })
    return 'unknown'
  }
}
