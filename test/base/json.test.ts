import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/base/json.ts'

describe('JSON within a depth', () => {
  it('equals JSON.parse for whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(parseJson(text, { maxDepth: 128 })).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  it.each([
    ['at the limit', '[[[1]]]', true],
    ['one beyond', '[[[[1]]]]', false],
    ['brackets in a string do not count', '["[[[[[["]', true],
    ['nor after an escaped quote', '["\\"[[[[[["]', true],
    ['but after an escaped backslash they do', '["\\\\",[[[1]]]]', false],
    ['depth is what is open at once', '[[],[],[],[]]', true],
  ])('%s', (_, text, accepted) => {
    expect(parseJson(text, { maxDepth: 3 }).ok).toBe(accepted)
  })

  it('refuses a million levels without a stack overflow', () => {
    const bomb = '['.repeat(1_000_000)
    expect(parseJson(bomb, { maxDepth: 128 })).toMatchObject({ ok: false, error: { code: 'too_deep' } })
  })

  it('says where malformed JSON breaks', () => {
    expect(parseJson('{"a":\n x}')).toMatchObject({ ok: false, error: { code: 'malformed_json' } })
  })
})
