/** The `ORIGIN` variable: the one place that says which host this Worker ever fetches pages from. */
import { err, ok, type Result } from '../../base/result.ts'

/** Where the pages come from. */
export type OriginSetting =
  /** A host by its address: scheme, host and port only, as `URL.origin` writes them. */
  | { readonly kind: 'url'; readonly url: string }
  /** What lies behind the Worker's route. */
  | { readonly kind: 'zone' }
  /** The static assets deployed with the Worker. */
  | { readonly kind: 'assets' }

/** This machine, for development; any port. */
const THIS_MACHINE = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[1-9]\d{0,4})?$/
/** A name of two labels or more, of which the last is none of those that only private networks know (RFC 6762, 6761, 8375, 9476). */
const PUBLIC_HOST =
  /^https:\/\/(?=.{4,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!(?:localhost|local|internal|intranet|private|corp|home|lan|arpa|onion|alt)$)[a-z](?:[a-z\d-]{0,61}[a-z\d])$/

/**
 * Reads `ORIGIN`. Only what stands there letter for letter as a browser writes an origin is taken: an address that has to
 * be normalised first is refused, so that nothing can mean another host than it seems to. The error says what was expected.
 */
export function parseOrigin(text: string): Result<OriginSetting, string> {
  if (text === 'zone' || text === 'assets') return ok({ kind: text })
  if (THIS_MACHINE.test(text) && URL.canParse(text)) return ok({ kind: 'url', url: new URL(text).origin })
  if (PUBLIC_HOST.test(text) && URL.canParse(text) && new URL(text).origin === text)
    return ok({ kind: 'url', url: text })
  return err('"https://" and a public host name, with nothing after it; "zone"; "assets"; or http://localhost:<port>')
}
