/** What is accepted as CSS, beside what Chromium makes of it: `test/pages/plan` says which texts these are. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isSelector } from '../../src/pages/plan/selector-syntax.ts'
import { experimentOn, type Fields, issuesOf } from '../pages/plan/site.ts'
import { inChromium } from './chromium.ts'

const seed = 20_261_124
const CASES = 6_000

/** So many texts made of these parts, those that are accepted. */
function accepted(parts: readonly string[], isAccepted: (text: string) => boolean): string[] {
  const text = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 9 }).map((chosen) => chosen.join(''))
  return [...new Set(fc.sample(text, { seed, numRuns: CASES }))].filter(isAccepted)
}

function isAcceptedChange(change: Fields): boolean {
  return issuesOf({ experiments: [experimentOn('e1', [change])] }).errors.length === 0
}

const SELECTOR_PARTS = [
  ...['a', 'li', '*', '#x', '.y', '.', '#', '-', '--', '1', 'ä', '\\31 ', '\\', '|', '*|', '&', '!', '/*', '*/'],
  ...['[a]', '[', ']', '[a="b"]', "[a^='b' i]", '=', '~=', '"', "'", '\n', ' ', '  ', ',', '>', '+', '~', ' > '],
  ...[':hover', ':not(', ':is(', ':has(', ':where(', ':nth-child(', '2n+1', 'odd', ' of ', ')', '(', ':', '::'],
  ...['before', ':lang(de)', ':first-child', ':root', ':nth-last-of-type(-n + 3)', ':host(', 'x:y', ':empty'],
]

/** Of pseudo-classes that Chromium does not know, it has to say so itself: others may. */
function hasKnownNames(selector: string): boolean {
  const names = [...selector.matchAll(/:((?:[\w-]|[^\0-\x7f]|\\.)+)/g)].map(([, name]) => name)
  return names.every((name) =>
    /^(?:hover|not|is|has|where|nth-child|lang|first-child|root|nth-last-of-type|host|empty)$/.test(name ?? ''),
  )
}

const CSS_PARTS = [
  ...['red', '1px', 'var(--a)', 'url(', 'url("', 'url(a)', 'URL(', 'u', 'rl(', '\\75rl(', '\\75 ', '(', ')', '[', ']'],
  ...['"', "'", '\\', '\\"', '/*', '*/', '/', '*', ';', ':', ',', ' ', '!', '!important', '<!--', '-->', '@', '#', '.'],
  ...['}', '{', '--b:2', 'calc(1px + ', '\n', 'data:x', '%', '\\a ', 'a', '@media x', '@import "a"', '{}', 'b{c:d}'],
]

inChromium('what is accepted', (chromium) => {
  it('as a selector never throws in a browser', async () => {
    const selectors = accepted(SELECTOR_PARTS, (text) => isSelector(text) && hasKnownNames(text))
    const { page } = await chromium.open()
    const refused = await page.evaluate(
      (texts) =>
        texts.filter((text) => {
          try {
            document.querySelector(text)
            return false
          } catch {
            return true
          }
        }),
      selectors,
    )
    expect(refused).toEqual([])
    expect(selectors.length).toBeGreaterThan(200)
  })

  it('as the value of a declaration leaves neither a style attribute nor a rule', async () => {
    const values = accepted(CSS_PARTS, (value) =>
      isAcceptedChange({ type: 'attribute', selector: 'a', css: { '--x': value } }),
    )
    const { page } = await chromium.open()
    const broken = await page.evaluate((texts) => {
      const element = document.createElement('p')
      return texts.filter((text) => {
        element.setAttribute('style', `--x:${text};--probe:1`)
        const sheet = new CSSStyleSheet()
        sheet.replaceSync(`a{--x:${text};--probe:1}b{--probe:2}`)
        const probes = [...sheet.cssRules].map((rule) => (rule as CSSStyleRule).style.getPropertyValue('--probe'))
        return element.style.getPropertyValue('--probe') !== '1' || probes.join() !== '1,2'
      })
    }, values)
    expect(broken).toEqual([])
    expect(values.length).toBeGreaterThan(200)
  })

  it('as a style sheet does not change what the next one says', async () => {
    const sheets = accepted(CSS_PARTS, (value) => isAcceptedChange({ type: 'custom_css', value }))
    const { page } = await chromium.open()
    const broken = await page.evaluate(
      (texts) =>
        texts.filter((text) => {
          const sheet = new CSSStyleSheet()
          sheet.replaceSync(`${text}\n}.first{}\n.probe{--probe:1}`)
          const last = sheet.cssRules[sheet.cssRules.length - 1] as CSSStyleRule | undefined
          return last?.selectorText !== '.probe' || last.style.getPropertyValue('--probe') !== '1'
        }),
      sheets,
    )
    expect(broken).toEqual([])
    expect(sheets.length).toBeGreaterThan(200)
  })
})
