import fc from 'fast-check'
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from 'parse5'
import { describe, expect, it } from 'vitest'
import { scanPrefix } from '../../../src/pages/html/prefix-scan.ts'
import { DOCUMENTS, htmlOf, type PageDocument } from '../documents/documents.ts'

const OURS = '<script data-turnout>let a = 1 < 2</script><style data-turnout>p{}</style>'
const encoder = new TextEncoder()

/** What the start of a page is made of, whole and in parts. */
const PIECES = [
  ...[
    '<!DOCTYPE html>',
    '<!doctype',
    '<!',
    '<?',
    '</',
    '<',
    '>',
    '/',
    '-',
    '--',
    '!',
    '--!>',
    '<!--',
    '-->',
    '<!-->',
    '<!--->',
  ],
  ...[
    '<html',
    '<html>',
    '</html>',
    '<head',
    '<head>',
    '</head>',
    '<body>',
    '</body>',
    '</br>',
    '</p>',
    '</x y=">">',
    '<p>',
  ],
  ...[
    ' ',
    '\n',
    '\t',
    '\r\n',
    '\f',
    '\v',
    '\0',
    '\ufeff',
    '&#32;',
    '&amp;',
    'x',
    '=',
    '"',
    "'",
    'a="',
    "b='>'",
    'c=d',
    'amp',
  ],
  ...[
    '<meta charset=utf-8>',
    '<meta http-equiv=content-type>',
    '<meta name=a>',
    '<meta',
    '<title>t</title>',
    '<title>',
    '<link>',
  ],
  ...[
    '<script>1</script>',
    '<style>',
    '<noscript>',
    '<template>',
    '</template>',
    '<frameset>',
    '<frame>',
    '<select>',
    '<table>',
  ],
  ...[
    '<svg>',
    '<plaintext>',
    '<header>',
    '<heading',
    '<htm',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">',
    '<![CDATA[',
  ],
]

const LEGACY_CHARSETS = ['windows-1252', 'shift_jis', 'euc-jp', 'euc-kr', 'gb18030', 'big5']
/** The first of two bytes in some charset, or the second; some of them alone are nothing. */
const LEAD_BYTES = [...'\x80\x81\x83\x8e\x8f\x95\xa1\xe0\xfe\xff0\\@']

describe('the place', () => {
  it.each(DOCUMENTS)('leaves the DOM of "$name" as it was', (document) => {
    expect(treeOf(inserted(document), true)).toEqual(treeOf(htmlOf(document), true))
  })

  it.each(DOCUMENTS)('leaves the DOM of "$name" as it was where scripts do not run', (document) => {
    expect(treeOf(inserted(document), false)).toEqual(treeOf(htmlOf(document), false))
  })

  it.each(DOCUMENTS)('of "$name" does not depend on how many of its bytes have come', ({ bytes }) => {
    const whole = scanPrefix(bytes, true)
    const answers = Array.from(bytes, (_, length) => scanPrefix(bytes.subarray(0, length), false))
    expect(answers.filter(({ kind }) => kind !== 'more').filter((answer) => !isSame(answer, whole))).toEqual([])
  })

  it.each([
    ['<!DOCTYPE html><html><head>|<title>t</title>'],
    ['<!DOCTYPE html><html lang="a>b"><!-- <head> --><head data-x=\'>\'>|\n<title>'],
    ['<!DOCTYPE html>\n|<title>t</title>'],
    ['<!DOCTYPE html><html>\n |text'],
    ['<html>|<body>x'],
    ['</p><!DOCTYPE html></ x><html></div a=">"><!-->|</br>x'],
    ['\xef\xbb\xbf<head>|x'],
    ['<header>x'.replace('', '|')],
    ['<head/x=">"/>|x'],
    ['<html =a=">" b=\'>\'c= d><head>|x'],
    ['|<frameset><frame>'],
    ['<head>|<meta name=viewport><title>t</title><meta charset=utf-8>'],
    ['<head>\n<!-- a --><meta name=viewport>\n<meta charset="utf-8">|\n<title>'],
    ['<meta charset=utf-8>|<title>'],
    ['<head><meta content="text/html; charset=utf-8" HTTP-EQUIV="Content-Type"/>|<title>'],
    ['<head>|<meta http-equiv="Content-Security-Policy" content="script-src a"><meta charset=utf-8>'],
    ['<head>|<meta charset=utf-8 http-equiv=Content-Security-Policy content="script-src a">'],
    [`<head>|<!--${'x'.repeat(1024)}--><meta charset=utf-8>`],
  ])('is at the stroke in %s', (marked) => {
    const offset = marked.indexOf('|')
    expect(scanPrefix(latin1(marked.replace('|', '')), true)).toEqual({ kind: 'found', offset })
  })

  it.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['text', 'Hello <b>you</b>'],
    ['JSON', '{"html":"<head>"}'],
    ['a list in JSON', '\n["<head>"]'],
    ['a character reference', '<!DOCTYPE html>&#32;<head>'],
    ['a comment', '<!-- x -->'],
    ['an unclosed comment', '<!-- <head>'],
    ['UTF-16', '\xff\xfe<\0h\0e\0a\0d\0>\0'],
    ['UTF-16, the other way', '\xfe\xff\0<\0h\0e\0a\0d\0>'],
    ['a tag that is cut off', '<!DOCTYPE html><html lang="'],
    ['more than 64 KB before it', `<!--${'x'.repeat(65_536)}--><head>`],
  ])('is not there in %s', (_, text) => {
    expect(scanPrefix(latin1(text), true)).toEqual({ kind: 'none' })
  })

  it.each([
    ['<html amp>'],
    ['<!DOCTYPE html><html lang=en AMP="">'],
    ['<html \xe2\x9a\xa1>'],
    ['<html \xe2\x9a\xa1="" lang=en>'],
    ['<html \xe2\x9a\xa1\xef\xb8\x8f>'],
    ['<html amp4email>'],
    ['<html class=x><html amp>'],
  ])('is not looked for in an AMP page, %s', (text) => {
    expect(scanPrefix(latin1(`${text}<head></head>`), true)).toEqual({ kind: 'amp' })
  })

  it.each([
    ['an attribute whose value is amp', '<html class=amp><head>'],
    ['an attribute whose name starts with amp', '<html ample amp-x><head>'],
    ['an amp attribute on another element', '<html><head amp>'],
  ])('is looked for in a page with %s', (_, text) => {
    expect(scanPrefix(latin1(text), true)).toEqual({ kind: 'found', offset: text.length })
  })
})

describe('in pages put together at random', () => {
  const pieces = fc.array(fc.oneof({ arbitrary: fc.constantFrom(...PIECES), weight: 9 }, fc.string({ maxLength: 3 })), {
    maxLength: 12,
  })

  it.each(LEGACY_CHARSETS)('leaves the DOM as it was in %s, where bytes come in pairs', (charset) => {
    const bytes = fc.array(
      fc.constantFrom(...PIECES.filter((piece) => piece !== '\ufeff'), ...LEAD_BYTES, ...LEAD_BYTES),
      {
        maxLength: 12,
      },
    )
    fc.assert(
      fc.property(bytes, fc.boolean(), (parts, scripting) => {
        const document = { name: '', bytes: latin1(parts.join('')), charset }
        expect(treeOf(inserted(document), scripting)).toEqual(treeOf(htmlOf(document), scripting))
      }),
      { numRuns: 500 },
    )
  })

  it('leaves the DOM as it was, and does not depend on chunks', () => {
    fc.assert(
      fc.property(pieces, fc.boolean(), (parts, scripting) => {
        const document = { name: '', bytes: encoder.encode(parts.join('')), charset: 'utf-8' }
        expect(treeOf(inserted(document), scripting)).toEqual(treeOf(htmlOf(document), scripting))
        const whole = scanPrefix(document.bytes, true)
        document.bytes.forEach((_, length) => {
          const scan = scanPrefix(document.bytes.subarray(0, length), false)
          expect(scan.kind === 'more' ? whole : scan).toEqual(whole)
        })
      }),
      { numRuns: 3000 },
    )
  })
})

describe('the search', () => {
  it('is over after 64 KB, whether or not the page goes on', () => {
    const comment = `<!--${'x'.repeat(65_535)}`
    expect(scanPrefix(latin1(comment.slice(0, 65_536)), false)).toEqual({ kind: 'more' })
    expect(scanPrefix(latin1(comment), false)).toEqual({ kind: 'none' })
  })

  it('finds a place that the last of 64 KB shows', () => {
    const comment = `<!--${'x'.repeat(65_536 - 13)}-->`
    expect(scanPrefix(latin1(`${comment}<head>x`), true)).toEqual({ kind: 'found', offset: 65_536 })
    expect(scanPrefix(latin1(`<!-- -->${comment}<head>x`), true)).toEqual({ kind: 'none' })
  })

  it.each([
    ['comments', '<!-->'],
    ['doctypes', '<!DOCTYPE html>'],
    ['end tags', '</p>'],
    ['html tags', '<html>'],
    ['less-than signs in comments', '<!--<!--<!--'],
    ['quotes in a tag', '<html "'],
    ['dashes', '<!-- - -- -'],
    ['equals signs', '<html ====='],
  ])('takes no longer for many %s', (_, text) => {
    const bytes = latin1(text.repeat(65_536 / text.length))
    const started = performance.now()
    scanPrefix(bytes, false)
    expect(performance.now() - started).toBeLessThan(200)
  })
})

function inserted(document: PageDocument): string {
  const scan = scanPrefix(document.bytes, true)
  if (scan.kind !== 'found' || document.charset.startsWith('utf-16')) return htmlOf(document)
  const parts = [document.bytes.subarray(0, scan.offset), encoder.encode(OURS), document.bytes.subarray(scan.offset)]
  return htmlOf({ bytes: Uint8Array.from(parts.flatMap((part) => [...part])), charset: document.charset })
}

/** The tree and the mode that a browser would make, without our elements. */
function treeOf(html: string, scriptingEnabled: boolean): unknown {
  return plain(parse(html, { scriptingEnabled }))
}

function plain(node: DefaultTreeAdapterTypes.Node): unknown {
  if (defaultTreeAdapter.isTextNode(node)) return node.value
  if (defaultTreeAdapter.isCommentNode(node)) return { comment: node.data }
  if (defaultTreeAdapter.isDocumentTypeNode(node)) return { ...node, parentNode: null }
  const children: unknown[] = []
  for (const child of node.childNodes.filter((each) => !isOurs(each)).map(plain)) {
    const last = children.at(-1)
    if (typeof child === 'string' && typeof last === 'string') children[children.length - 1] = last + child
    else children.push(child)
  }
  if (defaultTreeAdapter.isElementNode(node)) {
    const content = 'content' in node ? plain(node.content as DefaultTreeAdapterTypes.DocumentFragment) : null
    return { name: node.nodeName, namespace: node.namespaceURI, attributes: node.attrs, children, content }
  }
  return { name: node.nodeName, mode: 'mode' in node ? node.mode : null, children }
}

function isOurs(node: DefaultTreeAdapterTypes.Node): boolean {
  return defaultTreeAdapter.isElementNode(node) && node.attrs.some(({ name }) => name === 'data-turnout')
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
