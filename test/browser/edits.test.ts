import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Operation, PlannedEdit } from '../../src/pages/plan/page.ts'
import { inChromium, layoutShift } from './chromium.ts'
import { codeEdit, domEdit, pageOf, sendHtml, servePages, startOf } from './serve-pages.ts'

const TEXT: Operation = { kind: 'text', text: 'Ours' }

function insertion(position: 'before' | 'after' | 'prepend' | 'append', html: string): Operation {
  return { kind: 'insert', position, html }
}

inChromium('Edits that the script makes', (chromium) => {
  async function bodyOf(edits: readonly PlannedEdit[], body: string, hydrates = false): Promise<string> {
    const origin = await servePages({ '/': pageOf({ edits, body, hydrates }) })
    const { page, problems } = await chromium.open()
    await page.goto(origin)
    const html = await page.evaluate(() => document.body.innerHTML)
    expect(problems).toEqual([])
    return html.trimEnd()
  }

  const cases: readonly [name: string, edits: readonly PlannedEdit[], body: string, edited: string][] = [
    [
      'a text',
      [domEdit('h1', { kind: 'text', text: '<Hi> & \u00e9\u{1f600}' })],
      '<h1>Old <b>one</b></h1>',
      '<h1>&lt;Hi&gt; &amp; \u00e9\u{1f600}</h1>',
    ],
    ['HTML', [domEdit('h1', { kind: 'html', html: 'New <i>one</i>' })], '<h1>Old</h1>', '<h1>New <i>one</i></h1>'],
    [
      'attributes',
      [
        domEdit('a', {
          kind: 'attributes',
          set: [
            ['href', '/new'],
            ['class', 'x y'],
          ],
        }),
      ],
      '<a href="/old">a</a>',
      '<a href="/new" class="x y">a</a>',
    ],
    [
      'added declarations',
      [
        domEdit('p', {
          kind: 'style',
          declarations: [
            ['color', 'red'],
            ['margin', '0 auto !important'],
          ],
          replaces: false,
        }),
      ],
      '<p style="top: 1px">a</p>',
      '<p style="top: 1px; color: red; margin: 0px auto !important;">a</p>',
    ],
    [
      'a whole style',
      [domEdit('p', { kind: 'style', declarations: [['color', 'red']], replaces: true })],
      '<p style="top: 1px">a</p>',
      '<p style="color: red;">a</p>',
    ],
    ['an insertion before', [domEdit('p', insertion('before', '<b>n</b> t'))], '<p>a</p>', '<b>n</b> t<p>a</p>'],
    ['an insertion after', [domEdit('p', insertion('after', 'n<b>m</b>'))], '<p>a</p>', '<p>a</p>n<b>m</b>'],
    ['an insertion at the start', [domEdit('p', insertion('prepend', '<b>n</b>'))], '<p>a</p>', '<p><b>n</b>a</p>'],
    ['an insertion at the end', [domEdit('p', insertion('append', '<b>n</b>'))], '<p>a</p>', '<p>a<b>n</b></p>'],
    [
      'an insertion beside each of several',
      [domEdit('p', insertion('after', '<p>n</p>'))],
      '<p>a</p><p>b</p>',
      '<p>a</p><p>n</p><p>b</p><p>n</p>',
    ],
    [
      'an insertion that its own selector finds',
      [domEdit('li:first-child', insertion('before', '<li>n</li>'))],
      '<ul><li>a</li></ul>',
      '<ul><li>n</li><li>a</li></ul>',
    ],
    [
      'a row of a table',
      [domEdit('tr', insertion('after', '<tr><td>n</td></tr>'))],
      '<table><tbody><tr><td>a</td></tr></tbody></table>',
      '<table><tbody><tr><td>a</td></tr><tr><td>n</td></tr></tbody></table>',
    ],
    ['a removal', [domEdit('.ad', { kind: 'remove' })], '<p>a</p><p class="ad">b</p>', '<p>a</p>'],
    [
      'a removal by position, for once',
      [domEdit('li:nth-child(1)', { kind: 'remove' })],
      '<ul><li>a</li><li>b</li><li>c</li></ul>',
      '<ul><li>b</li><li>c</li></ul>',
    ],
    [
      'a move',
      [domEdit('#b', { kind: 'rearrange', target: '#a', position: 'before' })],
      '<p id="a"></p><p id="b"></p>',
      '<p id="b"></p><p id="a"></p>',
    ],
    [
      'a move into the other',
      [domEdit('#b', { kind: 'rearrange', target: '#a', position: 'append' })],
      '<div id="b"></div><div id="a">x</div>',
      '<div id="a">x<div id="b"></div></div>',
    ],
    [
      'two edits of one element, in order',
      [domEdit('p', TEXT), domEdit('p', { kind: 'text', text: 'Last' })],
      '<p>a</p>',
      '<p>Last</p>',
    ],
    [
      'an edit on what another inserts',
      [domEdit('p', insertion('after', '<b>n</b>')), domEdit('b', TEXT)],
      '<p>a</p>',
      '<p>a</p><b>Ours</b>',
    ],
    [
      'no edit on what a later one inserts',
      [domEdit('b', TEXT), domEdit('p', insertion('after', '<b>n</b>'))],
      '<p>a</p>',
      '<p>a</p><b>n</b>',
    ],
  ]
  it.each(cases)('make %s', async (_, edits, body, edited) => {
    expect(await bodyOf(edits, body)).toBe(edited)
  })

  const keptCases = cases.filter(([name]) => !name.includes('removal'))
  it.each(keptCases)('make %s also where the page hydrates', async (_, edits, body, edited) => {
    expect(await bodyOf(edits, body, true)).toBe(edited)
  })

  it('hide what is to be removed where the page hydrates', async () => {
    expect(await bodyOf([domEdit('.ad', { kind: 'remove' })], '<p class="ad">b</p>', true)).toBe(
      '<p class="ad" style="display: none !important;">b</p>',
    )
  })

  const edgeCases = cases.filter(([name]) => !name.includes('removal by position') && !name.includes('on what another'))
  it.each(edgeCases)('leave %s alone that the Worker has made', async (_, edits, __, edited) => {
    expect(await bodyOf(edits, edited)).toBe(edited)
  })

  it('leave two insertions at one place alone that the Worker has made', async () => {
    const edits = [domEdit('p', insertion('after', '<b>1</b>')), domEdit('p', insertion('after', 'x<b>2</b>y'))]
    const edited = '<p>a</p>x<b>2</b>y<b>1</b>z'
    expect(await bodyOf(edits, edited)).toBe(edited)
    expect(await bodyOf(edits, edited, true)).toBe(edited)
  })

  it('leave the page alone where the selector is none, and go on', async () => {
    expect(await bodyOf([domEdit('p::-x(', TEXT), domEdit('b', TEXT)], '<p>a</p><b>b</b>')).toBe('<p>a</p><b>Ours</b>')
  })

  it('run code in its place, and go on when it throws or is not even JavaScript', async () => {
    const edits = [
      domEdit('p', insertion('append', '<i>1</i>')),
      codeEdit("document.querySelector('i').textContent += '2'", 'c', ['p']),
      codeEdit('throw new Error("author")'),
      codeEdit('this is not JavaScript'),
      codeEdit('document.title = "caf\u00e9 \u{1f600}"\u00a0// \u00e9'),
      domEdit('b', TEXT),
    ]
    const [first] = edits
    const named = [{ place: 'browser', edit: { ...first?.edit, id: 'p' } } as PlannedEdit, ...edits.slice(1)]
    const origin = await servePages({ '/': pageOf({ edits: named, body: '<p>a</p><b>b</b>' }) })
    const { page } = await chromium.open()
    await page.goto(origin)
    expect(await page.evaluate(() => document.body.innerHTML)).toContain('<p>a<i>12</i></p><b>Ours</b>')
    expect(await page.title()).toBe('caf\u00e9 \u{1f600}')
    expect(await page.evaluate(() => 'turnoutCode' in window)).toBe(false)
  })

  it('wait for a dependency, and are not made without it', async () => {
    const edits = [
      domEdit('#late', TEXT, { id: 'late' }),
      domEdit('p', { kind: 'attributes', set: [['title', 'x']] }, { dependencies: ['late'] }),
      domEdit('p', { kind: 'attributes', set: [['lang', 'x']] }, { dependencies: ['never'] }),
      domEdit('#none', TEXT, { id: 'never' }),
    ]
    expect(await bodyOf(edits, '<p>a</p><b id="late">b</b>')).toBe('<p title="x">a</p><b id="late">Ours</b>')
  })

  async function openSlow(edits: readonly PlannedEdit[]) {
    const parts = ['<h1>Old', ' one</h1><p>p</p><ul><li>1</li>', '<li>2</li></ul><p>q</p>']
    const origin = await servePages({
      '/': async (_, response) => {
        response.setHeader('content-type', 'text/html; charset=utf-8')
        for (const part of [startOf({ edits, body: '' }), ...parts]) {
          response.write(part)
          await wait(300)
        }
        response.end('<p>end</p>')
      },
    })
    const opened = await chromium.open()
    await opened.page.goto(origin, { waitUntil: 'commit' })
    return opened
  }

  it('are made before the rest of a slow page has come, without a shift', async () => {
    const edits = [
      domEdit('h1', { kind: 'text', text: 'A much longer heading of ours '.repeat(20) }),
      domEdit('ul', insertion('append', '<li>n</li>')),
    ]
    const { page, problems } = await openSlow(edits)
    await page.waitForSelector('p')
    expect(await page.textContent('h1')).toContain('of ours')
    expect(await page.evaluate(() => document.readyState)).toBe('loading')
    await page.waitForLoadState()
    expect(await page.innerHTML('ul')).toBe('<li>1</li><li>2</li><li>n</li>')
    expect(await layoutShift(page)).toBe(0)
    expect(problems).toEqual([])
  })

  it('are in their order also where one has to wait for the whole page', async () => {
    const edits = [domEdit('li:last-child', TEXT), domEdit('ul', insertion('append', '<li>n</li>'))]
    const { page } = await openSlow(edits)
    await page.waitForLoadState()
    expect(await page.innerHTML('ul')).toBe('<li>1</li><li>Ours</li><li>n</li>')
  })

  it('work under a policy with a nonce that forbids style attributes', async () => {
    const edits = [
      codeEdit('document.documentElement.lang = "x"'),
      domEdit('p', { kind: 'style', declarations: [['color', 'rgb(1, 2, 3)']], replaces: false }),
      domEdit('b', { kind: 'remove' }),
    ]
    const origin = await servePages({
      '/': (_, response) => {
        response.setHeader(
          'content-security-policy',
          "default-src 'none'; img-src data:; script-src 'nonce-abc'; style-src 'self'",
        )
        sendHtml(response, pageOf({ edits, nonce: 'abc', hydrates: true, body: '<p>a</p><b>b</b>' }))
      },
    })
    const { page, problems } = await chromium.open()
    await page.goto(origin)
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('p') as Element).color)).toBe(
      'rgb(1, 2, 3)',
    )
    expect(await page.isVisible('b')).toBe(false)
    expect(await page.getAttribute('html', 'lang')).toBe('x')
    expect(problems).toEqual([])
  })

  it('end with the load of a page that nobody renders again', async () => {
    const origin = await servePages({ '/': pageOf({ edits: [domEdit('p', TEXT)], body: '<p>a</p>' }) })
    const { page } = await chromium.open()
    await page.goto(origin)
    await page.evaluate(
      "document.querySelector('p').textContent = 'b'; document.body.append(document.createElement('p'))",
    )
    expect(await page.locator('p').allTextContents()).toEqual(['b', ''])
  })

  it('leave the page as it is in a browser that lacks what they need', async () => {
    const origin = await servePages({ '/': pageOf({ edits: [domEdit('p', TEXT)], body: '<p>a</p>' }) })
    const { page, problems } = await chromium.open()
    await page.addInitScript('delete window.MutationObserver')
    await page.goto(origin)
    expect(await page.textContent('p')).toBe('a')
    expect(problems).toEqual([])
  })
})
