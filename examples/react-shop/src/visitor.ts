/** The cookie that says who a visitor is: the Worker sets it, and decides for whoever it names. */
import { parseCookie } from 'cookie'

const NAME = 'turnout_visitor'

/** `undefined` where there is none. */
export function visitorOf(cookies: string): string | undefined {
  return parseCookie(cookies)[NAME]
}

/** The next page is decided for this visitor. A real shop's server does this when somebody signs in. */
export function rememberVisitor(userId: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
  document.cookie = visitorCookie(userId)
}

/** As a server sets it, or a page. */
export function visitorCookie(userId: string): string {
  return `${NAME}=${encodeURIComponent(userId)}; Path=/; Max-Age=34560000; Secure; SameSite=Lax`
}
