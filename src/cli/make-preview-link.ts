import { MAX_FORCES, previewLink } from '../pages/proxy/preview.ts'
import { EXIT, failure, type Outcome } from './exit.ts'

/** What a link is to show, and for how long. */
export interface PreviewWish {
  readonly url: URL
  /** `experimentKey:variationKey` each. */
  readonly forces: readonly string[]
  readonly isDebug: boolean
  readonly lifetimeSeconds: number
}

/** The link on stdout, and what is to be known about it on stderr. */
export async function makePreviewLink(
  { url, forces, isDebug, lifetimeSeconds }: PreviewWish,
  secret: string | undefined,
  nowMs: number,
): Promise<Outcome> {
  if (forces.length === 0 && !isDebug) return failure(EXIT.failed, NOTHING_WISHED)
  if (forces.length > MAX_FORCES) return failure(EXIT.failed, `error: at most ${MAX_FORCES} variations go into a link`)
  if (!secret) return failure(EXIT.failed, NO_SECRET)
  if (!/^[\x21-\x7e]+$/.test(secret)) return failure(EXIT.failed, BAD_SECRET)
  const expiresSeconds = Math.floor(nowMs / 1000) + lifetimeSeconds
  const link = await previewLink(url, { forces, isDebug, expiresSeconds }, secret)
  return { exitCode: EXIT.done, stdout: [link.href], stderr: [`Valid until ${isoTime(expiresSeconds)}.`] }
}

/** The address of a page, or `null`. */
export function parsePageUrl(text: string): URL | null {
  return URL.canParse(text) && /^https?:/i.test(text) ? new URL(text) : null
}

/** Seconds, from a number with `s`, `m`, `h` or `d` behind it, or `null`. A link lives for 30 days at most. */
export function parseDuration(text: string): number | null {
  const [, count, unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? []
  const seconds = Number(count) * (SECONDS.get(unit) ?? 0)
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : null
}

const NOTHING_WISHED = 'error: say what is to be seen: --force experiment:variation, or --debug'
const NO_SECRET = 'error: no secret: set PREVIEW_SECRET in the environment or in .dev.vars, or give --secret'
const BAD_SECRET = 'error: PREVIEW_SECRET is of letters, digits and signs of ASCII, without white space'

const SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
])
const MAX_SECONDS = 30 * 86_400

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}
