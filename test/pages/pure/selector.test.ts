import { describe, expect, test } from 'vitest'
import { type AttributeTest, type Compound, parseCompounds, passes } from '../../../src/pages/html/selector.ts'

function written({ tag, tests }: Compound): string {
  const texts = tests.map(({ name, operator, value, ignoresCase }) =>
    operator === '' ? `[${name}]` : `[${name}${operator}"${value}"${ignoresCase ? ' i' : ''}]`,
  )
  return (tag ?? '') + texts.join('')
}

describe('a selector that start tags decide', () => {
  test.for([
    ['h2', 'h2'],
    ['H2.Hero', 'h2[class~="Hero"]'],
    ['#cta', '[id="cta"]'],
    ['*.a', '[class~="a"]'],
    ['a#b.c.d[href]', 'a[id="b"][class~="c"][class~="d"][href]'],
    ['[data-x=y]', '[data-x="y"]'],
    ["[ DATA-x ^= 'a\"b' ]", '[data-x^="a"b"]'],
    ['input[type=text]', 'input[type="text" i]'],
    ['[type="a" s]', '[type="a"]'],
    ['[data-x="Y" i]', '[data-x="Y" i]'],
    ['.md\\:w-1\\/2', '[class~="md:w-1/2"]'],
    ['.\\31 0', '[class~="10"]'],
    ['a.x, #y ,[z]', 'a[class~="x"]|[id="y"]|[z]'],
    [' .x ', '[class~="x"]'],
    ['p.note', 'p[class~="note"]'],
    ['my-element', 'my-element'],
    ['.é', '[class~="é"]'],
  ] as const)('%s is read as %s', ([selector, text]) => {
    expect(parseCompounds(selector)?.map(written).join('|')).toBe(text)
  })
})

describe('a selector that only the page decides', () => {
  test.for([
    ...[
      '',
      ' ',
      ',',
      'a,',
      ',a',
      'a,,b',
      '*',
      'a, *',
      'p',
      'body',
      'html',
      'head',
      'br',
      'tr',
      'tbody',
      'colgroup',
      'img',
    ],
    ...[
      'a b',
      'a > b',
      'a + b',
      'a ~ b',
      'a:first-child',
      'li:nth-child(2)',
      'a:not(.b)',
      'a::before',
      ':is(a)',
      'a:hover',
    ],
    ...[
      'svg|a',
      '*|a',
      '[x|y]',
      'a/**/b',
      '.1a',
      '#1a',
      '.a..b',
      '[x=]',
      '[x==y]',
      '[x="y]',
      '[x=y z]',
      '[style]',
      'a[style*=red]',
      'a\\',
      'é',
      '#',
      '.',
    ],
  ])('%j is left to it', (selector) => {
    expect(parseCompounds(selector)).toBeNull()
  })
})

describe('a test of an attribute', () => {
  const on = (operator: AttributeTest['operator'], value: string, ignoresCase = false): AttributeTest => ({
    name: 'x',
    operator,
    value,
    ignoresCase,
  })
  test.for<[AttributeTest, string, boolean]>([
    [on('', ''), '', true],
    [on('=', 'a'), 'a', true],
    [on('=', 'a'), 'A', false],
    [on('=', 'a', true), 'A', true],
    [on('=', 'k', true), '\u212a', false],
    [on('=', ''), '', true],
    [on('~=', 'b'), 'a\tb\nc', true],
    [on('~=', 'b'), 'a\u00a0b', false],
    [on('~=', ''), ' ', false],
    [on('~=', 'a b'), 'a b', false],
    [on('|=', 'en'), 'en-GB', true],
    [on('|=', 'en'), 'english', false],
    [on('^=', 'a'), 'ab', true],
    [on('^=', ''), 'ab', false],
    [on('$=', 'b'), 'ab', true],
    [on('$=', ''), 'ab', false],
    [on('*=', 'b'), 'abc', true],
    [on('*=', ''), 'abc', false],
  ])('%j on %j: %s', ([attributeTest, text, passed]) => {
    expect(passes(attributeTest, text)).toBe(passed)
  })
})
