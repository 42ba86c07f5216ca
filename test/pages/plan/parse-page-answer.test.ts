import { describe, expect, it } from 'vitest'
import { NO_PLAN, type PagePlan } from '../../../src/pages/plan/page.ts'
import { pageAnswer, placedEdits } from '../../../src/pages/plan/page-answer.ts'
import { parsePageAnswer } from '../../../src/pages/plan/parse-page-answer.ts'
import type { PageAnswer } from '../../../src/protocol/page.ts'
import { experimentOn, planOf, redirectTo } from './site.ts'

/** Every kind of change that a datafile can ask for, with texts that need care. */
const CHANGES: readonly unknown[] = [
  {
    id: 'first',
    type: 'attribute',
    selector: 'h1.hero',
    attributes: { html: '<b>Buy</b> 😀 & keep', class: 'hero bold', Style: 'x', 'data-x': '"<>' },
    css: { color: '#b00', '--Own': 'url("a;b")' },
  },
  { type: 'attribute', selector: '#old', attributes: { remove: true } },
  { type: 'attribute', selector: 'p', attributes: { text: '</script><!--', hide: true } },
  { type: 'attribute', selector: 'a', attributes: { style: 'display: -webkit-box; display: flex', href: '/new' } },
  { type: 'insert_html', selector: '#cta', operator: 'after', value: '<p>Free returns</p><script>1</script>' },
  { type: 'insert_image', selector: '#cta', operator: 'before', value: 'https://cdn.example/a.svg?x=1&y="2"' },
  { type: 'custom_css', value: '.hero{letter-spacing:.02em}' },
  { type: 'custom_css', value: '.ü::after{content:"\\201c"}' },
  { type: 'custom_code', value: 'document.title = "Grüße 😀"', dependencies: ['first'] },
  { type: 'rearrange', selector: '#reviews', insertSelector: '#gallery > li:last-child', operator: 'before' },
]

function answerOf(plan: PagePlan): PageAnswer {
  return JSON.parse(JSON.stringify(pageAnswer(plan, placedEdits(plan.edits))))
}

const EVERYTHING = planOf(
  { experiments: [experimentOn('e', CHANGES)] },
  { clientNavigation: true, cookiesFor: () => ['turnout_sticky=e:on; Path=/; Secure', 'b=2'] },
)
const VALID = answerOf(EVERYTHING)

/** The plan without what is not on the wire. */
function carried(plan: PagePlan): PagePlan {
  return { ...plan, pageKeys: [], decisions: [], served: [], profile: null }
}

describe('an answer', () => {
  it('gives the plan that it was made of', () => {
    expect(EVERYTHING.edits).toHaveLength(12)
    expect(parsePageAnswer(VALID)).toEqual({ ok: true, value: carried(EVERYTHING) })
  })

  it('of a page that nothing happens to gives no plan', () => {
    expect(parsePageAnswer(answerOf(NO_PLAN))).toEqual({ ok: true, value: NO_PLAN })
  })

  it('gives a redirect', () => {
    const plan = planOf(
      { experiments: [experimentOn('e', [redirectTo('https://shop.example/nëw', { preserveParameters: true })])] },
      { url: 'https://shop.example/?q=%ff&a=ü' },
    )
    expect(plan.redirect).toBe('https://shop.example/n%C3%ABw?q=%ff&a=%C3%BC')
    expect(parsePageAnswer(answerOf(plan))).toEqual({ ok: true, value: carried(plan) })
  })

  it('of a later version may hold fields that are not known here', () => {
    const answer = { ...VALID, later: [1], edits: VALID.edits.map((edit) => ({ ...edit, later: {} })) }
    expect(parsePageAnswer(answer)).toEqual({ ok: true, value: carried(EVERYTHING) })
  })

  it('says of no edit who makes it: that is up to the code that will', () => {
    const edits = VALID.edits.map((edit) => ({ ...edit, place: 'edge' }))
    expect(parsePageAnswer({ ...VALID, edits })).toEqual({ ok: true, value: carried(EVERYTHING) })
    const withoutPlaces = VALID.edits.map(({ place, ...edit }) => edit)
    expect(parsePageAnswer({ ...VALID, edits: withoutPlaces })).toEqual({ ok: true, value: carried(EVERYTHING) })
  })
})

/** An answer with one edit. */
function withEdit(edit: object): object {
  return { ...VALID, edits: [{ id: 'a', selector: 'h1', ...edit }] }
}

function withOperation(operation: unknown): object {
  return withEdit({ operation })
}

const TEXT = { kind: 'text', text: 'x' }

describe('what is no answer is refused, and said where:', () => {
  it.each<[about: string, answer: unknown, path: string]>([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a text', '{}', ''],
    ['an array', [], ''],
    ['a number', 7, ''],
    ['a function', () => VALID, ''],
    ['an error of ours', { error: { code: 'datafile_not_found', message: '…' } }, 'edits'],
    ['edits that are no array', { ...VALID, edits: {} }, 'edits'],
    ['an edit that is no object', { ...VALID, edits: ['x'] }, 'edits[0]'],
    ['an edit without an id', { ...VALID, edits: [{ selector: 'h1', operation: TEXT }] }, 'edits[0].id'],
    ['an id that is no text', withEdit({ id: 1, operation: TEXT }), 'edits[0].id'],
    ['no operation', withOperation(undefined), 'edits[0].operation.kind'],
    ['an operation that is not known', withOperation({ kind: 'explode' }), 'edits[0].operation.kind'],
    ['an inherited name for one', withOperation({ kind: 'constructor' }), 'edits[0].operation.kind'],
    ['a selector that is none', withEdit({ selector: 'h1{', operation: TEXT }), 'edits[0].selector'],
    ['a selector that would close a style', withEdit({ selector: '</style>', operation: TEXT }), 'edits[0].selector'],
    ['a selector that is null', withEdit({ selector: null, operation: TEXT }), 'edits[0].selector'],
    ['text that is none', withOperation({ kind: 'text', text: ['x'] }), 'edits[0].operation.text'],
    ['text with a NUL', withOperation({ kind: 'text', text: 'a\0b' }), 'edits[0].operation.text'],
    ['half a character', withOperation({ kind: 'html', html: '\ud83d' }), 'edits[0].operation.html'],
    ['no HTML', withOperation({ kind: 'insert', position: 'after' }), 'edits[0].operation.html'],
    [
      'a position that is none',
      withOperation({ kind: 'insert', position: 'over', html: '' }),
      'edits[0].operation.position',
    ],
    ['attributes that are no list', withOperation({ kind: 'attributes', set: { a: 'b' } }), 'edits[0].operation.set'],
    [
      'a name that would end a tag',
      withOperation({ kind: 'attributes', set: [['a><script', '']] }),
      'edits[0].operation.set[0].name',
    ],
    [
      'a name in capitals',
      withOperation({
        kind: 'attributes',
        set: [
          ['id', ''],
          ['ID', ''],
        ],
      }),
      'edits[0].operation.set[1].name',
    ],
    ['a name alone', withOperation({ kind: 'attributes', set: [['id']] }), 'edits[0].operation.set[0].text'],
    ['a pair that is none', withOperation({ kind: 'attributes', set: [null] }), 'edits[0].operation.set[0].name'],
    [
      'a declaration that leaves its rule',
      withOperation({ kind: 'style', declarations: [['color', 'red}*{color:blue']] }),
      'edits[0].operation.declarations[0].text',
    ],
    [
      'a declaration that closes a style',
      withOperation({ kind: 'style', declarations: [['color', '"</style>"']] }),
      'edits[0].operation.declarations[0].text',
    ],
    [
      'a property that is none',
      withOperation({ kind: 'style', declarations: [['color:red;x', '1']] }),
      'edits[0].operation.declarations[0].name',
    ],
    [
      'a flag that is none',
      withOperation({ kind: 'style', declarations: [], replaces: 'yes' }),
      'edits[0].operation.replaces',
    ],
    [
      'a target that is none',
      withOperation({ kind: 'rearrange', target: ',', position: 'after' }),
      'edits[0].operation.target',
    ],
    ['code that would close its script', { ...VALID, edits: [{ id: 'a', code: '"</SCRIPT>"' }] }, 'edits[0].code'],
    ['code that would open a comment', { ...VALID, edits: [{ id: 'a', code: '"<!--"' }] }, 'edits[0].code'],
    ['an edit with neither selector nor code', { ...VALID, edits: [{ id: 'a' }] }, 'edits[0].code'],
    [
      'one id twice',
      {
        ...VALID,
        edits: [
          { id: 'a', code: '1' },
          { id: 'a', code: '2' },
        ],
      },
      'edits[1].id',
    ],
    [
      'dependencies that are no texts',
      { ...VALID, edits: [{ id: 'a', code: '1', dependencies: [1] }] },
      'edits[0].dependencies',
    ],
    [
      'an edit that waits for itself',
      { ...VALID, edits: [{ id: 'a', code: '1', dependencies: ['a'] }] },
      'edits[0].dependencies',
    ],
    [
      'an edit that waits for nobody',
      { ...VALID, edits: [{ id: 'a', code: '1', dependencies: ['b'] }] },
      'edits[0].dependencies',
    ],
    ['no CSS', { ...VALID, css: undefined }, 'css'],
    ['CSS that closes its style', { ...VALID, css: 'a{}</STYLE><script>' }, 'css'],
    ['CSS that is not closed', { ...VALID, css: 'a{' }, 'css'],
    ['a flag that is a number', { ...VALID, hydrates: 1 }, 'hydrates'],
    ['no word on redirects', { ...VALID, redirect: undefined }, 'redirect'],
    ['a redirect to code', { ...VALID, redirect: 'javascript:alert(1)' }, 'redirect'],
    ['a redirect to another scheme', { ...VALID, redirect: 'data:text/html,x' }, 'redirect'],
    ['a redirect without a scheme', { ...VALID, redirect: '//evil.example/' }, 'redirect'],
    ['a redirect with a user name', { ...VALID, redirect: 'https://shop.example@evil.example/' }, 'redirect'],
    ['a redirect with a line end', { ...VALID, redirect: 'https://shop.example/\r\nSet-Cookie: a=b' }, 'redirect'],
    ['a redirect that is not ASCII', { ...VALID, redirect: 'https://shop.example/ü' }, 'redirect'],
    ['a redirect that is too long', { ...VALID, redirect: `https://shop.example/${'x'.repeat(9_000)}` }, 'redirect'],
    ['cookies that are no list', { ...VALID, cookies: 'a=b' }, 'cookies'],
    ['a cookie with a line end', { ...VALID, cookies: ['a=b', 'a=b\r\nX: y'] }, 'cookies.1'],
    ['a cookie without a name', { ...VALID, cookies: ['=b'] }, 'cookies.0'],
    ['a cookie that is not ASCII', { ...VALID, cookies: ['a=ü'] }, 'cookies.0'],
    ['a cookie that is too long', { ...VALID, cookies: [`a=${'x'.repeat(5_000)}`] }, 'cookies.0'],
    ['a tag with a quote', { ...VALID, cacheTag: 'a"b' }, 'cacheTag'],
    ['an empty tag', { ...VALID, cacheTag: '' }, 'cacheTag'],
    ['no tag', { ...VALID, cacheTag: undefined }, 'cacheTag'],
  ])('%s', (_, answer, path) => {
    const parsed = parsePageAnswer(answer)
    expect(parsed.ok ? [] : parsed.error.map((issue) => issue.path)).toContain(path)
  })
})

it('a name of Object’s is a name, and nothing is inherited from an answer', () => {
  const answer = JSON.parse(
    '{"__proto__":{"edits":[],"css":"","redirect":null,"cookies":[],"cacheTag":null},"cookies":[]}',
  )
  expect(parsePageAnswer(answer).ok).toBe(false)
  expect(Object.hasOwn({}, 'edits')).toBe(false)
})
