/** F35 Our script fails, or the browser lacks what it uses: the page is as the origin meant it, and goes on. */
import { expect, it } from 'vitest'
import { experimentDatafile } from '../proxy/experiment.ts'
import { startSite } from '../proxy/worker.ts'
import { endAfterAll } from '../support/end-after-all.ts'
import { inChromium } from './chromium.ts'

/** The page's own script changes its heading when it is done. */
const PAGE = `<!doctype html><html><head><title>Shop</title><link rel=icon href=data:,></head><body>
<h1 class="hero">Mugs</h1><p id="cta">Buy</p><script>self.own = 'ran'; document.title = 'Shop of mugs'</script></body></html>`

const CHANGES = [
  { type: 'attribute', selector: 'h1.hero', attributes: { class: 'hero bold' } },
  { type: 'custom_code', value: 'throw new Error("of the variation")' },
  { type: 'custom_code', value: 'self.after = "ran"' },
  { type: 'attribute', selector: 'body > p:nth-child(2)', attributes: { text: 'Order' } },
  { type: 'custom_css', value: '.hero{letter-spacing:1px}' },
]

/** Names that a browser may not have, each given away before the page begins. */
const LACKING = [
  'MutationObserver',
  'requestAnimationFrame',
  'queueMicrotask',
  'Promise',
  'WeakMap',
  'Set',
  'Symbol',
  'history',
  'fetch',
  'URL',
  'addEventListener',
  'Proxy',
  'navigation',
  'customElements',
]

inChromium('F35 a page whose script fails', ({ open }) => {
  const pages = [
    {
      id: 'p1',
      key: 'shop',
      clientNavigation: true,
      conditions: ['or', { type: 'url', match: 'substring', value: '/' }],
    },
  ]
  const whenDone = endAfterAll()
  const started = startSite(whenDone, { datafile: experimentDatafile({ changes: CHANGES, datafile: { pages } }) })

  async function visit(init?: string) {
    const site = await started
    site.origin.on('/shop', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE)
    })
    const { page, problems } = await open()
    if (init !== undefined) await page.addInitScript(init)
    await page.goto(`${site.workerd.url}/shop`)
    return { page, problems }
  }

  it('has the changes that do not throw, and all of its own', async () => {
    const { page } = await visit()
    await page.waitForFunction("document.querySelector('#cta').textContent === 'Order'")
    expect(await page.evaluate('[self.own, self.after, document.title]')).toEqual(['ran', 'ran', 'Shop of mugs'])
    expect(await page.getAttribute('h1', 'class')).toBe('hero bold')
  })

  it.each(LACKING)('has what its origin gave it in a browser without %s', async (name) => {
    const { page } = await visit(`try { Object.defineProperty(self, '${name}', { value: undefined }) } catch {}`)
    expect(await page.evaluate('[self.own, document.title]')).toEqual(['ran', 'Shop of mugs'])
    expect(await page.textContent('h1')).toBe('Mugs')
    expect(await page.isVisible('h1')).toBe(true)
    expect(['Buy', 'Order']).toContain(await page.textContent('#cta'))
  })

  it('has its own where everything that the script would use throws', async () => {
    const { page } = await visit(`
      for (const name of ['querySelectorAll', 'querySelector', 'matches', 'setAttribute', 'insertAdjacentHTML'])
        Element.prototype[name] = Document.prototype[name] = () => { throw new Error('broken') }
    `)
    expect(await page.evaluate('[self.own, document.title]')).toEqual(['ran', 'Shop of mugs'])
    expect(await page.evaluate("document.getElementById('cta').textContent")).toBe('Buy')
  })
})
