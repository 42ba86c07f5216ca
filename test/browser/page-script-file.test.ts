import { createContext, Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { pageScriptFile } from '../../src/pages/browser/page-script-file.ts'
import { NO_PLAN } from '../../src/pages/plan/page.ts'
import { experimentOn, type Fields, planOf, redirectTo, textOf } from '../pages/plan/site.ts'
import { inChromium, type OpenPage } from './chromium.ts'
import { servePages } from './serve-pages.ts'

const INSERTION = { type: 'insert_html', selector: '#cta', operator: 'before', value: '</script><p>“Free”</p>' }
const CODE = { id: 'c', type: 'custom_code', value: 'self.seen = "ü"' }

function fileOf(changes: readonly Fields[], hydrates = true): string {
  const home = {
    id: 'home',
    key: 'home',
    hydrates,
    conditions: ['or', { type: 'url', match: 'substring', value: '/' }],
  }
  return pageScriptFile(planOf({ pages: [home], experiments: [experimentOn('e', changes)] }))
}

describe('the script of a page that no Worker has edited', () => {
  it.each<[about: string, changes: readonly Fields[]]>([
    ['text', [textOf('Buy once.')]],
    ['attributes and style', [textOf('x', { attributes: { class: 'a', hide: true }, css: { color: 'red' } })]],
    ['HTML', [INSERTION]],
    ['a removal', [textOf('x', { attributes: { remove: true } })]],
    ['a move', [{ type: 'rearrange', selector: '#a', insertSelector: '#b', operator: 'after' }]],
    ['code', [CODE]],
    ['what waits for code', [CODE, { ...INSERTION, dependencies: ['c'] }]],
    ['a style sheet', [{ type: 'custom_css', value: 'h1::after{content:"</p>“"}' }]],
    ['everything', [textOf('Buy once.'), INSERTION, CODE, { type: 'custom_css', value: 'h1{color:red}' }]],
  ])('is JavaScript in ASCII, for %s', (_, changes) => {
    const files = [fileOf(changes), fileOf(changes, false)]
    expect(files.map((file) => file !== '' && /^[\n\t -~]*$/.test(file))).toEqual([true, true])
    expect(files.map((file) => new Script(file))).toHaveLength(2)
  })

  it('makes edits of the edge itself', () => {
    expect(fileOf([textOf('Buy once.')])).toContain('"Buy once."')
  })

  it('is empty where nothing is to happen', () => {
    expect(pageScriptFile(NO_PLAN)).toBe('')
  })

  it('leads elsewhere, to an address that is nothing but one', () => {
    const plan = planOf(
      { experiments: [experimentOn('e', [redirectTo('https://shop.example/new', { preserveParameters: true })])] },
      { url: 'https://shop.example/?a="-alert(1)-"&b=</script>&c=\u2028' },
    )
    const reached: string[] = []
    const context = createContext({ location: { replace: (url: string) => reached.push(url) } })
    new Script(pageScriptFile(plan)).runInContext(context)
    expect(reached).toEqual([plan.redirect])
  })
})

inChromium('The script of a page that no Worker has edited', (chromium) => {
  async function visit(file: string): Promise<OpenPage> {
    const origin = await servePages({
      '/': '<!doctype html><head><link rel=icon href=data:,><script src=/page.js></script></head><h1>Old</h1><p id=cta>Buy</p>',
      '/page.js': (_, response) => void response.setHeader('content-type', 'text/javascript').end(file),
      '/new': '<!doctype html><head><link rel=icon href=data:,></head><h1>New</h1>',
    })
    const opened = await chromium.open()
    await opened.page.goto(origin, { waitUntil: 'networkidle' })
    return opened
  }

  it('makes every change', async () => {
    const changes = [textOf('Buy once.'), CODE, { ...INSERTION, value: '<b>Free</b>', dependencies: ['c'] }]
    const { page, problems } = await visit(fileOf([...changes, { type: 'custom_css', value: 'h1{color:rgb(1,2,3)}' }]))
    expect(await page.evaluate(() => document.body.innerHTML)).toBe('<h1>Buy once.</h1><b>Free</b><p id="cta">Buy</p>')
    expect(await page.evaluate(() => getComputedStyle(document.body.children[0] as Element).color)).toBe('rgb(1, 2, 3)')
    expect(await page.evaluate(() => Reflect.get(self, 'seen'))).toBe('ü')
    expect(problems).toEqual([])
  })

  it('leads elsewhere', async () => {
    const { page, problems } = await visit(pageScriptFile({ ...NO_PLAN, redirect: 'about:blank#new' }))
    await page.waitForURL('about:blank#new')
    expect(problems).toEqual([])
  })
})
