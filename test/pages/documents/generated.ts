/** Documents too large or too deep to be written down. Each is made when it is asked for; all are ASCII. */

export interface GeneratedDocument {
  readonly name: string
  readonly make: () => string
}

const START = '<!DOCTYPE html><html><head><title>t</title></head><body>'
const END = '</body></html>'
const MIB = 1 << 20

export const GENERATED_DOCUMENTS: readonly GeneratedDocument[] = [
  inBody('10,000 elements in each other', () => '<div>'.repeat(10_000)),
  inBody('20,000 elements in each other', () => '<div>'.repeat(20_000)),
  inBody('100,000 elements in each other', () => '<b>'.repeat(100_000)),
  inBody('20,000 elements in each other, closed', () => `${'<div>'.repeat(20_000)}x${'</div>'.repeat(20_000)}`),
  inBody('5,000 tables in each other', () => '<table><tr><td>'.repeat(5_000)),
  inBody('20,000 paragraphs without end tags', () => '<p class="row">x'.repeat(20_000)),
  inBody('20,000 list items in lists', () => '<ul><li>x'.repeat(20_000)),
  inBody('20,000 vector groups in each other', () => `<svg>${'<g>'.repeat(20_000)}</svg>`),
  inBody('20,000 end tags of nothing', () => '</x></p>'.repeat(10_000)),
  inBody('4 MB of an attribute', () => `<div title="${'x'.repeat(4 * MIB)}">x</div>`),
  inBody('4 MB of a tag that does not end', () => `<div ${'a="b" '.repeat(MIB / 2)}`),
  inBody(
    '100,000 attributes',
    () => `<div ${Array.from({ length: 100_000 }, (_, index) => `a${index}`).join(' ')}>x</div>`,
  ),
  inBody('1 MB of a tag name', () => `<${'x'.repeat(MIB)}>y`),
  inBody('4 MB of a comment', () => `<!--${'x'.repeat(4 * MIB)}-->x`),
  inBody('4 MB of a comment that does not end', () => `<!--${'-'.repeat(4 * MIB)}`),
  inBody('4 MB of a script', () => `<script>${'"<b>";'.repeat(700_000)}</script>x`),
  inBody('4 MB of text', () => 'text & more '.repeat(350_000)),
  inBody('4 MB of a textarea', () => `<textarea>${'<p>'.repeat(1_400_000)}</textarea>`),
  inBody(
    'a select in which the rewriter gives up, far down',
    () => `${'<p>x</p>'.repeat(20_000)}<select><style>x</style></select>`,
  ),
  inBody('a list of 50,000 products', () => '<li class="row"><a href="/p">Mug</a> <b>18</b></li>\n'.repeat(50_000)),
  { name: '70 kB of a comment before the doctype', make: () => `<!--${'x'.repeat(70_000)}-->${START}x${END}` },
  { name: '60 kB of a comment before the doctype', make: () => `<!--${'x'.repeat(60_000)}-->${START}x${END}` },
  { name: '60 kB of white space before the doctype', make: () => `${' \n'.repeat(30_000)}${START}x${END}` },
  { name: '60 kB of comments before the doctype', make: () => `${'<!---->'.repeat(8_000)}${START}x${END}` },
  { name: '60 kB of attributes on html', make: () => `<html ${'a=">" '.repeat(9_000)}><head></head>x` },
  { name: '1 MB of attributes on html', make: () => `<html ${'a=">" '.repeat(170_000)}><head></head>x` },
  { name: '1 MB of white space after html', make: () => `<html>${' '.repeat(MIB)}<head></head>x` },
  { name: '60 kB of end tags before html', make: () => `${'</p>'.repeat(15_000)}${START}x${END}` },
  { name: '1 MB of html tags', make: () => '<html>'.repeat(170_000) },
  { name: '20,000 framesets in each other', make: () => '<frameset>'.repeat(20_000) },
  { name: '20,000 templates in each other', make: () => '<template>'.repeat(20_000) },
]

function inBody(name: string, make: () => string): GeneratedDocument {
  return { name, make: () => `${START}${make()}${END}` }
}
