import { describe, expect, test } from 'vitest'
import { placeEdits } from '../../../src/pages/html/place-edits.ts'
import type { Edit, Operation } from '../../../src/pages/plan/page.ts'

const text = (value: string): Operation => ({ kind: 'text', text: value })
const html = (value: string): Operation => ({ kind: 'html', html: value })
const put = (value: string): Operation => ({ kind: 'insert', position: 'before', html: value })
const set = (name: string, value: string): Operation => ({ kind: 'attributes', set: [[name, value]] })
const remove: Operation = { kind: 'remove' }
const color: Operation = { kind: 'style', declarations: [['color', 'red']], replaces: false }
const move = (target: string): Operation => ({ kind: 'rearrange', target, position: 'before' })

type Written = readonly [selector: string, operation: Operation] | string

/** A text is code. */
function places(written: readonly Written[]): string {
  const edits = written.map((each, index): Edit => {
    const id = `e${index}`
    return typeof each === 'string'
      ? { kind: 'code', id, code: each, dependencies: [] }
      : { kind: 'dom', id, selector: each[0], operation: each[1], dependencies: [] }
  })
  return placeEdits(edits)
    .map(({ place }) => place)
    .join(' ')
}

describe('one edit', () => {
  test.for<[string, Written, string]>([
    ['attributes', ['#a', set('class', 'x')], 'edge'],
    ['style', ['#a', color], 'edge'],
    ['text', ['.a', text('x')], 'edge'],
    ['html', ['.a', html('<b>x</b>')], 'edge'],
    ['insertion', ['.a', put('<b>x</b>')], 'edge'],
    ['removal', ['.a', remove], 'edge'],
    ['move', ['.a', move('.b')], 'browser'],
    ['code', 'alert(1)', 'browser'],
    ['a selector that needs the tree', ['ul > li', color], 'browser'],
    ['a name that no tag can hold', ['#a', set('a"b', 'x')], 'browser'],
    ['NUL in a value', ['#a', set('title', 'a\0b')], 'browser'],
    ['NUL in a text', ['#a', text('a\0b')], 'browser'],
    ['half a character', ['#a', text('a\ud800b')], 'browser'],
  ])('%s: %j is made in the %s', ([, written, place]) => {
    expect(places([written])).toBe(place)
  })

  test('is made in the browser when it depends on another', () => {
    const edit: Edit = { kind: 'dom', id: 'a', selector: '#a', operation: color, dependencies: ['b'] }
    expect(placeEdits([edit])).toEqual([{ edit, place: 'browser' }])
  })

  test('is made in the browser when another depends on it, and could not see what the Worker has taken away', () => {
    const gone: Edit = { kind: 'dom', id: 'a', selector: '#a', operation: remove, dependencies: [] }
    const code: Edit = { kind: 'code', id: 'b', code: 'go()', dependencies: ['a'] }
    expect(placeEdits([gone, code]).map(({ place }) => place)).toEqual(['browser', 'browser'])
  })
})

describe('edits in order', () => {
  test.for<[string, Written[], string]>([
    [
      'on other elements',
      [
        ['#a', text('x')],
        ['#b', text('y')],
      ],
      'edge edge',
    ],
    [
      'on the same element',
      [
        ['#a', text('x')],
        ['#a', color],
        ['#a', put('y')],
      ],
      'edge edge edge',
    ],
    [
      'a class and the text of what has it',
      [
        ['h1.a', set('class', 'a b')],
        ['h1.a', text('x')],
      ],
      'edge edge',
    ],
    [
      'the text, then a class that keeps it found',
      [
        ['h1.a', text('x')],
        ['h1.a', set('class', 'a b')],
      ],
      'edge edge',
    ],
    [
      'the text, then a class that could add others',
      [
        ['.b', text('x')],
        ['.a', set('class', 'a b')],
      ],
      'edge browser',
    ],
    [
      'the text, then a class that adds none',
      [
        ['.b', text('x')],
        ['.a', set('class', 'a c')],
      ],
      'edge edge',
    ],
    [
      'on what an earlier one brings',
      [
        ['#a', html('<b class=x>')],
        ['.x', color],
      ],
      'edge browser',
    ],
    [
      'on what an earlier one may bring',
      [
        ['#a', html('<b class="&#120;">')],
        ['.x', color],
      ],
      'edge browser',
    ],
    [
      'not on what an earlier one brings',
      [
        ['#a', html('<b class=x>')],
        ['.y', color],
      ],
      'edge edge',
    ],
    [
      'a text is no element',
      [
        ['#a', text('<b class=x>')],
        ['.x', color],
      ],
      'edge edge',
    ],
    [
      'brings what an earlier one finds',
      [
        ['.x', color],
        ['#a', html('<b class=x>')],
      ],
      'edge browser',
    ],
    [
      'after a move',
      [
        ['.x', move('.y')],
        ['.z', color],
        ['.z', text('x')],
        ['.y', put('x')],
      ],
      'browser edge browser browser',
    ],
    [
      'on what the browser edits',
      [
        ['ul > .x', color],
        ['.x', color],
        ['li.x', color],
      ],
      'browser browser browser',
    ],
    [
      'on what the browser surely does not edit',
      [
        ['ul > a.x', color],
        ['b.x', color],
      ],
      'browser edge',
    ],
    [
      'changes what a selector of the tree finds',
      [
        ['ul > a:first-child', color],
        ['b.x', remove],
      ],
      'browser browser',
    ],
    [
      'gives what a selector of the tree finds',
      [
        ['.y a.x', color],
        ['b.x', set('class', 'y')],
      ],
      'browser browser',
    ],
    [
      'on what the browser may bring',
      [
        ['ul > a', html('<b class=x>')],
        ['b.x', color],
      ],
      'browser browser',
    ],
    [
      'on what the browser may make so',
      [
        ['ul > a', set('class', 'x')],
        ['b.x', color],
      ],
      'browser browser',
    ],
    ['after code that names none of it', ['f()', ['#a', color]], 'browser edge'],
    ['after code that names it', ['$("#ab")', ['#a', color]], 'browser browser'],
    ['after code that names its type', ['$("main h1")', ['h1', color]], 'browser browser'],
    ['after code that names an attribute', ['$("[data-x]")', ['[data-x]', color]], 'browser browser'],
    ['before code', [['#a', color], '$("#a")'], 'edge browser'],
  ])('%s: %j are made in %s', ([, written, expected]) => {
    expect(places(written)).toBe(expected)
  })
})
