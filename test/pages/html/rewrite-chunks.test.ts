import { describe, expect, test } from 'vitest'
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

function text(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}
