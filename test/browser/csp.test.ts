import { createServer, type Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import {
  amendPolicies,
  type InlinePermission,
  type Permission,
  permit,
  policiesOf,
  scriptHash,
} from '../../src/pages/proxy/csp.ts'
import { CSP_CASES, type CspCase } from '../pages/pure/csp-cases.ts'
import { inChromium } from './chromium.ts'

const ENFORCED = 'Content-Security-Policy'
const REPORT_ONLY = 'Content-Security-Policy-Report-Only'
const OUR_SCRIPT = 'window.ours = true'
const OUR_STYLE = '#ours{color:rgb(1,2,3)}'

/** Everything that a policy may allow or forbid to the site itself. */
const SITE = `
  <script>(window.ran ??= []).push('inline')</script>
  <script nonce=n1>(window.ran ??= []).push('nonce')</script>
  <script src=/site.js></script>
  <style>#inline{color:rgb(4,5,6)}</style>
  <p id=ours>ours<p id=inline>inline<p id=attribute style="color:rgb(7,8,9)">attribute
  <p id=handler onclick="(window.ran ??= []).push('handler')">handler`

/** Those that change a page; in a sandbox without scripts no browser would answer either. */
const CASES = CSP_CASES.filter(({ script, style }) => script !== 'forbidden' && style !== 'forbidden')

inChromium('policies in a browser', (chromium) => {
  let server: Server
  let pages: Map<string, PageToServe>

  beforeAll(async () => {
    pages = new Map()
    server = createServer(({ url = '' }, response) => {
      const page = pages.get(url)
      for (const [name, value] of page?.headers ?? []) response.setHeader(name, value)
      response.setHeader('Content-Type', page === undefined ? 'text/javascript' : 'text/html; charset=utf-8')
      response.end(page?.html ?? "(window.ran ??= []).push('external')")
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => server.close())

  test.for(CASES)('what is ours runs, and what is not runs as before: $name', async (given) => {
    const { page } = await chromium.open()
    await page.addInitScript(noteViolations)
    const headers = headersOf(given)
    const permission = permit(policiesOf(headers), { script: true, style: true })
    pages.set('/before', { headers, html: `<!doctype html>${SITE}` })
    pages.set('/after', await amended(headers, permission))
    const before = await look(page, `${addressOf(server)}/before`)
    const after = await look(page, `${addressOf(server)}/after`)
    expect(after.site).toEqual(before.site)
    expect([before.ours, after.ours]).toEqual([NOT_OURS, OURS])
  })

  it('is asked about nearly all of them', () => expect(CASES.length).toBeGreaterThanOrEqual(40))
})

const OURS = { script: true, style: true }
const NOT_OURS = { script: false, style: false }

interface PageToServe {
  readonly headers: Headers
  readonly html: string
}

async function amended(original: Headers, permission: Permission): Promise<PageToServe> {
  const headers = new Headers(original)
  const [script, style] = await Promise.all([scriptHash(OUR_SCRIPT), scriptHash(OUR_STYLE)])
  amendPolicies(headers, permission, { scripts: [script], style })
  const ours = `<style${nonceOf(permission.style)}>${OUR_STYLE}</style><script${nonceOf(permission.script)}>${OUR_SCRIPT}</script>`
  return { headers, html: `<!doctype html>${ours}${SITE}` }
}

function nonceOf(permission: InlinePermission): string {
  return permission.kind === 'allowed' && permission.nonce !== null ? ` nonce="${permission.nonce}"` : ''
}

function noteViolations(): void {
  const violations: string[] = []
  Object.assign(window, { violations })
  document.addEventListener('securitypolicyviolation', ({ disposition, effectiveDirective, blockedURI }) => {
    violations.push(`${disposition} ${effectiveDirective} ${blockedURI}`)
  })
}

/** What ran and what was reported, by the page's own account. */
async function look(page: Page, address: string) {
  await page.goto(address)
  return page.evaluate(() => {
    document.getElementById('handler')?.click()
    const color = (id: string) => getComputedStyle(document.getElementById(id) ?? document.body).color
    const found: { ran?: string[]; violations?: string[]; ours?: boolean } = window as never
    return {
      site: {
        ran: found.ran,
        reported: found.violations?.toSorted(),
        inline: color('inline'),
        attribute: color('attribute'),
      },
      ours: { script: found.ours === true, style: color('ours') === 'rgb(1, 2, 3)' },
    }
  })
}

function addressOf(server: Server): string {
  const address = server.address()
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
}

function headersOf({ enforced, reportOnly }: CspCase): Headers {
  const headers = new Headers()
  if (enforced !== undefined) headers.set(ENFORCED, enforced)
  if (reportOnly !== undefined) headers.set(REPORT_ONLY, reportOnly)
  return headers
}
