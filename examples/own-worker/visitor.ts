/** The shop's own cookie: Turnout needs some id that stays, and does not mind whose it is. */
const NAME = 'shop_visitor'
const COOKIE = new RegExp(`(?:^|;\\s*)${NAME}=([\\w-]{1,64})(?:;|$)`)
const YEAR_SECONDS = 31_536_000

export interface Visitor {
  readonly userId: string
  /** Values of `Set-Cookie` for one who is new; they are sent where an experiment is about the page. */
  readonly cookies: readonly string[]
}

/** Who a visitor is. */
export function visitorOf({ headers }: Request): Visitor {
  const known = COOKIE.exec(headers.get('Cookie') ?? '')?.[1]
  if (known !== undefined) return { userId: known, cookies: [] }
  const userId = crypto.randomUUID()
  return { userId, cookies: [`${NAME}=${userId}; Max-Age=${YEAR_SECONDS}; Path=/; Secure; SameSite=Lax`] }
}
