/** Who a page is decided for: the holder of one first-party cookie. */
import { COOKIE_SECONDS, type Cookies, setCookie } from '../../http/cookies.ts'

export interface Visitor {
  readonly id: string
  /** The request came without the cookie, or with a value that no id has. */
  readonly isNew: boolean
}

export interface CookieSettings {
  /** `null`: cookies are the host's alone. */
  readonly cookieDomain: string | null
}

export interface VisitorSettings extends CookieSettings {
  /** The name of the cookie; one that the site sets itself will do. */
  readonly visitorCookie: string
}

/** Letters, digits and signs that ids are made of: no white space, no quotes, nothing that HTML, headers or logs act on. */
const ID = /^[\w.~!*$&+:@|/=-]{1,128}$/

/** The visitor that the cookie names, or a new one. `newId` makes an id that nobody has had. */
export function readVisitor(
  cookies: Cookies,
  { visitorCookie }: Pick<VisitorSettings, 'visitorCookie'>,
  newId: () => string,
): Visitor {
  const id = cookies.get(visitorCookie)
  return id !== undefined && ID.test(id) ? { id, isNew: false } : { id: newId(), isNew: true }
}

/** The value of `Set-Cookie` by which the visitor is known next time. For a new one, on a page with an experiment. */
export function visitorCookie({ id }: Visitor, settings: VisitorSettings): string {
  return setCookie({
    name: settings.visitorCookie,
    value: id,
    domain: settings.cookieDomain,
    maxAgeSeconds: COOKIE_SECONDS,
  })
}
