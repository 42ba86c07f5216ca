import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRegex, testRegex } from '../../../src/pages/plan/linear-regex.ts'
import { regexes } from './generate-regex.ts'
import { acceptedRegexes, refusedRegexes } from './regexes.ts'

test.for(refusedRegexes)('Refuses %s', ([source, expected]) => {
  expect(compileRegex(source)).toEqual({ ok: false, error: expect.stringContaining(expected) })
})

test.for(acceptedRegexes)('Accepts %s, and finds with it what JavaScript finds', ([source, ...texts]) => {
  expect(texts.map((text) => find(source, text))).toEqual(texts.map((text) => new RegExp(source, 'i').test(text)))
})

test('Whatever is accepted finds what JavaScript finds', () => {
  fc.assert(
    fc.property(regexes(), fc.array(texts(), { minLength: 1, maxLength: 8 }), (source, some) => {
      const compiled = compileRegex(source)
      fc.pre(compiled.ok)
      const native = new RegExp(source, 'i')
      expect(some.map((text) => testRegex(compiled.value, text))).toEqual(some.map((text) => native.test(text)))
    }),
    { numRuns: 3_000 },
  )
})

describe('In 2,048 characters', () => {
  // Each of these takes JavaScript's own matcher from milliseconds to longer than anyone would wait.
  const slow: readonly (readonly [source: string, text: string])[] = [
    ['a.*b.*c', 'ab'.repeat(1024)],
    ['.*.*.*x', 'a'.repeat(2048)],
    ['a*a*a*a*a*b', 'a'.repeat(2048)],
    ['\\w+\\.html', 'a'.repeat(2048)],
    ['\\s+$|x', `${' '.repeat(2047)}a`],
    [`${'a?'.repeat(60)}${'a'.repeat(60)}b`, 'a'.repeat(2048)],
    ['([a-z]+)?([a-z]+)?([a-z]+)?[0-9]', 'a'.repeat(2048)],
    [`${'a*'.repeat(127)}b`, 'a'.repeat(2048)],
    ['a.{200}c', wild(2048)],
    ['[ab]{0,90}[bc]{0,90}$x', wild(2048)],
  ]

  test.for(slow)('%s takes no longer than its steps', ([source, text]) => {
    const before = performance.now()
    expect(find(source, text)).toBe(false)
    expect(performance.now() - before).toBeLessThan(500)
  })
})

test('A URL of more than 2,048 characters is not looked at', () => {
  expect([find('a', 'a'.repeat(2048)), find('a', 'a'.repeat(2049))]).toEqual([true, null])
})

test('What many URLs have been through stays small, and says the same', () => {
  const compiled = compileRegex('a.{60}c')
  if (!compiled.ok) throw new Error(compiled.error)
  const first = testRegex(compiled.value, wild(2048))
  for (let length = 1; length < 100; length++) testRegex(compiled.value, wild(length))
  expect(compiled.value.states.length).toBeLessThanOrEqual(256)
  expect([first, testRegex(compiled.value, wild(2048)), testRegex(compiled.value, `${wild(70)}c`)]).toEqual([
    false,
    false,
    /a.{60}c/.test(`${wild(70)}c`),
  ])
})

function find(source: string, text: string): boolean | null {
  const compiled = compileRegex(source)
  if (!compiled.ok) throw new Error(compiled.error)
  return testRegex(compiled.value, text)
}

/** `a`s and `b`s in an order without a pattern. */
function wild(length: number): string {
  let text = ''
  for (let state = 1; text.length < length; state = (state * 48_271) % 2_147_483_647)
    text += state % 2 === 0 ? 'a' : 'b'
  return text
}

function texts(): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'c', '1', '/', '_', '-', '.'), maxLength: 12 })
}
