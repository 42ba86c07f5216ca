import { describe, expect, it } from 'vitest'
import { PAGE_LIMITS } from '../../../src/pages/plan/limits.ts'
import type { Edit } from '../../../src/pages/plan/page.ts'
import { experimentOn, type Fields, issuesOf, operationsOf, pageAt, planOf, redirectTo, textOf } from './site.ts'

const CHANGE = 'experiments[0].variations[1].actions[0].changes[0]'

function issuesOfChange(change: unknown) {
  return issuesOf({ experiments: [experimentOn('e1', [change])] })
}

/** What one change comes to. */
function editsOf(change: unknown): readonly Edit[] {
  return planOf({ experiments: [experimentOn('e1', [change])] }).edits.map(({ edit }) => edit)
}

function operations(change: unknown): readonly unknown[] {
  return operationsOf(planOf({ experiments: [experimentOn('e1', [change])] }))
}

const attribute = (fields: Fields): Fields => ({ type: 'attribute', selector: 'h1', ...fields })
const css = (name: string, value: unknown): Fields => attribute({ css: { [name]: value } })
const named = (name: string, value: unknown): Fields => attribute({ attributes: { [name]: value } })
const insertion = (fields: Fields): Fields => ({
  type: 'insert_html',
  selector: 'h1',
  operator: 'after',
  value: '<b>x</b>',
  ...fields,
})

describe('a change that is refused', () => {
  const cases: readonly [what: string, change: unknown, at: string, code: string][] = [
    ['no object', 'x', '', 'wrong_type'],
    ['no type', { selector: 'h1' }, '.type', 'missing'],
    ['a type that is no text', { type: 1 }, '.type', 'wrong_type'],
    ['no selector', { type: 'attribute', attributes: { text: 'a' } }, '.selector', 'missing'],
    ['an empty selector', textOf('a', { selector: '' }), '.selector', 'malformed_value'],
    ['a malformed selector', textOf('a', { selector: 'h1 >' }), '.selector', 'malformed_value'],
    ['a selector that is no CSS but jQuery', textOf('a', { selector: 'li:eq(1)' }), '.selector', 'malformed_value'],
    ['a selector of absurd length', textOf('a', { selector: 'a'.repeat(1_025) }), '.selector', 'too_many'],
    ['attributes that are no object', attribute({ attributes: ['a'] }), '.attributes', 'wrong_type'],
    ['a text that is a number', named('text', 1), '.attributes.text', 'wrong_type'],
    ['a text with a NUL', named('text', 'a\0b'), '.attributes.text', 'malformed_value'],
    ['a text with half a character', named('text', 'a\ud800'), '.attributes.text', 'malformed_value'],
    ['HTML beyond its limit', named('html', 'x'.repeat(PAGE_LIMITS.htmlUnits + 1)), '.attributes.html', 'too_many'],
    ['a name with a space', named('a b', 'x'), '.attributes', 'malformed_value'],
    ['a name that closes the tag', named('a>', 'x'), '.attributes', 'malformed_value'],
    ['an empty name', named('', 'x'), '.attributes', 'malformed_value'],
    ['an attribute that is null', named('title', null), '.attributes.title', 'wrong_type'],
    ['hide that is a text', named('hide', 'true'), '.attributes.hide', 'wrong_type'],
    ['more attributes than anyone needs', attribute({ attributes: many(101) }), '', 'too_many'],
    ['a style that is no declarations', named('style', 'red'), '.attributes.style', 'malformed_value'],
    ['a style that leaves the attribute’s rule', named('style', 'a:b}c{d:e'), '.attributes.style', 'malformed_value'],
    ['css that is a text', attribute({ css: 'color:red' }), '.css', 'wrong_type'],
    ['a second declaration in a value', css('color', 'red;position:fixed'), '.css.color', 'malformed_value'],
    ['a value that closes its rule', css('color', 'red}body{display:none'), '.css.color', 'malformed_value'],
    ['a value that closes the style element', css('content', '"</style><script>"'), '.css.content', 'malformed_value'],
    ['a value with an open string', css('content', '"a'), '.css.content', 'malformed_value'],
    ['a value with an open comment', css('color', 'red/*'), '.css.color', 'malformed_value'],
    ['a value of two lines', css('color', 'red\n'), '.css.color', 'malformed_value'],
    ['a value that is a number', css('zoom', 1), '.css.zoom', 'wrong_type'],
    ['a property that is none', css('color:red;x', 'y'), '.css', 'malformed_value'],
    ['an insertion without a place', insertion({ operator: undefined }), '.operator', 'missing'],
    ['an insertion somewhere else', insertion({ operator: 'replace' }), '.operator', 'unknown_value'],
    ['an insertion of nothing', insertion({ value: null }), '.value', 'wrong_type'],
    ['an image without an address', insertion({ type: 'insert_image', value: ' ' }), '.value', 'malformed_value'],
    [
      'a rearrangement to nowhere',
      { type: 'rearrange', selector: 'a', operator: 'before' },
      '.insertSelector',
      'missing',
    ],
    ['CSS that closes its element', { type: 'custom_css', value: 'a{}</STYLE >' }, '.value', 'malformed_value'],
    ['CSS that is not closed', { type: 'custom_css', value: 'a{' }, '.value', 'malformed_value'],
    ['code that closes its element', { type: 'custom_code', value: '"</ScRiPt>"' }, '.value', 'malformed_value'],
    ['code that opens a script', { type: 'custom_code', value: '"<script"' }, '.value', 'malformed_value'],
    ['code that opens a comment', { type: 'custom_code', value: 'a<!--b' }, '.value', 'malformed_value'],
    ['code beyond its limit', { type: 'custom_code', value: ';'.repeat(262_145) }, '.value', 'too_many'],
    ['dependencies that are no texts', textOf('a', { dependencies: [1] }), '.dependencies', 'wrong_type'],
    ['a redirect to a path', redirectTo('/new'), '.destination', 'malformed_value'],
    ['a redirect to a host without a scheme', redirectTo('//evil.example'), '.destination', 'malformed_value'],
    ['a redirect to code', redirectTo('javascript:alert(1)'), '.destination', 'malformed_value'],
    ['a redirect to data', redirectTo('data:text/html,x'), '.destination', 'malformed_value'],
    ['a redirect with a user name', redirectTo('https://shop@evil.example/'), '.destination', 'malformed_value'],
    ['a redirect with a line end', redirectTo('https://a.example/\r\nSet-Cookie:x'), '.destination', 'malformed_value'],
    ['a redirect with a space', redirectTo('https://a.example/ b'), '.destination', 'malformed_value'],
    ['a redirect without slashes', redirectTo('https:a.example'), '.destination', 'malformed_value'],
    ['a redirect to no host', redirectTo('https://'), '.destination', 'malformed_value'],
    ['a redirect of absurd length', redirectTo(`https://a.example/${'x'.repeat(2_048)}`), '.destination', 'too_many'],
    [
      'parameters that are kept as a text says',
      redirectTo('https://a.example/', { preserveParameters: 'yes' }),
      '.preserveParameters',
      'wrong_type',
    ],
  ]

  it.each(cases)('for %s', (_, change, at, code) => {
    const { errors } = issuesOfChange(change)
    expect(errors.map((issue) => [issue.code, issue.path])).toContainEqual([
      code,
      at === '.attributes' || at === '.css' ? expect.stringContaining(CHANGE + at) : CHANGE + at,
    ])
  })
})

function many(count: number): Fields {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`data-${index}`, 'x']))
}

describe('a change that is odd', () => {
  const cases: readonly [what: string, change: unknown, at: string, code: string][] = [
    ['a type that nobody knows is skipped', { type: 'widget', selector: '<' }, '.type', 'unknown_value'],
    [
      'code in an attribute may be forbidden by the page',
      named('onclick', 'go()'),
      '.attributes.onclick',
      'unknown_value',
    ],
    ['code in an address as well', named('href', ' JavaScript:void(0)'), '.attributes.href', 'unknown_value'],
    ['it depends on a change that is not there', textOf('a', { dependencies: ['x'] }), '.dependencies', 'dangling_id'],
    ['it depends on itself', textOf('a', { id: 'x', dependencies: ['x'] }), '.dependencies', 'dangling_id'],
  ]

  it.each(cases)('and accepted with a warning: %s', (_, change, at, code) => {
    const { errors, warnings } = issuesOfChange(change)
    expect([errors, warnings]).toMatchObject([[], [{ code, path: CHANGE + at }]])
  })
})

describe('what changes come to', () => {
  const set = (...pairs: readonly (readonly [string, string])[]) => ({ kind: 'attributes', set: pairs })
  const style = (declarations: readonly (readonly [string, string])[], replaces = false) => ({
    kind: 'style',
    declarations,
    replaces,
  })
  const insert = (position: string, html: string) => ({ kind: 'insert', position, html })

  const cases: readonly [what: string, change: unknown, operations: readonly unknown[]][] = [
    ['a text', named('text', 'a <b>'), [{ kind: 'text', text: 'a <b>' }]],
    ['HTML', named('html', '<b>a</b>'), [{ kind: 'html', html: '<b>a</b>' }]],
    ['a class', named('class', 'a b'), [set(['class', 'a b'])]],
    ['any other attribute, in lower case', named('Data-X', 'y'), [set(['data-x', 'y'])]],
    ['an empty attribute', named('disabled', ''), [set(['disabled', ''])]],
    [
      'a style, which replaces the old one',
      named('style', 'color:red; ;--X : 1'),
      [
        style(
          [
            ['color', 'red'],
            ['--X', '1'],
          ],
          true,
        ),
      ],
    ],
    ['an empty style', named('style', ''), [style([], true)]],
    [
      'a style with separators in texts',
      named('style', 'background:url("a;b:c")'),
      [style([['background', 'url("a;b:c")']], true)],
    ],
    ['hiding, which keeps the place', named('hide', true), [style([['visibility', 'hidden']])]],
    ['no hiding', named('hide', false), []],
    [
      'a removal, and nothing else',
      attribute({ attributes: { text: 'a', remove: true, class: 'b' } }),
      [{ kind: 'remove' }],
    ],
    ['no removal', named('remove', false), []],
    ['declarations', css('Color', ' red !important '), [style([['color', 'red !important']])]],
    ['declarations that are empty', css('color', ''), []],
    [
      'content before attributes before style',
      attribute({
        css: { color: 'red' },
        attributes: { hide: true, id: 'x', style: 'margin:0', class: 'a', html: 'b' },
      }),
      [
        { kind: 'html', html: 'b' },
        set(['id', 'x'], ['class', 'a']),
        style(
          [
            ['margin', '0'],
            ['visibility', 'hidden'],
            ['color', 'red'],
          ],
          true,
        ),
      ],
    ],
    ['an insertion', insertion({ operator: 'prepend' }), [insert('prepend', '<b>x</b>')]],
    ['an appended piece', { type: 'append', selector: 'h1', value: 'x' }, [insert('append', 'x')]],
    [
      'an appended piece that says where',
      { type: 'append', selector: 'h1', value: 'x', operator: 'before' },
      [insert('before', 'x')],
    ],
    [
      'an image, whatever its address holds',
      insertion({ type: 'insert_image', value: '/a.svg?a=1&b="><script>' }),
      [insert('after', '<img src="/a.svg?a=1&#38;b=&#34;&#62;&#60;script&#62;" alt="">')],
    ],
    [
      'a move',
      { type: 'rearrange', selector: '#a', insertSelector: '#b', operator: 'before' },
      [{ kind: 'rearrange', target: '#b', position: 'before' }],
    ],
    [
      'a move as Optimizely’s REST API writes it',
      { type: 'rearrange', selector: '#a', rearrange: { insertSelector: '#b', operator: 'append' } },
      [{ kind: 'rearrange', target: '#b', position: 'append' }],
    ],
    ['code', { type: 'custom_code', value: 'go()' }, ['go()']],
    ['no code', { type: 'custom_code', value: ' ' }, []],
    ['nothing at all', attribute({ attributes: {}, css: null }), []],
  ]

  it.each(cases)('%s', (_, change, expected) => {
    expect(operations(change)).toEqual(expected)
  })

  it('one edit each, of ids that follow that of the change', () => {
    const change = attribute({ id: 'mine', attributes: { text: 'a', class: 'b' }, css: { color: 'red' } })
    expect(editsOf(change).map(({ id }) => id)).toEqual(['mine', 'mine.1', 'mine.2'])
  })

  it.each(['', 'a.b', 'a b', '"', 'x'.repeat(65), 7])('an id of ours in place of %j', (id) => {
    expect(editsOf(textOf('a', { id })).map((edit) => edit.id)).toEqual(['e1.e1-on.0'])
  })
})

describe('pages', () => {
  const cases: readonly [what: string, fields: Fields, path: string, code: string][] = [
    ['that are no list', { pages: {} }, 'pages', 'wrong_type'],
    ['of which one is no object', { pages: [null] }, 'pages[0]', 'wrong_type'],
    ['without an id', { pages: [pageAt('', { id: undefined })] }, 'pages[0].id', 'missing'],
    ['without a key', { pages: [pageAt('', { key: 5 })] }, 'pages[0].key', 'wrong_type'],
    ['of one id', { pages: [pageAt(), pageAt('', { key: 'b' })] }, 'pages[1].id', 'duplicate_id'],
    [
      'with an odd condition',
      { pages: [pageAt('', { conditions: ['or', 5] })] },
      'pages[0].conditions[1]',
      'wrong_type',
    ],
    ['that hydrate in words', { pages: [pageAt('', { hydrates: 'no' })] }, 'pages[0].hydrates', 'wrong_type'],
    [
      'that navigate in words',
      { pages: [pageAt('', { clientNavigation: 1 })] },
      'pages[0].clientNavigation',
      'wrong_type',
    ],
    ['that hand over in words', { pages: [pageAt('', { handoff: 'all' })] }, 'pages[0].handoff', 'wrong_type'],
    ['that hand over by number', { pages: [pageAt('', { handoff: 1 })] }, 'pages[0].handoff', 'wrong_type'],
    ['that hand over by name', { pages: [pageAt('', { handoff: { a: true } })] }, 'pages[0].handoff', 'wrong_type'],
    ['that hand over no texts', { pages: [pageAt('', { handoff: ['a', null] })] }, 'pages[0].handoff', 'wrong_type'],
    [
      'beyond their number',
      { pages: Array.from({ length: 1_001 }, (_, index) => pageAt(`p${index}`)) },
      '',
      'too_many',
    ],
    [
      'named by what is no list',
      { experiments: [experimentOn('e1', [], { pageIds: 'home' })] },
      'experiments[0].pageIds',
      'wrong_type',
    ],
    [
      'with actions that are no list',
      { experiments: [experimentOn('e1', [], { variations: [{ id: 'v', key: 'v', actions: {} }] })] },
      'experiments[0].variations[0].actions',
      'wrong_type',
    ],
    [
      'with actions for no page',
      { experiments: [experimentOn('e1', [], { variations: [{ id: 'v', key: 'v', actions: [{}] }] })] },
      'experiments[0].variations[0].actions[0].pageId',
      'missing',
    ],
    [
      'with changes of a grouped experiment',
      {
        groups: [{ id: 'g', trafficAllocation: [], experiments: [experimentOn('e1', [{ type: 'custom_css' }])] }],
        experiments: [],
      },
      'groups[0].experiments[0].variations[1].actions[0].changes[0].value',
      'missing',
    ],
    [
      'with changes of a delivery rule',
      { rollouts: [{ id: 'r', experiments: [experimentOn('e1', [{ type: 'custom_css' }])] }], experiments: [] },
      'rollouts[0].experiments[0].variations[1].actions[0].changes[0].value',
      'missing',
    ],
  ]

  it.each(cases)('%s are refused', (_, fields, path, code) => {
    expect(issuesOf(fields).errors.map((issue) => [issue.code, issue.path])).toEqual([[code, path]])
  })

  const odd: readonly [what: string, fields: Fields, path: string, code: string][] = [
    ['of one key', { pages: [pageAt(), pageAt('b', { key: 'home' })] }, 'pages[1].key', 'duplicate_key'],
    [
      'named that are not there',
      { experiments: [experimentOn('e1', [], { pageIds: ['home', 'gone'] })] },
      'experiments[0].pageIds',
      'dangling_id',
    ],
    ['that hand over unknown flags', { pages: [pageAt('', { handoff: ['gone'] })] }, 'pages[0].handoff', 'dangling_id'],
    [
      'that hand over a prototype',
      { pages: [pageAt('', { handoff: ['__proto__'] })] },
      'pages[0].handoff',
      'dangling_id',
    ],
    [
      'with actions that the experiment does not name',
      { pages: [pageAt(), pageAt('b')], experiments: [experimentOn('e1', [textOf('a')], { pageIds: ['b'] })] },
      'experiments[0].variations[1].actions[0].pageId',
      'dangling_id',
    ],
  ]

  it.each(odd)('%s are accepted with a warning', (_, fields, path, code) => {
    const { errors, warnings } = issuesOf(fields)
    expect([errors, warnings.map((issue) => [issue.code, issue.path])]).toEqual([[], [[code, path]]])
  })

  it.each([
    ['no pages', {}],
    ['null in their place', { pages: null, experiments: [experimentOn('e1', [], { pageIds: null, variations: [] })] }],
    ['fields that nobody knows', { pages: [pageAt('', { activation: { type: 'immediate' } })] }],
  ])('may be left out or more than we know: %s', (_, fields) => {
    expect(issuesOf(fields)).toEqual({ errors: [], warnings: [] })
  })
})

describe('what a whole datafile may hold', () => {
  it('is 20,000 changes', () => {
    const change = { type: 'custom_code', value: 'a' }
    const withChanges = (count: number) =>
      issuesOf({ experiments: [experimentOn('e1', Array(count).fill(change))] }).errors
    expect([withChanges(20_000), withChanges(20_001)]).toMatchObject([[], [{ code: 'too_many', path: '' }]])
  })

  it('is 100,000 ids in pageIds', () => {
    const withIds = (count: number) =>
      issuesOf({ experiments: [experimentOn('e1', [], { pageIds: Array(count).fill('home') })] }).errors
    expect([withIds(100_000), withIds(100_001)]).toMatchObject([[], [{ code: 'too_many', path: '' }]])
  })
})
