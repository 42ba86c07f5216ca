import { err, ok, type Result } from '../base/result.ts'
import type { Attributes } from '../engine/index.ts'
import { anonymousUrl } from '../http/anonymous-url.ts'
import type { Query } from '../http/query.ts'
import { parseAttributes, parseSwitch, refusalOfUserId } from './decision-request.ts'
import { type Failure, invalid } from './failure.ts'

/** What is asked of `GET /v1/page` and `GET /v1/page.js`. */
export interface PlanRequest {
  /** As the visitor sees it. */
  readonly url: URL
  /** `null`: whoever the visitor cookie names. */
  readonly userId: string | null
  /** `null`: the site's own. */
  readonly sdkKey: string | null
  readonly attributes: Attributes
  readonly disableTracking: boolean
  /** The page that asks reports by itself what only it knows, of the site's own visitor and datafile: never where either is named. */
  readonly takesReports: boolean
}

/** As long as the platform takes one. */
const MAX_URL_LENGTH = 16_384

/** Parses the query. On a site that is proxied user and key may be left out, elsewhere they are missing. */
export function parsePlanRequest(query: Pick<Query, 'get' | 'getAll'>, isProxy: boolean): Result<PlanRequest, Failure> {
  const repeated = SINGLE.find((name) => query.getAll(name).length > 1)
  if (repeated !== undefined) return invalid(repeated, 'given once')
  const missing = (isProxy ? (['url'] as const) : REQUIRED).filter((name) => !query.get(name))
  if (missing.length > 0) return err({ code: 'missing_parameter', missing })
  const url = parseUrl(query.get('url') ?? '')
  if (url === null) return invalid('url', URL_EXPECTED)
  const userId = query.get('userId') || null
  const refusal = refusalOfUserId(userId ?? '')
  if (refusal !== null) return err(refusal)
  const disableTracking = parseSwitch(query.get('disableTracking'))
  if (disableTracking === null) return invalid('disableTracking', 'true or false')
  const reports = parseSwitch(query.get('reports'))
  if (reports === null) return invalid('reports', 'true or false')
  const attributes = parseAttributes(query.get('attributes'))
  if (!attributes.ok) return attributes
  const sdkKey = query.get('key') || null
  const takesReports = reports && userId === null && sdkKey === null
  return ok({ url, userId, sdkKey, attributes: attributes.value, disableTracking, takesReports })
}

const REQUIRED = ['url', 'userId', 'key'] as const
const SINGLE = [...REQUIRED, 'attributes', 'disableTracking', 'reports'] as const

const URL_EXPECTED = `an absolute http or https URL without a user name, of at most ${MAX_URL_LENGTH} characters`

/** As browsers and Workers have it: where parsing would have to take something away, it is no page's. */
function parseUrl(text: string): URL | null {
  if (text.length > MAX_URL_LENGTH || !/^https?:\/\/[!-\uffff]+$/i.test(text)) return null
  return anonymousUrl(text)
}
