import { describe, expect, it } from 'vitest'
import { outlineCss } from '../../../src/pages/plan/css-outline.ts'

describe('the outline of CSS', () => {
  it.each([
    ['color: red; margin: 0', 'color: red; margin: 0'],
    ['a: "x;y"; b: \';\'', 'a: _; b: _'],
    ['a: f(1; 2); b', 'a: f(_); b'],
    ['a{b{c}d}e', 'a{_}e'],
    ['a: url(data:x;y,z); b', 'a: _; b'],
    ['a: url( "x;y" ); b', 'a: url(_); b'],
    ['a/*;*/b', 'a_b'],
    ['\\;a', '_a'],
    ['"a\\"b;"', '_'],
    ['curl(a;b)', 'curl(_)'],
    ['', ''],
  ])('of %j leaves what separates, at its place: %j', (css, outline) => {
    const found = outlineCss(css)
    expect([found?.length, found?.replace(/_+/g, '_')]).toEqual([css.length, outline])
  })

  it.each([
    '{',
    '}',
    '(]',
    'a)',
    '"',
    "'a",
    '"a\nb"',
    '/*',
    'a /* b',
    'a\\',
    'url(a"b)',
    'url(a b)',
    'url(a(b)',
    'url(a',
    '\\75rl(/*) ; } */ )',
    '\\75\\72l(a"b) ; c: "d)',
    'u\\72 l(a)',
  ])('is refused where a browser could see other borders: %j', (css) => {
    expect(outlineCss(css)).toBeNull()
  })

  it('takes time in proportion to the length', () => {
    const texts = ['"', '/*', '(', 'url(', '\\a', 'u', "url('", '/* */'].map((part) => part.repeat(60_000))
    const start = performance.now()
    for (const text of [...texts, `\\${'a'.repeat(200_000)}`]) outlineCss(text)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
