import { describe, expect, test } from 'vitest'
import type { DomEdit, Operation } from '../../../src/pages/plan/page.ts'
import { DOCUMENTS } from '../documents/documents.ts'
import { edit, type Judgement, judge, type Page } from './judge.ts'

const OPERATIONS: Readonly<Record<string, Operation>> = {
  attributes: {
    kind: 'attributes',
    set: [
      ['title', 'a "b" & <c> é\r\n'],
      ['class', 'new'],
    ],
  },
  style: { kind: 'style', declarations: [['color', 'red']], replaces: false },
  'replaced style': { kind: 'style', declarations: [['color', 'red']], replaces: true },
  text: { kind: 'text', text: 'a & b &amp; <c> é' },
  html: { kind: 'html', html: '<i>x</i> é y' },
  'inline before': { kind: 'insert', position: 'before', html: '<i data-by=e>x</i>y' },
  'block before': { kind: 'insert', position: 'before', html: '<div data-by=e>é<p>x</p></div>' },
  'block after': { kind: 'insert', position: 'after', html: '<div data-by=e>x</div>' },
  'block prepended': { kind: 'insert', position: 'prepend', html: '<div data-by=e>x</div>' },
  'inline appended': { kind: 'insert', position: 'append', html: '<i data-by=e>x</i>y' },
  'open element appended': { kind: 'insert', position: 'append', html: '<b data-by=e>x' },
  removal: { kind: 'remove' },
}

/** A document whose tag at `index`, as it looks to somebody who only searches for one, has a class more. */
function marked({ bytes, charset }: Page, index: number): Page | null {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const match = [...text.matchAll(/<[a-z][a-z0-9-]*/gi)][index]
  if (match === undefined) return null
  const at = match.index + match[0].length
  return {
    bytes: Uint8Array.from([...bytes.subarray(0, at), ...new TextEncoder().encode(' class=x1'), ...bytes.subarray(at)]),
    charset,
  }
}

function pagesOf(document: Page): Page[] {
  const pages: Page[] = []
  for (let page = marked(document, 0); page !== null && pages.length < 60; page = marked(document, pages.length))
    pages.push(page)
  return pages
}

interface Failure extends Judgement {
  readonly page: string
}

async function failuresOf(theme: string, edits: readonly DomEdit[]): Promise<Failure[]> {
  const pages = DOCUMENTS.filter(({ name }) => name.startsWith(`${theme}:`)).flatMap(pagesOf)
  const judgements = await Promise.all(
    pages.map(async (page) => ({
      ...(await judge(page, edits)),
      page: new TextDecoder(page.charset).decode(page.bytes),
    })),
  )
  return judgements.filter(({ actual, expected }) => actual !== expected)
}

const themes = [...new Set(DOCUMENTS.map(({ name }) => name.replace(/:.*/, '')))]

describe.each(themes)(
  'with one edit at any tag of a document of %s, the browser builds what the edit makes of its tree',
  (theme) => {
    test.for(Object.entries(OPERATIONS))('%s', { timeout: 120_000 }, async ([, operation]) => {
      expect(await failuresOf(theme, [edit('e', '.x1', operation)])).toEqual([])
    })

    test('several, in order', { timeout: 120_000 }, async () => {
      const edits = [
        edit('a', '.x1', { kind: 'insert', position: 'before', html: '<i data-by=a>1</i>' }),
        edit('b', '.x1', { kind: 'attributes', set: [['class', 'x1 x2']] }),
        edit('c', '.x2', { kind: 'insert', position: 'append', html: '<i data-by=c>2</i>' }),
        edit('d', '.x1', { kind: 'style', declarations: [['margin', '0']], replaces: false }),
        edit('e', '.x1', { kind: 'insert', position: 'prepend', html: '<i data-by=e>3</i>' }),
        edit('f', '.x1', { kind: 'insert', position: 'before', html: '<i data-by=f>4</i>' }),
        edit('g', '.x1', { kind: 'insert', position: 'after', html: '<i data-by=g>5</i>' }),
        edit('h', '.x1', { kind: 'insert', position: 'after', html: '<i data-by=h>6</i>' }),
        edit('i', '.x1', { kind: 'attributes', set: [['class', 'x3']] }),
        edit('j', '.x1', { kind: 'remove' }),
      ]
      expect(await failuresOf(theme, edits)).toEqual([])
    })
  },
)
