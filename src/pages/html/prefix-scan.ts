/**
 * Where our elements go in a page, found in its first bytes: right after `<head>`, or where a parser would imply it.
 * Whatever comes before that place does not depend on what is put there, so the page's DOM stays what it was, its mode
 * (quirks or not) included. Rules: HTML Standard, 13.2.5 (tokens) and 13.2.6.4.1 to 13.2.6.4.4 (modes up to "in head").
 */

export type PrefixScan =
  /** Nothing can be said before more bytes are there. */
  | { readonly kind: 'more' }
  /** Our elements go before the byte at `offset`. */
  | { readonly kind: 'found'; readonly offset: number }
  /** An AMP page, which is not valid with an author's script. */
  | { readonly kind: 'amp' }
  /** There is no place, or no page: UTF-16, JSON or plain text, nothing at all, or nothing but comments for too long. */
  | { readonly kind: 'none' }

/** A place behind this many bytes is not looked for. */
const MAX_PREFIX_BYTES = 65_536
/** Enough for most pages; decoding a whole chunk costs more than looking at it. */
const FIRST_WINDOW_BYTES = 1024
/** Browsers look this far for the page's charset (HTML Standard, 13.2.3.2), so our elements go behind it. */
const CHARSET_BYTES = 1024

const MORE: PrefixScan = { kind: 'more' }
const NONE: PrefixScan = { kind: 'none' }

/** One character for each byte, ASCII as it is. */
const latin1 = new TextDecoder('latin1')

/**
 * Looks for the place in the bytes that have come so far. `isEnd` when no more will come: the answer is then not `more`.
 * However a page is cut into chunks, the answer that is not `more` is the same.
 */
export function scanPrefix(bytes: Uint8Array, isEnd: boolean): PrefixScan {
  const length = Math.min(bytes.length, MAX_PREFIX_BYTES)
  for (let size = FIRST_WINDOW_BYTES; size < length; size *= 8) {
    const scan = scanText(latin1.decode(bytes.subarray(0, size)), false)
    if (scan.kind !== 'more') return scan
  }
  const scan = scanText(latin1.decode(bytes.subarray(0, length)), isEnd && length === bytes.length)
  return scan.kind === 'more' && (isEnd || length < bytes.length) ? NONE : scan
}

/** White space, comments and bogus comments, doctypes: what a parser passes over before `<head>`. */
const PASSED = /(?:[\t\n\f\r ]+|<!--(?:-?>|[\s\S]*?--!?>)|<(?:!(?!--)|\?|\/(?![a-z]))[^>]*>)*/iy
/** A tag up to its name, captured when the name is known to end; or the start of something that may become PASSED or a tag. */
const TAG = /(<\/?[a-z][^\t\n\f\r />]*)[\t\n\f\r />]|$|<(?:$|[a-z!?/])/iy
/** One attribute: its name, and its value with its quotes. Empty at the end of the tag, and of the text. */
const ATTRIBUTE =
  /[\t\n\f\r /]*(=?[^\t\n\f\r />=]*)(?:[\t\n\f\r ]*=[\t\n\f\r ]*("[^"]*(?:"|$)|'[^']*(?:'|$)|[^\t\n\f\r "'>][^\t\n\f\r >]*|))?/y
interface Tag {
  /** By name in lower case, each value as written. */
  readonly attributes: ReadonlyMap<string, string>
  /** Behind the `>`. */
  readonly end: number
}

function scanText(text: string, isEnd: boolean): PrefixScan {
  if (/^(?:\xfe\xff|\xff\xfe)/.test(text)) return NONE
  if (!isEnd && /^(?:\xef\xbb?|\xfe|\xff)?$/.test(text)) return MORE
  return scanTokens(text, text.startsWith('\xef\xbb\xbf') ? 3 : 0, isEnd)
}

function scanTokens(text: string, from: number, isEnd: boolean): PrefixScan {
  let next: PrefixScan | number = from
  while (typeof next === 'number') next = scanToken(text, endOfPassed(text, next), isEnd)
  return next
}

/** What the token at `at` settles, or where the next one starts. */
function scanToken(text: string, at: number, isEnd: boolean): PrefixScan | number {
  const name = tagAt(text, at)
  if (name === '') return MORE
  if (name === null) return isPlaceBeforeText(text, at) ? { kind: 'found', offset: at } : NONE
  if (impliesHead(name)) return placeBehindCharset(text, at, isEnd)
  const tag = readAttributes(text, at + name.length)
  if (tag === null) return MORE
  if (name === '<head') return placeBehindCharset(text, tag.end, isEnd)
  return name === '<html' && isAmp(tag) ? { kind: 'amp' } : tag.end
}

/** Of end tags only four do; all others are ignored before `<head>`. */
function impliesHead(name: string): boolean {
  return name[1] === '/' ? /^<\/(?:head|body|html|br)$/.test(name) : name !== '<html' && name !== '<head'
}

/** The lightning sign is there in UTF-8, as a decoder of Latin-1 and as one of windows-1252 shows it. */
function isAmp({ attributes }: Tag): boolean {
  return [...attributes.keys()].some((name) => /^(?:amp(?:4ads|4email)?$|\xe2[\x9a\u0161]\xa1)/.test(name))
}

/**
 * Text that comes before any markup is no page that anyone laid out, and may be JSON. A character reference may stand for
 * white space, which is dropped before `<head>` and kept in it.
 */
function isPlaceBeforeText(text: string, at: number): boolean {
  return text[at] !== '&' && text.slice(0, at).includes('<')
}

/**
 * `place`, or behind a `<meta>` that says the page's charset and comes soon enough to be seen, but would not if our
 * elements stood before it. Only comments and other `<meta>` are passed for it, none of them a policy that would bind us.
 */
function placeBehindCharset(text: string, place: number, isEnd: boolean): PrefixScan {
  const found: PrefixScan = { kind: 'found', offset: place }
  const start = text.slice(0, CHARSET_BYTES)
  const undecided = isEnd || text.length >= CHARSET_BYTES ? found : MORE
  let at = place
  while (at < CHARSET_BYTES) {
    at = endOfPassed(start, at)
    const name = tagAt(start, at)
    if (name === '') return undecided
    if (name !== '<meta') return found
    const tag = readAttributes(start, at + name.length)
    if (tag === null) return undecided
    const pragma = tag.attributes.get('http-equiv')
    if (pragma !== undefined && !/^["']?content-type["']?$/i.test(pragma)) return found
    if (pragma !== undefined || tag.attributes.has('charset')) return { kind: 'found', offset: tag.end }
    at = tag.end
  }
  return found
}

function endOfPassed(text: string, at: number): number {
  PASSED.lastIndex = at
  PASSED.test(text)
  return PASSED.lastIndex
}

/** `<name` or `</name` in lower case; `null` where text stands, and `''` where more bytes have to tell. */
function tagAt(text: string, at: number): string | null {
  TAG.lastIndex = at
  const match = TAG.exec(text)
  return match && (match[1] ?? '').toLowerCase()
}

/** The tag whose name ends at `from`; `null` when the tag has not ended. */
function readAttributes(text: string, from: number): Tag | null {
  const attributes = new Map<string, string>()
  ATTRIBUTE.lastIndex = from
  for (;;) {
    const [, name = '', value = ''] = ATTRIBUTE.exec(text) ?? []
    const end = ATTRIBUTE.lastIndex
    if (name === '') return text[end] === '>' ? { attributes, end: end + 1 } : null
    attributes.set(name.toLowerCase(), value)
  }
}
