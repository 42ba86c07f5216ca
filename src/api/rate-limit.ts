import type { Log } from '../base/log.ts'
import { reasonOf } from '../base/reason.ts'
import { networkOf } from '../http/network.ts'

/** What is needed of Cloudflare's rate limiting binding: it counts per key, in each of its locations on its own. */
export interface RateLimiter {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>
}

/** A request that was turned away; the shortest period that the binding has is after when to come back. */
export interface RateLimited {
  readonly code: 'rate_limited'
  readonly retryAfterSeconds: number
}

const LIMITED: RateLimited = { code: 'rate_limited', retryAfterSeconds: 10 }

/** By what requests are counted. */
export interface Limiter<Down> {
  /** `null`: every request may go on. */
  readonly rateLimiter: RateLimiter | null
  readonly log: Log
  /** What is said while the limiter cannot be asked; absent: requests go on. */
  readonly whenDown?: Down
}

/** Why a request may not go on, counted in its scope by the network that it comes from; `null` for one that may. */
export async function refusalByLimit<Down = never>(
  request: Request,
  scope: string,
  { rateLimiter, log, whenDown }: Limiter<Down>,
): Promise<RateLimited | Down | null> {
  if (rateLimiter === null) return null
  try {
    const { success } = await rateLimiter.limit({ key: `${scope}:${networkOf(request)}` })
    return success ? null : LIMITED
  } catch (cause) {
    log({ level: 'error', code: 'rate_limiter_failed', message: reasonOf(cause) })
    return whenDown ?? null
  }
}
