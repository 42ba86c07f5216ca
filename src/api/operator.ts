import { unreachable } from '../base/unreachable.ts'
import { hasBearer } from '../http/bearer.ts'
import type { Api } from './api.ts'
import type { Failure } from './failure.ts'
import { admit, RETRY_LIMITED_SECONDS } from './rate-limit.ts'

/**
 * Why a request may not see or do what is the operators'; `null` for one with the admin token. Where requests are
 * counted, that comes before the token is looked at, so that it cannot be guessed at leisure.
 */
export async function refusalOf(request: Request, api: Api): Promise<Failure | null> {
  const limited = await refusalByLimit(request, api)
  if (limited !== null) return limited
  return (await hasBearer(request, api.adminToken)) ? null : { code: 'unauthorized' }
}

/** Closed when the limiter is down. */
async function refusalByLimit(request: Request, { rateLimiter, log }: Api): Promise<Failure | null> {
  const admission = rateLimiter === null ? 'admitted' : await admit(request, 'operators', { rateLimiter, log })
  switch (admission) {
    case 'admitted':
      return null
    case 'limited':
      return { code: 'rate_limited', retryAfterSeconds: RETRY_LIMITED_SECONDS }
    case 'unknown':
      return { code: 'rate_limiter_unavailable' }
    default:
      return unreachable(admission)
  }
}
