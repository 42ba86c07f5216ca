import { describe, expect, test } from 'vitest'
import type { DomEdit, Operation } from '../../../src/pages/plan/page.ts'
import { DOCUMENTS } from '../documents/documents.ts'
import { edit, rewrite } from './judge.ts'
import { rewriteBody } from './rewrite-body.ts'

const utf8 = new TextEncoder()
const START = '<!doctype html><html><head><title>t</title></head><body>'
const color: Operation = { kind: 'style', declarations: [['color', 'red']], replaces: false }
const EDITS: readonly DomEdit[] = [
  edit('a', '.a', { kind: 'text', text: 'x' }),
  edit('b', '.b', color),
  edit('c', 'h2', { kind: 'insert', position: 'after', html: '<p>x</p>' }),
]

describe('nothing is cut from a page', () => {
  test.for<[string, string]>([
    ['text-mode tags in a select', `${START}<p class=z>x<select><xmp>y</select><p class=z>z<style></select>`],
    ['a title in a select', `${START}<select><title>x</title></select><p>y`],
    [
      'text-mode tags in a frameset',
      '<!doctype html><frameset><frame><style>x</style><noframes>y</noframes></frameset>z',
    ],
    ['text-mode tags behind a frameset', '<!doctype html><frameset></frameset><title>x</title>y'],
    ['20,000 nested elements', `${START}${'<div>'.repeat(20_000)}x`],
    ['20,000 nested elements, and their ends', `${START}${'<b>'.repeat(20_000)}x${'</b>'.repeat(20_000)}`],
    ['a tag of 3.2 MB', `${START}<p title="${'x'.repeat(3_200_000)}">y</p>`],
    ['a tag of 3.2 MB that would be edited', `${START}<p class=b title="${'x'.repeat(3_200_000)}">y</p>`],
    ['a comment of 4 MB', `${START}<!--${'x'.repeat(4_000_000)}--><p>y`],
    ['a script of 4 MB', `${START}<script>${'x<'.repeat(2_000_000)}</script><p>y`],
    ['a text of 4 MB', `${START}${'x '.repeat(2_000_000)}<p>y`],
    ['an attribute that does not end', `${START}<p title="${'x<p>'.repeat(100_000)}`],
    ['plain text', `${START}<p>x<plaintext>${'<p class=z>'.repeat(10)}`],
    ['a comment that does not end', `${START}<p>x<!-- ${'<p class=z>'.repeat(10)}`],
  ])('%s', async ([, page]) => {
    const bytes = utf8.encode(page)
    const sent = await rewrite(piecesOf(bytes), EDITS)
    expect(sent.bytes.length).toBe(bytes.length)
    expect(areEqual(sent.bytes, bytes)).toBe(true)
  })

  test.for(DOCUMENTS)('$name, when no selector finds anything in it', async ({ bytes, charset }) => {
    const sent = await rewrite([bytes], [edit('a', '.no-such-class', { kind: 'remove' })], charset)
    expect(sent.bytes).toEqual(bytes)
  })

  test('an edited element that is too large to be held back is left', async () => {
    const page = `${START}<div class=a>${'<p>x</p>'.repeat(10_000)}</div><i class=b></i></body></html>`
    const { bytes, left } = await rewrite(piecesOf(utf8.encode(page)), EDITS)
    expect(new TextDecoder().decode(bytes) === page.replace('class=b', 'class=b style="color:red"')).toBe(true)
    expect(left).toEqual(['a'])
  })
})

describe('what goes wrong leaves the page as it is', () => {
  test('a name that the rewriter refuses', async () => {
    const page = utf8.encode(`${START}<p class=b>x</p>`)
    const sent = await rewrite([page], [edit('a', '.b', { kind: 'attributes', set: [['a b', 'x']] })])
    expect(new TextDecoder().decode(sent.bytes)).toBe(new TextDecoder().decode(page))
    expect(sent.left).toEqual(['a'])
  })

  test('a selector that nobody understands', async () => {
    const page = utf8.encode(`${START}<p class=b>x</p>`)
    const sent = await rewrite([page], [edit('a', '...', { kind: 'remove' })])
    expect(sent.bytes).toEqual(page)
    expect(sent.left).toEqual(['a'])
  })

  test('an origin that breaks off: what came before is there, and so is the fault', async () => {
    const pieces = [utf8.encode(`${START}<p class=a>held back`)]
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift()
        if (piece === undefined) controller.error(new Error('origin broke off'))
        else controller.enqueue(piece)
      },
    })
    const reader = rewriteBody(body, { edits: EDITS, charset: 'utf-8' }).getReader()
    let got = ''
    const rest = (async () => {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return 'ended'
        got += new TextDecoder().decode(value)
      }
    })()
    await expect(rest).rejects.toThrow('origin broke off')
    expect(got).toBe(`${START}<p class=a>held back`)
  })

  test('a visitor who leaves: the origin is told', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(utf8.encode('<p>x')),
      cancel: () => resolve('cancelled'),
    })
    const reader = rewriteBody(body, { edits: EDITS, charset: 'utf-8' }).getReader()
    await reader.read()
    await reader.cancel()
    expect(await promise).toBe('cancelled')
  })
})

function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const size = 65_536
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

/** The differences of megabytes are no message. */
function areEqual(some: Uint8Array, others: Uint8Array): boolean {
  return some.length === others.length && some.every((byte, index) => byte === others[index])
}
