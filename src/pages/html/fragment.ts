/** HTML and text of a variation, as it is written into a page. */
import { kindOf, RAW } from './element-kinds.ts'
import type { OpenElements, Placement } from './open-elements.ts'
import { TagScanner, type Token } from './tag-scanner.ts'

const utf8 = new TextEncoder()

/** Comes to the next tag, and lets the text before it take effect. */
export function nextTag(scanner: TagScanner, open: OpenElements): Token {
  scanner.hasText = false
  const token = scanner.next(open.isForeign)
  if (scanner.hasText) open.text()
  return token
}

/** Lets a start tag that the scanner has come to take effect. */
export function followStart(scanner: TagScanner, open: OpenElements): Placement {
  const kind = kindOf(scanner.name)
  const placement = open.start(scanner.name, kind, scanner.isSelfClosing)
  if (kind & RAW && placement !== 'other') scanner.startRawText()
  return placement
}

/** Lets all that the scanner has take effect. */
export function follow(scanner: TagScanner, open: OpenElements): void {
  for (let token = nextTag(scanner, open); token !== 'more' && !open.isLost; token = nextTag(scanner, open)) {
    if (token === 'start') followStart(scanner, open)
    else if (!scanner.endsRawText) open.end(scanner.name)
  }
}

/**
 * Whether HTML that is written between the open elements comes to the same there as by itself: it leaves open what was
 * open, and nothing more.
 */
export function fits(html: string, open: OpenElements): boolean {
  const inside = open.fork()
  inside.low = open.depth
  const bytes = utf8.encode(html)
  const scanner = new TagScanner()
  scanner.feed(bytes, true)
  follow(scanner, inside)
  if (inside.isLost || inside.low < open.depth) return false
  const isWhole = scanner.isInMarkup && scanner.at === bytes.length && !/(?:<\/?|&[#\w]*)$/.test(html)
  return isWhole && inside.depth === open.depth && inside.isExact && inside.irregular === open.irregular
}

/** A text as HTML, in ASCII. */
export function textHtml(text: string): string {
  return escapeNonAscii(text.replace(/[&<>\r]/g, reference))
}

/** An attribute's text as it stands between double quotes, but for the quotes in it, in ASCII. */
export function attributeHtml(text: string): string {
  return escapeNonAscii(text.replace(/[&\r]/g, reference))
}

/** HTML that says the same in any charset, or in UTF-8 where `isUtf8`; `null` where that cannot be. */
export function portableHtml(html: string, isUtf8: boolean): string | null {
  const text = html.replace(/\r\n?/g, '\n')
  if (isUtf8 || isAscii(text)) return text
  const isRaw = /<(?:[!?]|\/?(?:iframe|noembed|noframes|noscript|script|style|xmp|svg|math)\b)/i.test(text)
  const names = text.replace(/=\s*(?:"[^"]*"|'[^']*')/g, '=""')
  return isRaw || /<[^>]*[^\0-\x7f>][^>]*>/.test(names) ? null : escapeNonAscii(text)
}

/** Whether a text has no other characters than ASCII. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}

function escapeNonAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, reference)
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`
}
