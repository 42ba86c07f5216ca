import { createContext, Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { pageScriptFile } from '../../src/pages/browser/page-script-file.ts'
import { NO_PLAN } from '../../src/pages/plan/page.ts'
import { experimentOn, type Fields, planOf, redirectTo, textOf } from '../pages/plan/site.ts'

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
