/** What Turnout decides by, beside the address and the user; whatever is left out here, it does not know. */
const FORWARDED = [
  // Who takes part: no crawlers, and nobody who has opted out. What is fetched ahead is not counted.
  ...['User-Agent', 'Cookie', 'Sec-GPC', 'Purpose', 'Sec-Purpose', 'X-Purpose', 'X-Moz'],
  // Attributes that audiences may ask for.
  ...['Accept-Language', 'Referer', 'Sec-CH-UA', 'Sec-CH-UA-Mobile', 'Sec-CH-UA-Platform'],
  // Whom a rate limiter counts: without it, all visitors are one.
  'CF-Connecting-IP',
]

export interface Turnout {
  /** The Worker; or, to ask one elsewhere, `{ fetch }` and its address in place of `https://turnout`. */
  readonly TURNOUT: Pick<Fetcher, 'fetch'>
  readonly SDK_KEY: string
}

export interface Question {
  /** The visitor's. */
  readonly request: Request
  /** Of the page, as the visitor sees it. */
  readonly url: string
  readonly userId: string
}

/** What is to become of a page: the answer of `GET /v1/page`, or `null` where there is none. Never rejects. */
export async function askTurnout({ request, url, userId }: Question, { TURNOUT, SDK_KEY }: Turnout): Promise<unknown> {
  // Nobody sees what is answered to HEAD.
  const asked = new URLSearchParams({ url, userId, key: SDK_KEY, disableTracking: String(request.method === 'HEAD') })
  const headers = new Headers()
  for (const name of FORWARDED) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  try {
    // The country and the like come with `cf`.
    const init = request.cf === undefined ? { headers } : { headers, cf: { ...request.cf } }
    const response = await TURNOUT.fetch(`https://turnout/v1/page?${asked}`, init)
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}
