import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { amendPolicies, type InlinePermission, permit, policiesOf, scriptHash } from '../../../src/pages/proxy/csp.ts'
import { allowed, type Browser, everythingBut } from './csp-browser.ts'
import { CSP_CASES, type CspCase } from './csp-cases.ts'

const BOTH = { script: true, style: true }
const HASHES = { scripts: ['H'], style: 'S' }
const ENFORCED = 'Content-Security-Policy'
const REPORT_ONLY = 'Content-Security-Policy-Report-Only'

describe('what a policy means for our elements', () => {
  test.for(CSP_CASES)('$name', ({ enforced, reportOnly, ...expected }) => {
    const permission = permit({ enforced: list(enforced), reportOnly: list(reportOnly) }, BOTH)
    expect({
      script: inWords(permission.script),
      style: inWords(permission.style),
      styleAttributes: permission.styleAttributes,
      trustedTypes: permission.trustedTypes,
    }).toEqual({
      script: expected.script,
      style: expected.style,
      styleAttributes: expected.styleAttributes ?? true,
      trustedTypes: expected.trustedTypes ?? false,
    })
  })

  test.for(CSP_CASES)('its headers: $name', (given) => {
    const headers = headersOf(given)
    const before = headersOf(given)
    amendPolicies(headers, permit(policiesOf(headers), BOTH), HASHES)
    expect(headers.get(ENFORCED)).toBe(given.amended ?? before.get(ENFORCED))
    expect(headers.get(REPORT_ONLY)).toBe(given.amendedReportOnly ?? before.get(REPORT_ONLY))
  })

  it('is at least forty cases', () => expect(CSP_CASES.length).toBeGreaterThanOrEqual(40))
})

describe('permit', () => {
  it('asks nothing of a policy for elements that are not wanted', () => {
    const permission = permit({ enforced: ["default-src 'nonce-n1'"], reportOnly: [] }, { script: false, style: false })
    expect([permission.script, permission.style].map(inWords)).toEqual(['free', 'free'])
    expect(permission.usesNonce).toBe(false)
  })

  it.each([
    ["script-src 'nonce-n1'", true],
    ["script-src 'self'", false],
    ["img-src 'nonce-n1'", false],
    ["sandbox; script-src 'nonce-n1'", false],
  ])('says whether a nonce is used: %s', (policy, uses) => {
    expect(permit({ enforced: [policy], reportOnly: [] }, BOTH).usesNonce).toBe(uses)
  })
})

describe('amendPolicies', () => {
  it('allows several scripts, and no style where there is none', () => {
    const headers = new Headers({ [ENFORCED]: "default-src 'self'" })
    amendPolicies(headers, permit(policiesOf(headers), BOTH), { scripts: ['H1', 'H2'], style: null })
    expect(headers.get(ENFORCED)).toBe("default-src 'self'; script-src 'self' H1 H2")
  })

  it('reaches both headers, and each of several with one name', () => {
    const headers = new Headers({ [REPORT_ONLY]: "script-src 'self'" })
    headers.append(ENFORCED, "script-src 'self'")
    headers.append(ENFORCED, 'script-src https:')
    amendPolicies(headers, permit(policiesOf(headers), BOTH), HASHES)
    expect(headers.get(ENFORCED)).toBe("script-src 'self' H, script-src https: H")
    expect(headers.get(REPORT_ONLY)).toBe("script-src 'self' H")
  })
})

describe('scriptHash', () => {
  it('is the hash that the specification gives as an example', async () => {
    expect(await scriptHash("alert('Hello, world.');")).toBe("'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='")
  })

  it('of nothing is the hash of nothing', async () => {
    expect(await scriptHash('')).toBe("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='")
  })
})

describe('whatever the policies', () => {
  const headerValue = policies()

  it('our elements are allowed afterwards, and everything else is as allowed as before', () => {
    fc.assert(
      fc.property(headerValue, fc.option(headerValue), (enforced, reportOnly) => {
        const before: Browser = { enforced, reportOnly: reportOnly ?? '' }
        const headers = headersOf({ enforced, ...(reportOnly === null ? {} : { reportOnly }) })
        const permission = permit(policiesOf(headers), BOTH)
        const own = ["'sha256-T3Vyc2NyaXB0'", "'sha256-T3Vyc3R5bGU='"] as const
        amendPolicies(headers, permission, { scripts: [own[0]], style: own[1] })
        const after: Browser = { enforced: headers.get(ENFORCED) ?? '', reportOnly: headers.get(REPORT_ONLY) ?? '' }
        expect(everythingBut(after)).toEqual(everythingBut(before))
        expect(
          isHeld(permission.script) || allowed(after, 'script', { nonce: nonceOf(permission.script), hash: own[0] }),
        ).toBe(true)
        expect(
          isHeld(permission.style) || allowed(after, 'style', { nonce: nonceOf(permission.style), hash: own[1] }),
        ).toBe(true)
        expect(count(after, "'unsafe-inline'")).toBe(count(before, "'unsafe-inline'"))
      }),
      { numRuns: 2_000 },
    )
  })

  it('of any bytes, nothing throws, and what cannot be read stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const permission = permit({ enforced: [text], reportOnly: [] }, BOTH)
        expect(['allowed', 'forbidden']).toContain(permission.script.kind)
      }),
    )
  })
})

function policies(): fc.Arbitrary<string> {
  const source = fc.constantFrom(
    "'self'",
    "'none'",
    "'unsafe-inline'",
    "'UNSAFE-INLINE'",
    "'strict-dynamic'",
    "'unsafe-hashes'",
    "'unsafe-eval'",
    "'report-sample'",
    "'nonce-n1'",
    "'nonce-n2'",
    "'nonce-'",
    "'sha256-QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE='",
    'https:',
    'https://cdn.example/a/',
  )
  const name = fc.constantFrom(
    'script-src',
    'script-src-elem',
    'script-src-attr',
    'style-src',
    'style-src-elem',
    'style-src-attr',
    'default-src',
    'img-src',
    'Script-Src',
    'frame-ancestors',
  )
  const directive = fc
    .tuple(name, fc.array(source, { maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest].join(' '))
  const policy = fc.array(directive, { maxLength: 5 }).map((directives) => directives.join('; '))
  return fc.array(policy, { minLength: 1, maxLength: 3 }).map((all) => all.join(', '))
}

function headersOf({ enforced, reportOnly }: Pick<CspCase, 'enforced' | 'reportOnly'>): Headers {
  const headers = new Headers()
  if (enforced !== undefined) headers.set(ENFORCED, enforced)
  if (reportOnly !== undefined) headers.set(REPORT_ONLY, reportOnly)
  return headers
}

function list(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value]
}

function inWords(permission: InlinePermission): string {
  if (permission.kind === 'forbidden') return 'forbidden'
  const hash = permission.needsHash ? 'hash' : null
  return [permission.nonce, hash].filter((word) => word !== null).join(' + ') || 'free'
}

function isHeld(permission: InlinePermission): boolean {
  return permission.kind === 'forbidden'
}

function nonceOf(permission: InlinePermission): string | null {
  return permission.kind === 'allowed' ? permission.nonce : null
}

function count({ enforced, reportOnly }: Browser, word: string): number {
  return `${enforced}\n${reportOnly}`.toLowerCase().split(word).length
}
