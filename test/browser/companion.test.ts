import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { PlannedEdit } from '../../src/pages/plan/page.ts'
import { inChromium } from './chromium.ts'
import { domEdit, pageOf, servePages } from './serve-pages.ts'

const TEXT = domEdit('h1', { kind: 'text', text: 'Ours' })
const INSERTION = domEdit('h1', { kind: 'insert', position: 'after', html: '<p class="ours">x</p>' })

inChromium('The companion', (chromium) => {
  async function open(edits: readonly PlannedEdit[], body: string, head = ''): Promise<Page> {
    const origin = await servePages({ '/': pageOf({ edits, hydrates: true, body, head }) })
    const { page } = await chromium.open()
    await page.goto(origin)
    return page
  }

  it.each([
    [
      'in its own observer',
      'new MutationObserver(set).observe(document, { childList: true, subtree: true, characterData: true })',
    ],
    ['on a timer', 'setInterval(set)'],
  ])('gives up an edit that the app keeps reverting %s, and no other', async (_, fight) => {
    const body = `<h1>Old</h1><p>Old</p><script>
      self.sets = 0
      function set() {
        const h1 = document.querySelector('h1')
        if (h1.textContent !== 'Old') { h1.textContent = 'Old'; self.sets++ }
      }
      ${fight}</script>`
    const page = await open([TEXT, domEdit('p', { kind: 'text', text: 'Ours' })], body)
    await page.evaluate("document.querySelector('h1').firstChild.data = 'Old'")
    await page.waitForFunction('self.sets >= 20', null, { timeout: 5000 })
    await page.waitForTimeout(300)
    expect(await page.textContent('h1')).toBe('Old')
    expect(await page.evaluate('self.sets')).toBeLessThan(30)
    await page.evaluate("document.querySelector('p').textContent = 'Old'")
    expect(await page.textContent('p')).toBe('Ours')
  })

  it('gives up an edit whose element the app keeps replacing', async () => {
    const body = `<h1>Old</h1><script>
      self.sets = 0
      new MutationObserver(() => {
        if (document.querySelector('h1').textContent === 'Ours') {
          document.querySelector('h1').outerHTML = '<h1>Old</h1>'
          self.sets++
        }
      }).observe(document, { childList: true, subtree: true })</script>`
    const page = await open([TEXT], body)
    await page.evaluate("document.querySelector('h1').outerHTML = '<h1>Old</h1>'")
    await page.waitForFunction('self.sets >= 20', null, { timeout: 5000 })
    await page.waitForTimeout(300)
    expect(await page.textContent('h1')).toBe('Old')
    expect(await page.evaluate('self.sets')).toBeLessThan(30)
  })

  it('puts an insertion back once, and takes the second time for the will of the visitor', async () => {
    const page = await open([INSERTION], '<h1>a</h1>')
    await page.evaluate("document.querySelector('.ours').remove()")
    expect(await page.locator('.ours').count()).toBe(1)
    await page.evaluate("document.querySelector('.ours').remove()")
    expect(await page.locator('.ours').count()).toBe(0)
  })

  it('does not leave an insertion behind whose element has gone, nor make two of it', async () => {
    const page = await open([INSERTION], '<main><h1>a</h1></main>')
    await page.evaluate("document.querySelector('h1').remove()")
    expect(await page.locator('.ours').count()).toBe(0)
    await page.evaluate("document.querySelector('main').innerHTML = '<i>b</i><h1>a</h1>'")
    expect(await page.innerHTML('main')).toBe('<i>b</i><h1>a</h1><p class="ours">x</p>')
  })

  it('edits elements that come later, as a list that grows or an island that a script fills', async () => {
    const edits = [domEdit('.price', { kind: 'text', text: 'Ours' })]
    const page = await open(edits, '<main></main>')
    for (const price of ['1', '2', '3']) {
      await page.evaluate(
        `document.querySelector('main').insertAdjacentHTML('beforeend', '<b class="price">${price}</b>')`,
      )
    }
    expect(await page.locator('.price').allTextContents()).toEqual(['Ours', 'Ours', 'Ours'])
  })

  it('keeps the style of the page that the Worker has put in the head', async () => {
    const page = await open([TEXT], '<h1>a</h1>', '<style data-turnout>h1{color:rgb(1,2,3)}</style>')
    await page.evaluate("document.querySelector('style').remove()")
    expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).color")).toBe('rgb(1, 2, 3)')
  })

  it('keeps attributes and declarations each by itself', async () => {
    const edits = [
      domEdit('a', {
        kind: 'attributes',
        set: [
          ['class', 'ours'],
          ['href', '/ours'],
        ],
      }),
      domEdit('a', {
        kind: 'style',
        declarations: [
          ['color', 'red'],
          ['top', '1px'],
        ],
        replaces: false,
      }),
    ]
    const page = await open(edits, '<a class="app" href="/app" style="color: blue">a</a>')
    await page.evaluate(`{
      const a = document.querySelector('a')
      a.className = 'app'
      a.href = '/new'
      a.style.color = 'blue'
      a.style.top = '2px'
    }`)
    expect(await page.innerHTML('body')).toBe('<a class="ours" href="/new" style="color: red; top: 2px;">a</a>')
  })

  it('does not touch the page while nothing of its own has changed', async () => {
    const page = await open([TEXT, INSERTION], '<h1>a</h1><b>b</b>')
    const mutations = await page.evaluate(`new Promise((resolve) => {
      let count = 0
      new MutationObserver((records) => { count += records.length })
        .observe(document, { childList: true, subtree: true, characterData: true, attributes: true })
      for (let i = 0; i < 50; i++) setTimeout(() => document.querySelector('b').append('x'), i)
      setTimeout(() => resolve(count), 300)
    })`)
    expect(mutations).toBe(50)
  })

  it('leaves another page of the app alone', async () => {
    const page = await open([TEXT], '<h1>a</h1>')
    await page.evaluate("history.pushState(null, '', '/other'); document.querySelector('h1').outerHTML = '<h1>a</h1>'")
    expect(await page.textContent('h1')).toBe('a')
  })
})
