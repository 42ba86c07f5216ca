import { expect, it } from 'vitest'
import { parseSdkKey } from '../../src/store/sdk-key.ts'

it.each([
  ['letters, digits and what base64 needs', 'aZ09+/=_-'],
  ['64 of them', 'k'.repeat(64)],
])('takes %s', (_, text) => {
  expect(parseSdkKey(text)).toBe(text)
})

it.each([
  ['nothing', ''],
  ['65 characters', 'k'.repeat(65)],
  ['the colon that separates the parts of a KV key', 'a:b'],
  ['a step up', '..'],
  ['a NUL', 'a\0'],
  ['a line feed at the end', 'a\n'],
  ['a space', 'a b'],
  ['a letter that is not ASCII', 'é'],
  ['a lone surrogate', '\ud800'],
  ['the name of an inherited property, with its brackets', 'toString()'],
])('takes no %s', (_, text) => {
  expect(parseSdkKey(text)).toBeNull()
})
