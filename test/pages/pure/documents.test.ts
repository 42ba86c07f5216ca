import { parse, serialize } from 'parse5'
import { expect, it } from 'vitest'
import { DOCUMENTS, htmlOf } from '../documents/documents.ts'

it('has at least 300 documents, each under a name of its own', () => {
  expect(new Set(DOCUMENTS.map(({ name }) => name)).size).toBe(DOCUMENTS.length)
  expect(DOCUMENTS.length).toBeGreaterThanOrEqual(300)
})

it('has documents that differ', () => {
  const texts = DOCUMENTS.map(({ bytes }) => String.fromCharCode(...bytes))
  expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([])
})

it.each(DOCUMENTS)('reads "$name" in its charset, and a parser gets through it', (document) => {
  expect(serialize(parse(htmlOf(document)))).toBeTypeOf('string')
})
