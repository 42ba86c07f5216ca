import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splice } from '../../../src/pages/html/bytes.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })

/** What is passed over before each, what is taken out, and what comes in its place. */
const CHANGES = fc.array(fc.record({ gap: fc.nat(5), taken: fc.nat(5), put: bytes(8) }), { maxLength: 8 })

describe('bytes with others in the place of some', () => {
  it('are the same however much room there is behind them, and no more than that is written over', () => {
    fc.assert(
      fc.property(bytes(30), CHANGES, fc.nat(60), (page, changes, room) => {
        const { splices, expected } = spliced(page, changes)
        const buffer = Uint8Array.from([...page, ...new Array<number>(room).fill(33), 77, 77])
        const given = buffer.subarray(0, page.length)
        expect([...splice(given, splices, room)]).toEqual(expected)
        expect([...buffer.subarray(page.length + room)]).toEqual([77, 77])
      }),
    )
  })

  it('stay as they are where there is no room', () => {
    fc.assert(
      fc.property(bytes(30), CHANGES, (page, changes) => {
        const { splices, expected } = spliced(page, changes)
        const given = page.slice()
        expect([...splice(given, splices, 0)]).toEqual(expected)
        expect(given).toEqual(page)
      }),
    )
  })
})

function spliced(
  page: Uint8Array,
  changes: readonly { readonly gap: number; readonly taken: number; readonly put: Uint8Array }[],
) {
  const splices: { start: number; end: number; bytes: Uint8Array }[] = []
  const expected: number[] = []
  let at = 0
  for (const { gap, taken, put } of changes) {
    const start = Math.min(page.length, at + gap)
    const end = Math.min(page.length, start + taken)
    splices.push({ start, end, bytes: put })
    expected.push(...page.subarray(at, start), ...put)
    at = end
  }
  return { splices, expected: [...expected, ...page.subarray(at)] }
}
