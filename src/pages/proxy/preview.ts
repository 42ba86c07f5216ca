/**
 * Looking at a variation before it is live, or by somebody who is not in it: an address with the wished variations and a
 * signed, expiring token for exactly those, on exactly that host. Nothing is counted or kept.
 */
import { base64Url, bytesOfBase64Url } from '../../http/base64-url.ts'
import { hmacKey } from '../../http/hmac.ts'
import { OWN_PARAMETERS, withoutOwnParameters } from './own-parameters.ts'

/** What a request's address asks for, and whether it may. */
export type Preview =
  | { readonly kind: 'none' }
  /** The page is as for everyone; a header says why. */
  | { readonly kind: 'refused'; readonly reason: PreviewRefusal }
  | {
      readonly kind: 'granted'
      /** Experiment key to variation key; of several for one experiment the last counts. */
      readonly forced: ReadonlyMap<string, string>
      /** The plan, and the reasons for it, are to be shown. */
      readonly isDebug: boolean
    }

export type PreviewRefusal = 'previews-off' | 'bad-force' | 'no-token' | 'bad-token' | 'expired-token'

export interface PreviewSettings {
  /** `null`: there are no previews by token. */
  readonly previewSecret: string | null
  /** `false`: anybody may force a variation. Reasons are shown to holders of a token only. */
  readonly previewNeedsToken: boolean
}

/** What a token is for. */
export interface PreviewGrant {
  /** With its port, as in `URL.host`. */
  readonly host: string
  /** Seconds since 1970. */
  readonly expiresSeconds: number
  /** As they stand in the address, in order: `experimentKey:variationKey`, with `%3A` for a colon inside a key. */
  readonly forces: readonly string[]
  readonly isDebug: boolean
}

/** How many variations one address can force. */
export const MAX_FORCES = 16
const MAX_FORCE_LENGTH = 512

/** What the address asks for. A promise only where there is a token to be verified. */
export function readPreview(url: URL, settings: PreviewSettings, nowMs: number): Preview | Promise<Preview> {
  const { searchParams } = url
  const forces = searchParams.getAll(OWN_PARAMETERS.force)
  const debug = searchParams.get(OWN_PARAMETERS.debug)
  const isDebug = debug !== null && debug !== 'false'
  if (forces.length === 0 && !isDebug) return { kind: 'none' }
  const forced = parseForces(forces)
  if (forced === null) return { kind: 'refused', reason: 'bad-force' }
  const open: Preview | null = settings.previewNeedsToken ? null : { kind: 'granted', forced, isDebug: false }
  if (open !== null && !isDebug) return open
  const { previewSecret: secret } = settings
  const token = searchParams.get(OWN_PARAMETERS.token)
  if (secret === null || token === null) {
    return open ?? { kind: 'refused', reason: secret === null ? 'previews-off' : 'no-token' }
  }
  return verify(token, secret, { host: url.host, forces, isDebug, nowMs }).then((reason) =>
    reason === null ? { kind: 'granted', forced, isDebug } : (open ?? { kind: 'refused', reason }),
  )
}

/** The key of the experiment and that of the variation, or `null` for a text that names no such pair. */
export function parseForce(text: string): readonly [experimentKey: string, variationKey: string] | null {
  const colon = text.indexOf(':')
  if (colon < 1 || colon === text.length - 1 || text.length > MAX_FORCE_LENGTH) return null
  return [decoded(text.slice(0, colon)), decoded(text.slice(colon + 1))]
}

/** The address under which the holder sees what is granted. Parameters of an earlier link are replaced. */
export async function previewLink(url: URL, grant: Omit<PreviewGrant, 'host'>, secret: string): Promise<URL> {
  const link = new URL(withoutOwnParameters(url))
  const parameters = new URLSearchParams()
  for (const force of grant.forces) parameters.append(OWN_PARAMETERS.force, force)
  if (grant.isDebug) parameters.append(OWN_PARAMETERS.debug, 'true')
  parameters.append(OWN_PARAMETERS.token, await previewToken({ ...grant, host: url.host }, secret))
  link.search = `${link.search || '?'}${link.search && '&'}${parameters}`
  return link
}

/** A token: its version, when it expires, and the HMAC-SHA-256 over those and everything that it is for. */
export async function previewToken(grant: PreviewGrant, secret: string): Promise<string> {
  const signature = await crypto.subtle.sign('HMAC', await hmacKey(secret, 'SHA-256'), messageOf(grant))
  return `1.${grant.expiresSeconds}.${base64Url(new Uint8Array(signature))}`
}

/** Version, seconds since 1970, and 32 bytes in the base64 of addresses. */
const TOKEN = /^1\.(\d{1,12})\.([\w-]{43})$/

interface Asked extends Omit<PreviewGrant, 'expiresSeconds'> {
  readonly nowMs: number
}

/** Why the token does not grant what is asked for; `null`: it does. Takes the same time for every signature. */
async function verify(token: string, secret: string, { nowMs, ...asked }: Asked): Promise<PreviewRefusal | null> {
  const [, expires = '', base64 = ''] = TOKEN.exec(token) ?? []
  const signature = bytesOfBase64Url(base64)
  if (signature === null) return 'bad-token'
  const message = messageOf({ ...asked, expiresSeconds: Number(expires) })
  const isOurs = await crypto.subtle.verify('HMAC', await hmacKey(secret, 'SHA-256'), signature, message)
  if (!isOurs) return 'bad-token'
  return Number(expires) * 1000 > nowMs ? null : 'expired-token'
}

/** JSON, so that no two grants have the same text. */
function messageOf({ host, expiresSeconds, forces, isDebug }: PreviewGrant) {
  return new TextEncoder().encode(JSON.stringify(['turnout-preview', 1, host, expiresSeconds, forces, isDebug]))
}

function parseForces(texts: readonly string[]): ReadonlyMap<string, string> | null {
  const pairs = texts.map(parseForce)
  return texts.length <= MAX_FORCES && pairs.every((pair) => pair !== null) ? new Map(pairs) : null
}

/** A `%` that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
