import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Operation, PlannedEdit } from '../../src/pages/plan/page.ts'
import { inChromium } from './chromium.ts'
import { domEdit, pageOf, servePages } from './serve-pages.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The app, rendered on the server and hydrated; `update(state)` renders it again. */
interface App {
  readonly html: string
  readonly script: string
}

interface State {
  readonly title: string
  readonly items: readonly string[]
  readonly key: number
}

const STATE: State = { title: 'App title', items: ['One', 'Two'], key: 0 }

async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
  })
  return outputFiles[0]?.text ?? ''
}

const SERVER_HTML =
  '<main><h1 class="hero">App title</h1><p id="intro">Hello <b>you</b></p><div id="promo">Promo</div><ul><li>One</li><li>Two</li></ul></main>'

async function reactApp(): Promise<App> {
  const script = await bundled(`
    import { createElement as h, useState } from 'react'
    import { flushSync } from 'react-dom'
    import { hydrateRoot } from 'react-dom/client'
    function App() {
      const [state, setState] = useState(${JSON.stringify(STATE)})
      self.update = (next) => flushSync(() => setState({ ...state, ...next }))
      return h('main', { key: state.key },
        h('h1', { className: 'hero' }, state.title),
        h('p', { id: 'intro' }, 'Hello ', h('b', null, 'you')),
        state.promo !== false && h('div', { id: 'promo' }, 'Promo'),
        h('ul', null, state.items.map((item) => h('li', { key: item }, item))))
    }
    self.hydrate = () => hydrateRoot(document.getElementById('root'), h(App), { onRecoverableError() { self.recovered = true } })`)
  return { html: SERVER_HTML, script }
}

async function vueApp(): Promise<App> {
  const script = await bundled(`
    import { createSSRApp, h, reactive, nextTick } from 'vue'
    const state = reactive(${JSON.stringify(STATE)})
    self.update = async (next) => { Object.assign(state, next); await nextTick() }
    const app = createSSRApp({ render: () => h('main', { key: state.key }, [
      h('h1', { class: 'hero' }, state.title),
      h('p', { id: 'intro' }, ['Hello ', h('b', 'you')]),
      state.promo !== false ? h('div', { id: 'promo' }, 'Promo') : null,
      h('ul', state.items.map((item) => h('li', { key: item }, item)))]) })
    app.config.warnHandler = () => {}
    self.hydrate = () => app.mount('#root')`)
  // Vue renders a comment where nothing is, and nothing else differs here.
  return { html: SERVER_HTML, script }
}

const EDITS: readonly PlannedEdit[] = [
  domEdit('h1', { kind: 'text', text: 'Our title' }),
  domEdit('h1', { kind: 'attributes', set: [['class', 'hero bold']] }),
  domEdit('#intro', { kind: 'insert', position: 'after', html: '<p class="ours">Inserted</p>' }),
  domEdit('ul', { kind: 'insert', position: 'append', html: '<li class="ours">Three</li>' }),
  domEdit('#promo', { kind: 'remove' }),
]

/** As the Worker would have sent it. */
const EDGE_HTML = SERVER_HTML.replace('class="hero">App title', 'class="hero bold">Our title')
  .replace('</p>', '</p><p class="ours">Inserted</p>')
  .replace('</ul>', '<li class="ours">Three</li></ul>')
  .replace('<div id="promo">Promo</div>', '')

const EDITED = { title: 'Our title', class: 'hero bold', ours: ['Inserted', 'Three'], promo: false }

function shown(page: Page): Promise<unknown> {
  return page.evaluate(() => ({
    title: document.querySelector('h1')?.textContent,
    class: document.querySelector('h1')?.className,
    ours: [...document.querySelectorAll('.ours')].map((element) => element.textContent),
    promo: document.querySelector('#promo')?.checkVisibility() ?? false,
  }))
}

const HYDRATED = `requestAnimationFrame(() => { hydrate(); setTimeout(() => { self.isHydrated = true }, 100) })`

/** Calls of the app's own functions, that its bundle puts on the window. */
function call(page: Page, code: string): Promise<unknown> {
  return page.evaluate(code)
}

inChromium('A page that a framework renders', (chromium) => {
  async function open(app: App, edits: readonly PlannedEdit[], html: string, hydrates = true) {
    const body = `<div id="root">${html}</div><script>${app.script}</script><script>${HYDRATED}</script>`
    const origin = await servePages({ '/': pageOf({ edits, hydrates, body }) })
    const opened = await chromium.open()
    await opened.page.goto(origin)
    await opened.page.waitForFunction('self.isHydrated')
    return opened
  }

  describe.each([
    ['React 19', reactApp, []],
    ['Vue 3.5', vueApp, ['Hydration completed but contains mismatches.']],
  ] as const)('%s', (_, makeApp, ownWords) => {
    it('keeps what the script has edited, through hydration', async () => {
      const { page, problems } = await open(await makeApp(), EDITS, SERVER_HTML)
      expect(await shown(page)).toEqual(EDITED)
      expect(problems).toEqual(ownWords)
    })

    it('keeps what the Worker has edited, through hydration', async () => {
      const { page } = await open(await makeApp(), EDITS, EDGE_HTML)
      expect(await shown(page)).toEqual(EDITED)
    })

    it('keeps its edits when it is all rendered anew, before anything is painted', async () => {
      const { page, problems } = await open(await makeApp(), EDITS, SERVER_HTML)
      const atOnce = await page.evaluate(`(async () => {
        await update({ key: 1 })
        await Promise.resolve()
        return document.querySelector('h1').textContent
      })()`)
      expect(atOnce).toBe('Our title')
      expect(await shown(page)).toEqual(EDITED)
      await call(page, 'update({ key: 2 })')
      expect(await shown(page)).toEqual(EDITED)
      expect(problems).toEqual(ownWords)
    })

    it('keeps its own when it has something new to say, for good', async () => {
      const { page, problems } = await open(await makeApp(), EDITS, SERVER_HTML)
      await call(page, 'update({ title: "Sold out" })')
      expect(await shown(page)).toEqual({ ...EDITED, title: 'Sold out' })
      await call(page, 'update({ title: "App title" })')
      expect(await shown(page)).toEqual({ ...EDITED, title: 'App title' })
      expect(problems).toEqual(ownWords)
    })

    it('keeps its own when it is rendered anew with something new to say', async () => {
      const { page } = await open(await makeApp(), EDITS, SERVER_HTML)
      await call(page, 'update({ title: "Sold out", key: 3 })')
      expect(await shown(page)).toEqual({ ...EDITED, title: 'Sold out' })
    })

    it('can take away and bring back what was edited', async () => {
      const edits = [
        ...EDITS,
        domEdit('#promo', { kind: 'rearrange', target: 'h1', position: 'before' }),
        domEdit('#intro', { kind: 'text', text: 'Ours' }),
      ]
      const { page, problems } = await open(await makeApp(), edits, SERVER_HTML)
      await call(page, 'update({ promo: false })')
      await call(page, 'update({ promo: true, items: ["Zero", "One"] })')
      await call(page, 'update({ key: 4 })')
      expect(await shown(page)).toEqual(EDITED)
      expect(await page.locator('#root li').allTextContents()).toEqual(['Zero', 'One', 'Three'])
      expect(await page.textContent('#intro')).toBe('Ours')
      expect(await page.evaluate(() => document.querySelector('h1')?.previousElementSibling?.id)).toBe('promo')
      expect(problems).toEqual(ownWords)
    })

    it('is left to itself where the page says that nothing hydrates', async () => {
      const text: Operation = { kind: 'text', text: 'Our title' }
      const { page } = await open(await makeApp(), [domEdit('h1', text)], SERVER_HTML, false)
      await call(page, 'update({ key: 5 })')
      expect(await page.textContent('h1')).toBe('App title')
    })
  })

  it('may be one whose whole document React renders', async () => {
    const edits = [domEdit('h1', { kind: 'text', text: 'Our title' }), ...EDITS.slice(2, 3)]
    const script = await bundled(`
      import { createElement as h } from 'react'
      import { hydrateRoot } from 'react-dom/client'
      const App = () => h('html', null,
        h('head', null, h('meta', { charSet: 'utf-8' })),
        h('body', null, h('h1', null, 'App title'), h('p', { id: 'intro' }, 'Hello')))
      self.hydrate = () => hydrateRoot(document, h(App), { onRecoverableError() {} })`)
    const head = `<style data-turnout>h1{color:rgb(1,2,3)}</style><script>${script}</script>`
    const body = `<h1>App title</h1><p id="intro">Hello</p><script>${HYDRATED}</script>`
    const origin = await servePages({ '/': pageOf({ edits, hydrates: true, head, body }) })
    const { page, problems } = await chromium.open()
    await page.goto(origin)
    await page.waitForFunction('self.isHydrated')
    expect(await page.locator('h1, p').allTextContents()).toEqual(['Our title', 'Hello', 'Inserted'])
    expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).color")).toBe('rgb(1, 2, 3)')
    expect(problems).toEqual([])
  })

  const kinds: readonly [kind: string, edit: PlannedEdit, isRecovered: boolean][] = [
    ['attributes', domEdit('h1', { kind: 'attributes', set: [['class', 'x']] }), false],
    ['style', domEdit('h1', { kind: 'style', declarations: [['color', 'red']], replaces: false }), false],
    ['removal', domEdit('#promo', { kind: 'remove' }), false],
    ['text', domEdit('h1', { kind: 'text', text: 'x' }), true],
    ['html', domEdit('h1', { kind: 'html', html: '<i>x</i>' }), true],
    ['insertion', domEdit('h1', { kind: 'insert', position: 'after', html: '<i>x</i>' }), true],
    ['move', domEdit('#promo', { kind: 'rearrange', target: 'h1', position: 'before' }), true],
  ]
  it.each(kinds)('is thrown away and rendered anew by React for an edit or not: %s', async (_, edit, isRecovered) => {
    const { page, problems } = await open(await reactApp(), [edit], SERVER_HTML)
    expect(await page.evaluate('self.recovered === true')).toBe(isRecovered)
    expect(problems).toEqual([])
  })
})
