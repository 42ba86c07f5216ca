import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Query, queryOf, queryOfRoot } from '../../src/http/query.ts'

const NAMES = ['a', 'b', '', 'a b', '%']

function read(query: Query) {
  return NAMES.map((name) => [name, query.get(name), query.getAll(name), query.isRepeated(name)])
}

function readParams(query: URLSearchParams) {
  return NAMES.map((name) => [name, query.get(name), query.getAll(name), query.getAll(name).length > 1])
}

const piece = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '=',
    '&',
    '+',
    '%',
    '%2',
    '%20',
    '%25',
    '%26',
    '%2B',
    '%3D',
    '%zz',
    '?',
    '/',
    ';',
    '"',
    "'",
  ),
  // Valid and broken UTF-8, a byte order mark, a surrogate.
  fc.constantFrom('%C3%A9', '%c3', '%A9', '%F0%9F%9A%82', '%EF%BB%BF', '%ED%A0%80', '%00', '%FF'),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 4 }),
)
const queryText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('').replaceAll('#', ''))

describe('the query of the root', () => {
  it('reads as URLSearchParams reads it', () => {
    const readAlike = (text: string) => {
      const url = `https://flags.example:8787/?${text}`
      const query = queryOfRoot(url)
      expect(query && read(query)).toEqual(readParams(new URL(url).searchParams))
    }
    fc.assert(fc.property(queryText, readAlike), { numRuns: 5_000 })
  })

  it.each([
    'https://flags.example/',
    'https://flags.example/v1/decide?a=1',
    'https://flags.example/./?a=1',
    'https://flags.example//?a=1',
    'https://flags.example/?a=1#b',
    'https://flags.example/?a=é',
    'https://flags.example/?a=1\t2',
    'https://flags.example/?a=1 ',
    'https://user@flags.example/?a=1',
    'https://flags.example?a=/?b',
    'https:\\\\flags.example/?a=1',
  ])('is left to the URL parser in %j', (url) => {
    expect(queryOfRoot(url)).toBeNull()
  })
})

describe('the query of any URL', () => {
  it('reads as URLSearchParams reads it, whatever is in it', () => {
    const readAlike = (text: string) => {
      const url = new URL(`https://flags.example/a/path?${text}`)
      expect(read(queryOf(url))).toEqual(readParams(url.searchParams))
    }
    const anything = fc.oneof(queryText, fc.string({ unit: 'binary' }))
    fc.assert(fc.property(anything, readAlike), { numRuns: 5_000 })
  })
})
