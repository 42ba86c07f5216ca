import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { answeredEdits } from '../../src/pages/browser/page-edits.ts'
import type { PlannedEdit } from '../../src/pages/plan/page.ts'
import type { PageAnswer } from '../../src/protocol/page.ts'
import { inChromium } from './chromium.ts'
import { codeEdit, domEdit, pageOf, servePages } from './serve-pages.ts'

const PLAN_URL = '/_turnout/v1/page'

const HEADER = domEdit('header', { kind: 'text', text: 'Our header' })
const ON_HOME: readonly PlannedEdit[] = [
  HEADER,
  domEdit('header', { kind: 'attributes', set: [['title', 'home']] }),
  domEdit('header', { kind: 'style', declarations: [['color', 'red']], replaces: false }),
  domEdit('header', { kind: 'insert', position: 'after', html: '<i>home</i>' }),
  domEdit('#move', { kind: 'rearrange', target: 'header', position: 'before' }),
  domEdit('#gone', { kind: 'remove' }),
]
const ON_CART: readonly PlannedEdit[] = [
  domEdit('h1', { kind: 'text', text: 'Our cart' }),
  codeEdit('document.title = "cart"'),
]

const BODY = '<header>Header</header><h1>Home</h1><p id="gone">gone</p><p id="move">move</p>'
const HOME =
  '<p id="move">move</p><header title="home" style="color: red;">Our header</header><i>home</i><h1>Home</h1><p id="gone" style="display: none !important;">gone</p>'

const NO_PLAN: PageAnswer = {
  edits: [],
  css: '',
  redirect: null,
  hydrates: true,
  clientNavigation: true,
  decisions: [],
  leftAlone: null,
  cookies: [],
  cacheTag: null,
}

const PLANS: Readonly<Record<string, Partial<PageAnswer>>> = {
  '/': { edits: answeredEdits(ON_HOME, null) },
  '/cart': { edits: answeredEdits(ON_CART, null), css: 'h1{color:rgb(1,2,3)}' },
  '/moved': { redirect: '/target' },
}

/** What the app itself does: first the URL, then what is on the page. */
function go(page: Page, path: string, title: string): Promise<void> {
  return page.evaluate(
    ([to, text]) => {
      history.pushState(null, '', to)
      const h1 = document.querySelector('h1')
      if (h1 !== null) h1.textContent = text
    },
    [path, title] as const,
  )
}

inChromium('A page that changes its URL by itself', (chromium) => {
  async function open(edits: readonly PlannedEdit[], before = '') {
    const asked: string[] = []
    const origin = await servePages({
      '/': pageOf({ edits, hydrates: true, navigation: { planUrl: PLAN_URL }, body: `<main>${BODY}</main>` }),
      [PLAN_URL]: async (request, response) => {
        const { pathname, search } = new URL(new URL(`http://a${request.url}`).searchParams.get('url') ?? '')
        asked.push(pathname + search)
        if (pathname === '/slow') await wait(500)
        response.statusCode = pathname === '/broken' ? 500 : 200
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...NO_PLAN, ...PLANS[pathname] }))
      },
      '/target': 'target',
    })
    const opened = await chromium.open()
    await opened.page.addInitScript(before)
    await opened.page.goto(origin)
    return { ...opened, asked }
  }

  describe.each([
    ['with the Navigation API', ''],
    ['without it', 'delete window.navigation'],
  ])('%s', (_, before) => {
    it('gets the edits of the page that it goes to, and loses those of the one it left', async () => {
      const { page, asked, problems } = await open(ON_HOME, before)
      expect(await page.innerHTML('main')).toBe(HOME)
      await go(page, '/cart', 'Cart')
      await page.waitForFunction("document.querySelector('h1').textContent === 'Our cart'")
      expect(await page.innerHTML('main')).toBe(
        '<header style="">Header</header><h1>Our cart</h1><p id="gone" style="">gone</p><p id="move">move</p>',
      )
      expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).color")).toBe('rgb(1, 2, 3)')
      expect(await page.title()).toBe('cart')
      await page.goBack()
      await page.waitForSelector('i')
      expect(await page.innerHTML('main')).toBe(
        HOME.replace('title="home" style="color: red;"', 'style="color: red;" title="home"').replace('Home', 'Cart'),
      )
      expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).color")).toBe('rgb(0, 0, 0)')
      expect(asked).toEqual(['/cart', '/'])
      expect(problems).toEqual([])
    })
  })

  it('gets edits also when it came without any', async () => {
    const { page } = await open([])
    await go(page, '/cart', 'Cart')
    await page.waitForFunction("document.querySelector('h1').textContent === 'Our cart'")
  })

  it('gets its edits also when the app renders later than the plan comes', async () => {
    const { page } = await open([])
    await page.evaluate("history.pushState(null, '', '/cart')")
    await page.waitForFunction("document.querySelector('h1').textContent === 'Our cart'")
    await page.evaluate("document.querySelector('h1').textContent = 'Cart'")
    expect(await page.textContent('h1')).toBe('Our cart')
  })

  it('asks neither for a hash nor for the same URL, and for each other once', async () => {
    const { page, asked } = await open([])
    await page.evaluate(`
      history.pushState(null, '', '#a')
      history.replaceState({}, '')
      history.pushState(null, '', '?q=1')
    `)
    await page.waitForTimeout(200)
    expect(asked).toEqual(['/?q=1'])
  })

  it('drops a plan that came too late', async () => {
    const { page } = await open([])
    await go(page, '/slow', 'Slow')
    await go(page, '/cart', 'Cart')
    await page.waitForTimeout(700)
    expect(await page.textContent('h1')).toBe('Our cart')
  })

  it('is left as the app has it when the plan cannot be had', async () => {
    const { page } = await open([HEADER])
    await go(page, '/broken', 'Broken')
    await page.waitForFunction("document.querySelector('header').textContent === 'Header'")
    expect(await page.textContent('h1')).toBe('Broken')
  })

  it('follows a redirect of the plan', async () => {
    const { page } = await open([])
    await go(page, '/moved', 'Moved')
    await page.waitForURL('**/target')
  })

  it('leaves on the page what the app has changed since', async () => {
    const { page } = await open([HEADER])
    await page.evaluate("document.querySelector('header').textContent = 'Signed in'")
    await go(page, '/other', 'Other')
    await page.waitForTimeout(200)
    expect(await page.textContent('header')).toBe('Signed in')
  })

  it('gets its edits also in a browser that knows no style sheets without an element', async () => {
    const { page, problems } = await open([], 'delete window.CSSStyleSheet')
    await go(page, '/cart', 'Cart')
    await page.waitForFunction("document.querySelector('h1').textContent === 'Our cart'")
    expect(problems).toEqual([])
  })
})
