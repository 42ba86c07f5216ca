/** F31 to F33: every kind of document, in every charset and in every piece, through the real Worker. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DefaultTreeAdapterTypes as Tree, defaultTreeAdapter as tree } from 'parse5'
import { afterAll, describe, expect, it } from 'vitest'
import type { DomEdit, Operation } from '../../src/pages/plan/page.ts'
import { GENERATED_DOCUMENTS } from '../pages/documents/generated.ts'
import { documentsOf, htmlOf } from '../pages/documents/read-documents.ts'
import { applyEdits, describeTree, parsePage } from '../pages/html/reference-edits.ts'
import { told } from './client.ts'
import { CHANGES, edited, oursIn, RETURNING, startExperiment, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'

const FOLDER = new URL('../pages/documents/', import.meta.url)
const DOCUMENTS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .flatMap((name) => documentsOf(name.replace('.txt', ''), readFileSync(new URL(name, FOLDER), 'utf8')))

function edit(id: string, selector: string, operation: Operation): DomEdit {
  return { kind: 'dom', id, selector, operation, dependencies: [] }
}

/** Edits of elements that nearly every document has, so that they happen in it. */
const EDITS = [
  edit('1', 'p', { kind: 'attributes', set: [['title', 'a "b" & <c>']] }),
  edit('2', 'td', { kind: 'insert', position: 'prepend', html: '<i data-by=2>x</i>' }),
  edit('3', 'li', { kind: 'style', declarations: [['color', 'red']], replaces: false }),
  edit('4', 'div', { kind: 'insert', position: 'before', html: '<i data-by=4>y</i>' }),
]
const CHANGES_OF_EDITS = [
  { type: 'attribute', selector: 'p', attributes: { title: 'a "b" & <c>' } },
  { type: 'insert_html', selector: 'td', operator: 'prepend', value: '<i data-by=2>x</i>' },
  { type: 'attribute', selector: 'li', css: { color: 'red' } },
  { type: 'insert_html', selector: 'div', operator: 'before', value: '<i data-by=4>y</i>' },
]

const site = await startExperiment(afterAll)
/** What it looks for is in no document. */
const seeking = await startExperiment(afterAll, {
  changes: [
    ...CHANGES.filter((change) => !('selector' in change)),
    { type: 'attribute', selector: '.not-there', attributes: { title: 'x' } },
    { type: 'attribute', selector: '#nor-this', attributes: { text: 'x' } },
  ],
})
const editing = await startExperiment(afterAll, { changes: CHANGES_OF_EDITS })

function serve(
  { origin }: typeof site,
  body: string | Uint8Array,
  type: string | null,
  headers: Readonly<Record<string, number>> = {},
): string {
  origin.on('/document', (_, response) => {
    response.writeHead(200, type === null ? headers : { ...headers, 'content-type': type }).end(body)
  })
  return '/document'
}

function latin1(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** The tree without what carries our attribute. */
function withoutOurElements<Node extends Tree.Node>(node: Node): Node {
  if (!('childNodes' in node)) return node
  for (const child of [...node.childNodes]) {
    const isOurs = tree.isElementNode(child) && child.attrs.some(({ name }) => name === 'data-turnout')
    if (isOurs) tree.detachNode(child)
    else withoutOurElements(child)
  }
  return node
}

describe('F31 a content type under which a page is edited', () => {
  it.each([
    'text/html',
    'TEXT/HTML; CHARSET=UTF-8',
    'text/html;charset="utf-8"',
    'text/html ; charset = utf-8',
    'text/html; charset=utf8',
    'text/html; charset=utf-8; charset=utf-16',
    'text/html; boundary=x; charset=windows-1252',
    'text/html; charset=big5',
    'text/html; charset=gb18030',
    'text/html; charset=euc-kr',
    'text/html; charset=x-user-defined',
    'text/html, text/html',
    'text/html; charset=utf-8, text/html; charset=utf-8',
  ])('%s', async (type) => {
    const answer = await site.visit(serve(site, PAGE, type), RETURNING)
    expect(withoutOurs(answer)).toBe(edited(PAGE))
    expect([oursIn(answer).length > 0, answer.header('content-type')]).toEqual([true, type])
  })
})

describe('F31 a content type under which a page goes on as it came', () => {
  it.each([
    null,
    'application/xhtml+xml',
    'application/xml',
    'text/xml; charset=utf-8',
    'application/json',
    'text/plain',
    'text/html+x',
    'text/htmlx',
    'x-text/html',
    'text/html, application/json',
    'text/html; charset=utf-8, text/html; charset=utf-16',
    'multipart/x-mixed-replace; boundary=x',
    'text/html; charset=utf-16',
    'text/html; charset=utf-16be',
    'text/html; charset=utf-32',
    'text/html; charset=utf-7',
    'text/html; charset=iso-2022-jp',
    'text/html; charset=iso-2022-kr',
    'text/html; charset=replacement',
    'text/html; charset=bogus',
  ])('%s', async (type) => {
    const path = serve(site, PAGE, type)
    expect(told(await site.visit(path, RETURNING))).toEqual(told(await site.askOrigin(path)))
  })
})

/** A byte order mark outdoes the header. */
describe('F31 a page that begins with the byte order mark of UTF-16', () => {
  it.each([
    ['little', 'text/html'],
    ['little', 'text/html; charset=utf-8'],
    ['little', 'text/html; charset=windows-1252'],
    ['big', 'text/html; charset=utf-8'],
  ])('goes on as it came: %s endian, as %s', async (order, type) => {
    const bytes = Buffer.from(`\ufeff${PAGE}`, 'utf16le')
    if (order === 'big') bytes.swap16()
    const path = serve(site, bytes, type)
    expect((await site.visit(path, RETURNING)).body).toEqual(bytes)
  })
})

/** One whose length is known may be there as a whole. */
const WAYS = [
  { way: 'in chunks', headersOf: () => ({}) },
  { way: 'with its length', headersOf: (bytes: Uint8Array) => ({ 'content-length': bytes.length }) },
]

describe.each(WAYS)('F32 a document that comes $way, with a script and a style sheet put in', ({ headersOf }) => {
  it.each(DOCUMENTS)('has its tree, and every byte: $name', async ({ bytes, charset }) => {
    const path = serve(seeking, bytes, `text/html; charset=${charset}`, headersOf(bytes))
    const answer = await seeking.visit(path, RETURNING)
    expect([answer.complete, withoutOurs(answer)]).toEqual([true, latin1(bytes)])
    const shown = parsePage(htmlOf({ bytes: answer.body, charset }))
    expect(describeTree(withoutOurElements(shown))).toBe(describeTree(parsePage(htmlOf({ bytes, charset }))))
  })
})

describe.each(WAYS)('F32 a document that comes $way, with edits', ({ headersOf }) => {
  it.each(DOCUMENTS)('is what the edits make of its tree: $name', async ({ bytes, charset }) => {
    const path = serve(editing, bytes, `text/html; charset=${charset}`, headersOf(bytes))
    const answer = await editing.visit(path, RETURNING)
    expect(answer.complete).toBe(true)
    const sent = parsePage(htmlOf({ bytes: Buffer.from(withoutOurs(answer), 'latin1'), charset }))
    // Those that were left to the page's script; all others are there, and are not made again.
    const shown = oursIn(answer).length > 0 ? applyEdits(sent, EDITS, true) : sent
    const original = parsePage(htmlOf({ bytes, charset }))
    expect(describeTree(shown)).toBe(describeTree(oursIn(answer).length > 0 ? applyEdits(original, EDITS) : original))
  })
})

describe('F32 a document without end, or without measure', () => {
  it.each(GENERATED_DOCUMENTS)('comes whole, to the byte: $name', async ({ make }) => {
    const page = make()
    const answer = await seeking.visit(serve(seeking, page, 'text/html; charset=utf-8'), RETURNING)
    expect([answer.status, answer.complete, withoutOurs(answer) === page]).toEqual([200, true, true])
  })
})

const PIECES_OF = Buffer.from(PAGE).subarray(0, 2048)
const REST = Buffer.from(PAGE).subarray(2048)

describe('F33 the first 2 kB of a page', () => {
  /** The pieces one after the other, and then what is left of the page. */
  function servePieces(path: string, pieces: readonly Uint8Array[]): void {
    site.origin.on(path, async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      for (const piece of pieces) {
        response.write(piece)
        await sleep(1)
      }
      response.end(REST)
    })
  }

  it.for(Array.from({ length: 16 }, (_, index) => index * 128))(
    'are edited alike wherever they are torn in two: from %i on',
    async (from) => {
      const offsets = Array.from({ length: 128 }, (_, index) => from + index)
      const answers = await Promise.all(
        offsets.map(async (at) => {
          servePieces(`/torn/${at}`, [PIECES_OF.subarray(0, at), PIECES_OF.subarray(at)])
          return withoutOurs(await site.visit(`/torn/${at}`, RETURNING))
        }),
      )
      expect(offsets.filter((_, index) => answers[index] !== edited(PAGE))).toEqual([])
    },
  )

  it.each([1, 2, 3, 7])('are edited alike in pieces of %i bytes', async (size) => {
    const count = Math.ceil(400 / size)
    const pieces = Array.from({ length: count }, (_, index) => PIECES_OF.subarray(index * size, (index + 1) * size))
    servePieces(`/pieces/${size}`, [...pieces, PIECES_OF.subarray(count * size)])
    const answer = await site.visit(`/pieces/${size}`, RETURNING)
    expect([answer.complete, withoutOurs(answer)]).toEqual([true, edited(PAGE)])
  })
})
