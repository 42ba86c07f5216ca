import { hasBearer } from '../http/bearer.ts'
import type { Api } from './api.ts'
import type { Failure } from './failure.ts'
import { refusalByLimit } from './rate-limit.ts'

/** What no SDK key can be, so that these requests are counted by themselves. */
const SCOPE = '.operators'
/** Closed when the limiter is down. */
const DOWN: Failure = { code: 'rate_limiter_unavailable' }

/**
 * Why a request may not see or do what is the operators'; `null` for one with the admin token. Where requests are
 * counted, that comes before the token is looked at, so that it cannot be guessed at leisure.
 */
export async function refusalOf(request: Request, api: Api): Promise<Failure | null> {
  const refusal = await refusalByLimit(request, SCOPE, { ...api, whenDown: DOWN })
  if (refusal !== null) return refusal
  return (await hasBearer(request, api.adminToken)) ? null : { code: 'unauthorized' }
}
