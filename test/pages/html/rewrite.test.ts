import { describe, expect, test } from 'vitest'
import type { DomEdit, Operation } from '../../../src/pages/plan/page.ts'
import { edit, rewrite } from './judge.ts'

const utf8 = new TextEncoder()

function pageOf(body: string): string {
  return `<!doctype html><html><head><title>t</title></head><body>${body}</body></html>`
}

const set = (...pairs: [string, string][]): Operation => ({ kind: 'attributes', set: pairs })
const style = (replaces: boolean, ...declarations: [string, string][]): Operation => ({
  kind: 'style',
  declarations,
  replaces,
})
const put = (position: 'before' | 'after' | 'prepend' | 'append', html: string): Operation => ({
  kind: 'insert',
  position,
  html,
})
const text = (value: string): Operation => ({ kind: 'text', text: value })
const html = (value: string): Operation => ({ kind: 'html', html: value })
const remove: Operation = { kind: 'remove' }

function edits(...operations: readonly (readonly [string, Operation])[]): DomEdit[] {
  return operations.map(([selector, operation], index) => edit(`e${index}`, selector, operation))
}

async function bodyOf(body: string, made: readonly DomEdit[], charset = 'utf-8'): Promise<string> {
  const { bytes, left } = await rewrite([utf8.encode(pageOf(body))], made, charset)
  const [, edited] =
    /^<!doctype html><html><head><title>t<\/title><\/head><body>([\s\S]*)<\/body><\/html>$/.exec(
      new TextDecoder().decode(bytes),
    ) ?? []
  return left.length === 0 ? `${edited}` : `left ${left}: ${edited}`
}

describe('an edit leaves every other byte as it is', () => {
  test.for<[string, DomEdit[], string]>([
    ["<p  ID=a   title='x' >y", edits(['#a', put('before', '<b>1</b>')]), "<b>1</b><p  ID=a   title='x' >y"],
    ['<div><p ID=a>y</p ></div>', edits(['#a', put('after', '<b>1</b>')]), '<div><p ID=a>y</p ><b>1</b></div>'],
    ['<div id=a>y</div>', edits(['#a', put('append', 'é')]), '<div id=a>yé</div>'],
    ['<div id=a>y</div>', edits(['#a', put('prepend', 'a<br>')]), '<div id=a>a<br>y</div>'],
    ['<div id=a>y<i></i></div>z', edits(['#a', text('<&>')]), '<div id=a>&#60;&#38;&#62;</div>z'],
    ['<div id=a>y<i></i></div>z', edits(['#a', html('<b>x</b>')]), '<div id=a><b>x</b></div>z'],
    ['x<div id=a>y<i></i></div>z', edits(['#a', remove]), 'xz'],
    [
      '<a href="?a=1&b=2" id=a>',
      edits(['#a', set(['title', 'a"&b'])]),
      '<a href="?a=1&b=2" id=a title="a&quot;&#38;b">',
    ],
    ['<a class="b" id=a>', edits(['#a', set(['class', 'c'])]), '<a class="c" id=a>'],
    [
      '<a style="color:red;" id=a>',
      edits(['#a', style(false, ['margin', '0 !important'])]),
      '<a style="color:red;margin:0 !important" id=a>',
    ],
    ['<a style="color:red;" id=a>', edits(['#a', style(true, ['margin', '0'])]), '<a style="margin:0" id=a>'],
    [
      '<i class=a></i><i class=b></i><i class="c a"></i>',
      edits(['.a', set(['x', ''])]),
      '<i class=a x=""></i><i class=b></i><i class="c a" x=""></i>',
    ],
    ['<p id=a>1</p><p id=b>2</p>', edits(['#b', text('x')], ['#a', text('y')]), '<p id=a>y</p><p id=b>x</p>'],
    [
      '<div id=a><p id=b>2</p></div>',
      edits(['#a', put('append', '1')], ['#b', text('x')]),
      '<div id=a><p id=b>x</p>1</div>',
    ],
    ['<div id=a><p id=b>2</p></div>', edits(['#b', text('x')], ['#a', text('y')]), '<div id=a>y</div>'],
    [
      '<script id=a data-turnout>x</script><p id=a>',
      edits(['#a', set(['x', ''])]),
      '<script id=a data-turnout>x</script><p id=a x="">',
    ],
  ])('%j with %j is %j', async ([body, made, edited]) => {
    expect(await bodyOf(body, made)).toBe(edited)
  })
})

describe('what tags do not show is left', () => {
  test.for<[string, string, Operation]>([
    ['an end tag that is not there', '<div id=a>x', text('y')],
    ['an end tag that is implied', '<ul><li id=a>x<li>y</ul>', text('z')],
    ['an element that the start tag closes', '<p>x<div id=a>y</div>', put('before', 'z')],
    ['formatting that overlaps', '<b>x<p id=a>y</b></p>', put('before', 'z')],
    ['HTML that would close the element', '<p id=a>x</p>', html('<div>y</div>')],
    ['HTML that leaves something open', '<p id=a>x</p>', html('<b>y')],
    ['HTML that ends something else', '<div id=a>x</div>', put('after', '</div>y')],
    ['HTML that opens a comment', '<div id=a>x</div>', put('after', '<!-- y')],
    ['a link in a link', '<a href=x><i id=a>x</i></a>', html('<a href=y>z</a>')],
    ['a place in a table', '<table><tr><td id=a>x</td></tr></table>', put('before', 'y')],
    ['half a character reference before it', '<div>&am<b id=a>x</b></div>', put('before', 'p;')],
    ['foreign content', '<svg id=a></svg>', set(['x', ''])],
    ['a template', '<template id=a></template>', set(['x', ''])],
    ['a character reference in the id', '<p id="&#97;">', set(['x', ''])],
    ['a style that goes on', '<p id=a style="color:red;/*">', style(false, ['margin', '0'])],
  ])('%s: %s', async ([, body, operation]) => {
    expect(await bodyOf(body, edits(['#a', operation]))).toBe(`left e0: ${body}`)
  })

  test('with all later edits of the same element, so that the order stays', async () => {
    const made = edits(['#a', set(['x', ''])], ['#a', put('before', 'y')], ['#a', set(['z', ''])])
    expect(await bodyOf('<p>1<div id=a>2</div>', made)).toBe('left e1,e2: <p>1<div id=a x="">2</div>')
  })

  test('without the edits of a template, which no selector finds', async () => {
    expect(await bodyOf('<template><p class=a></template><p class=a>', edits(['.a', set(['x', ''])]))).toBe(
      '<template><p class=a></template><p class=a x="">',
    )
  })
})

describe('another charset than UTF-8', () => {
  test.for<[string, DomEdit[], string]>([
    ['<p id=a>x</p>', edits(['#a', text('é😀')]), '<p id=a>&#233;&#128512;</p>'],
    ['<p id=a>x</p>', edits(['#a', html('<i title="é">😀</i>')]), '<p id=a><i title="&#233;">&#128512;</i></p>'],
    ['<p id=a>x</p>', edits(['#a', set(['title', 'é'])]), '<p id=a title="&#233;">x</p>'],
    ['<p id=a>x</p>', edits(['#a', put('after', '<script>"é"</script>')]), 'left e0: <p id=a>x</p>'],
    ['<p id=a>x</p>', edits(['#a', put('after', '<!--é-->')]), 'left e0: <p id=a>x</p>'],
    ['<p class="é">x</p>', edits(['.é', remove]), 'left e0: <p class="é">x</p>'],
  ])('%j with %j is %j', async ([body, made, edited]) => {
    expect(await bodyOf(body, made, 'windows-1252')).toBe(edited)
  })

  test('keeps the bytes of the page', async () => {
    const bytes = Uint8Array.from([
      ...utf8.encode(pageOf('<p id=a title="').slice(0, -14)),
      0xe9,
      0x80,
      0xff,
      ...utf8.encode('">x</p>'),
    ])
    const made = edits(['#a', set(['class', 'é'])])
    const { bytes: sent } = await rewrite([bytes], made, 'windows-1252')
    expect(new TextDecoder('latin1').decode(sent)).toBe(
      new TextDecoder('latin1').decode(bytes).replace('id=a', 'id=a').replace('">x', '" class="&#233;">x'),
    )
  })
})

describe('an element that has been edited before', () => {
  const ELEMENTS = '<h1 id=a style="color:red">x</h1><p class=b>y</p>'
  const made = edits(['#a', style(false, ['margin', '0'])], ['#a', put('after', 'é')], ['.b', text('z')])

  test('comes to the same, whatever is new around it', async () => {
    const first = await bodyOf(ELEMENTS, made)
    expect(first).toBe('<h1 id=a style="color:red;margin:0">x</h1>é<p class=b>z</p>')
    expect(await bodyOf(ELEMENTS, made)).toBe(first)
    expect(await bodyOf(`<p class=b>!</p>${ELEMENTS}<p class=b>?</p>`, made)).toBe(
      `<p class=b>z</p>${first}<p class=b>z</p>`,
    )
  })

  test('comes to something else under other edits, though they go by the same ids', async () => {
    await bodyOf(ELEMENTS, made)
    const others = edits(['#a', style(true, ['margin', '1px'])], ['#a', put('before', 'é')], ['.b', remove])
    expect(await bodyOf(ELEMENTS, others)).toBe('é<h1 id=a style="margin:1px">x</h1>')
  })

  test('comes to something else in another charset', async () => {
    await bodyOf(ELEMENTS, made)
    expect(await bodyOf(ELEMENTS, made, 'windows-1252')).toContain('</h1>&#233;<p')
  })

  test('is edited anew with what is inside of it', async () => {
    const nested = edits(['#a', put('append', '1')], ['#b', put('append', '2')])
    const page = '<div id=a><div id=b>x</div></div>'
    expect(await bodyOf(page, nested)).toBe('<div id=a><div id=b>x2</div>1</div>')
    expect(await bodyOf('<div id=a></div><div id=b></div>', nested)).toBe('<div id=a>1</div><div id=b>2</div>')
    expect(await bodyOf(page, nested)).toBe('<div id=a><div id=b>x2</div>1</div>')
  })

  test('is found out afresh when there were very many', async () => {
    const many = edits(['.b', set(['title', 'x'])])
    const page = Array.from({ length: 500 }, (_, index) => `<p class=b data-n=${index}></p>`).join('')
    const edited = page.replaceAll('></p>', ' title="x"></p>')
    expect([await bodyOf(page, many), await bodyOf(page, many)]).toEqual([edited, edited])
  })
})
