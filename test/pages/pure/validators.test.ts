import { describe, expect, test } from 'vitest'
import { conditionsUnder, hasPageTags, keptTag, pageTag } from '../../../src/pages/proxy/validators.ts'

describe('the tag of a page', () => {
  test.each([
    ['a strong tag', { ETag: '"abc"' }, 'W/"abc~sk3f"'],
    ['a weak tag', { ETag: 'W/"abc"' }, 'W/"abc~wk3f"'],
    ['an empty tag', { ETag: '""' }, 'W/"~sk3f"'],
    ['a tag with our own separator in it', { ETag: '"a~sb"' }, 'W/"a~sb~sk3f"'],
    ['no tag, but a time', { 'Last-Modified': 'Tue, 24 Nov 2026 10:00:00 GMT' }, 'W/"1795514400~mk3f"'],
    ['both', { ETag: '"abc"', 'Last-Modified': 'Tue, 24 Nov 2026 10:00:00 GMT' }, 'W/"abc~sk3f"'],
    ['neither', {}, null],
    ['a tag without quotes', { ETag: 'abc' }, null],
    ['a tag with a quote in it', { ETag: '"a"b"' }, null],
    ['a time that is none', { 'Last-Modified': 'yesterday' }, null],
  ])('is made of %s', (_, headers, expected) => {
    expect(pageTag(new Headers(headers as Record<string, string>), 'k3f')).toBe(expected)
  })
})

describe('the conditions under which the origin may say that nothing has changed', () => {
  test.each([
    ['a strong tag', 'W/"abc~sk3f"', '"abc"', null],
    ['a weak tag', 'W/"abc~wk3f"', 'W/"abc"', null],
    ['a time', 'W/"1795514400~mk3f"', null, 'Tue, 24 Nov 2026 10:00:00 GMT'],
    ['several tags, some of another plan', 'W/"a~sk3f", W/"b~sother", W/"c~wk3f"', '"a", W/"c"', null],
    ['a tag with a comma in it', 'W/"a,b~sk3f"', '"a,b"', null],
    ['a tag with our own separator in it', 'W/"a~sb~sk3f"', '"a~sb"', null],
    ['a tag of another plan', 'W/"abc~sother"', null, null],
    ['a tag of the origin', '"abc"', null, null],
    ['any tag', '*', null, null],
    ['nothing', null, null, null],
    ['an empty value', '', null, null],
    ['a tag without a kind', 'W/"abc~k3f"', null, null],
  ])('come from %s', (_, ifNoneMatch, expectedTags, expectedTime) => {
    expect(conditionsUnder('k3f', ifNoneMatch)).toEqual({ ifNoneMatch: expectedTags, ifModifiedSince: expectedTime })
  })

  test.each([
    ['W/"abc~sk3f"', true],
    ['"abc", W/"b~mk3f"', true],
    ['"abc"', false],
    ['*', false],
    [null, false],
  ])('are ours to translate in %j: %j', (ifNoneMatch, expected) => {
    expect(hasPageTags(ifNoneMatch)).toBe(expected)
  })
})

describe('the tag of a page that has not changed', () => {
  test('is made anew of what the origin says', () => {
    expect(keptTag('k3f', 'W/"old~sk3f"', new Headers({ ETag: '"new"' }))).toBe('W/"new~sk3f"')
  })

  test('is the one that the visitor has, where the origin says nothing', () => {
    expect(keptTag('k3f', 'W/"old~sk3f", W/"b~sother"', new Headers())).toBe('W/"old~sk3f"')
  })

  test('is not guessed where the visitor has several', () => {
    expect(keptTag('k3f', 'W/"a~sk3f", W/"b~sk3f"', new Headers())).toBeNull()
  })
})
