/** The pages that the hostile origin serves, as bytes. */

/** 12 kB of a plain page, with every place for an edit that tests look for. */
export const PAGE = pageOf('utf-8', 'Grüße, 😀 and more')

/** A page that says its charset in a `<meta>`, with a text in it. */
export function pageOf(charset: string, text: string): string {
  const rows = Array.from(
    { length: 100 },
    (_, index) => `<li class="row" id="row-${index}">Row ${index} of the list, and what is said of it</li>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="${charset}"><title>Shop</title></head>
<body>
<h1 class="hero">${text}</h1>
<p id="cta"><a href="/cart">Buy</a></p>
<script>var s = "</head>".length</script>
<ul>
${rows.join('\n')}
</ul>
</body>
</html>
`
}

/** Bytes in charsets that nothing here can encode to, written out; the key is the charset's label. */
export const CHARSET_PAGES: Readonly<Record<string, Buffer>> = {
  'windows-1252': Buffer.from(pageOf('windows-1252', 'Gr\u00fc\u00dfe \u00a3'), 'latin1'),
  'iso-8859-1': Buffer.from(pageOf('iso-8859-1', 'Gr\u00fc\u00dfe'), 'latin1'),
  // "日本" is 93 FA 96 7B in Shift_JIS.
  shift_jis: Buffer.from(pageOf('shift_jis', '\u0093\u00fa\u0096\u007b'), 'latin1'),
  'utf-16': Buffer.from(`\ufeff${pageOf('utf-16', 'Gr\u00fc\u00dfe')}`, 'utf16le'),
  'iso-2022-jp': Buffer.from(pageOf('iso-2022-jp', '\u001b$BF|K\\\u001b(B'), 'latin1'),
  bogus: Buffer.from(pageOf('bogus', 'text')),
  'utf-8': Buffer.from(PAGE),
}
