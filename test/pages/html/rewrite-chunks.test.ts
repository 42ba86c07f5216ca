import { describe, expect, test } from 'vitest'
import { BodyEditor } from '../../../src/pages/html/body-editor.ts'
import { DOCUMENTS } from '../documents/documents.ts'
import { edit, rewrite } from './judge.ts'

const EDITS = [
  edit('a', 'p.x, h1, #cta, .price', { kind: 'insert', position: 'before', html: '<i>1</i>' }),
  edit('b', 'h1, h2, h3, td, li', { kind: 'text', text: 'é' }),
  edit('c', '[class]', { kind: 'attributes', set: [['title', 'x']] }),
  edit('d', 'section, article, main, footer, nav', { kind: 'insert', position: 'append', html: '<p>2</p>' }),
]

const SHOPS = DOCUMENTS.filter(({ name }) => name.startsWith('shops:'))
const MIXED = DOCUMENTS.filter(({ name }) => !name.startsWith('shops:'))

describe('what is sent does not depend on the pieces that a page comes in', () => {
  test.for(SHOPS)(
    'two pieces, cut anywhere in the first 2 kB: $name',
    { timeout: 120_000 },
    async ({ bytes, charset }) => {
      const whole = await rewrite([bytes], EDITS, charset)
      const cuts = Array.from({ length: Math.min(2048, bytes.length) }, (_, index) => index)
      const others = await Promise.all(
        cuts.map((cut) => rewrite([bytes.subarray(0, cut), bytes.subarray(cut)], EDITS, charset)),
      )
      expect(
        others.findIndex((other) => text(other.bytes) !== text(whole.bytes) || `${other.left}` !== `${whole.left}`),
      ).toBe(-1)
    },
  )

  test.for(MIXED)('single bytes: $name', async ({ bytes, charset }) => {
    const whole = await rewrite([bytes], EDITS, charset)
    const other = await rewrite(
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
      EDITS,
      charset,
    )
    expect(text(other.bytes)).toBe(text(whole.bytes))
  })
})

/** Some have their first tag behind what is looked at first. */
const BEGINNINGS = [
  { beginning: 'as they are', before: '' },
  { beginning: 'behind a long comment', before: `<!--${'x'.repeat(40_000)}-->` },
]

describe.each(BEGINNINGS)('documents $beginning that are there as a whole', ({ before }) => {
  test.for(DOCUMENTS)('are edited as those that come in pieces: $name', async ({ bytes, charset }) => {
    const page = Uint8Array.from([...new TextEncoder().encode(before), ...bytes])
    const { bytes: sent, left } = await rewrite([page], EDITS, charset)
    const whole = await Promise.all([0, 20, 10_000].map((room) => editWhole(page, charset, room)))
    expect(whole).toEqual(Array.from(whole, () => ({ page: text(sent), left: left.toSorted() })))
  })
})

/** With so much room behind the page, in which something stands. */
async function editWhole(page: Uint8Array, charset: string, room: number) {
  const buffer = new Uint8Array(page.length + room).fill(33)
  buffer.set(page)
  const editor = new BodyEditor({ edits: EDITS, charset })
  const edited = await editor.editWhole(buffer.subarray(0, page.length))
  return { page: text(edited), left: [...editor.left].toSorted() }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}
