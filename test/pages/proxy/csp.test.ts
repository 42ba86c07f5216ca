import { describe, expect, it, test } from 'vitest'
import { amendPolicies, permit, policiesOf, scriptHash } from '../../../src/pages/proxy/csp.ts'
import { CSP_CASES } from '../pure/csp-cases.ts'

const ENFORCED = 'Content-Security-Policy'
const REPORT_ONLY = 'Content-Security-Policy-Report-Only'
const BOTH = { script: true, style: true }

/** What the runtime's headers do to values decides whether a policy arrives as the origin wrote it. */
describe('the headers of workerd', () => {
  test.for(CSP_CASES)('$name', ({ enforced, reportOnly, amended, amendedReportOnly }) => {
    const response = new Response('<p>page', { headers: headersOf({ enforced, reportOnly }) })
    const headers = new Headers(response.headers)
    amendPolicies(headers, permit(policiesOf(headers), BOTH), { scripts: ['H'], style: 'S' })
    expect(headers.get(ENFORCED)).toBe(amended ?? response.headers.get(ENFORCED))
    expect(headers.get(REPORT_ONLY)).toBe(amendedReportOnly ?? response.headers.get(REPORT_ONLY))
  })

  it('leaves every other header as it is', () => {
    const headers = new Headers({ [ENFORCED]: "script-src 'self'", 'X-Frame-Options': 'DENY' })
    headers.append('Set-Cookie', 'a=1')
    headers.append('Set-Cookie', 'b=2')
    amendPolicies(headers, permit(policiesOf(headers), BOTH), { scripts: ['H'], style: null })
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(headers.get('X-Frame-Options')).toBe('DENY')
  })

  it('hashes as the specification does', async () => {
    expect(await scriptHash("alert('Hello, world.');")).toBe("'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='")
  })
})

function headersOf(values: {
  readonly enforced: string | undefined
  readonly reportOnly: string | undefined
}): Headers {
  const headers = new Headers()
  if (values.enforced !== undefined) headers.set(ENFORCED, values.enforced)
  if (values.reportOnly !== undefined) headers.set(REPORT_ONLY, values.reportOnly)
  return headers
}
