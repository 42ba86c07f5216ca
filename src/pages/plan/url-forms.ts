/** The forms in which URLs are compared. Both sides go through here, so that they differ in nothing that does not count. */
import { withoutOwnParameters } from './own-parameters.ts'

/** A page's address without what does not tell pages apart: scheme, `www.`, usual ports, trailing slash, case, hash. */
export interface Address {
  readonly simple: string
  /** The same with the query. */
  readonly exact: string
}

/** A URL in every form that conditions compare. */
export interface UrlForms extends Address {
  /** As received. */
  readonly whole: string
  readonly lower: string
}

/** The forms of an absolute http(s) URL; `null` for anything else. */
export function formsOf(received: string | URL): UrlForms | null {
  const url = typeof received === 'string' ? parseHttp(received) : withoutOurs(received)
  if (url === null) return null
  const whole = url.href
  return { ...addressIn(url), whole, lower: whole.toLowerCase() }
}

/** The address in a URL as people write it, with or without its scheme; `null` for a text that is none. */
export function addressOf(text: string): Address | null {
  const written = text.trim()
  if (/^\/(?!\/)/.test(written)) return null
  const url = parseHttp(/^[a-z][a-z\d+.-]*:\/\//i.test(written) ? written : `https://${written.replace(/^\/\//, '')}`)
  return url === null ? null : addressIn(url)
}

/** A part of a URL as people write it, in the letters that URLs have. */
export function comparedText(text: string): string {
  return withoutOwnParameters(text.trim())
    .replace(/[^\x21-\x7e]+/g, (letters) => encodeURIComponent(letters.toWellFormed()))
    .toLowerCase()
}

/** Without our parameters, and without user and password. */
function parseHttp(text: string): URL | null {
  const url = URL.parse(text)
  return url && withoutOurs(url)
}

/** The same URL where there is nothing to be taken out of it. Parsing it again costs more than all that it is compared with. */
function withoutOurs(received: URL): URL | null {
  const { href } = received
  if (!/^https?:/.test(href)) return null
  const kept = withoutOwnParameters(href)
  if (kept === href && !href.includes('@')) return received
  const url = new URL(kept)
  url.username = ''
  url.password = ''
  return url
}

function addressIn({ host, pathname, search }: URL): Address {
  const site = host.replace(/^www\./, '').replace(/:(?:80|443)$/, '')
  const simple = (site + pathname.replace(/\/+$/, '')).toLowerCase()
  const query = search.replace(/&+$/, '').toLowerCase()
  return { simple, exact: query === '?' ? simple : simple + query }
}
