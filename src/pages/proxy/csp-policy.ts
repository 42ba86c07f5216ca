/**
 * A Content-Security-Policy as a browser reads it (CSP3, 2.2.1 and 6.7.3), kept so that it can be put together again
 * byte for byte.
 */

export interface Policy {
  /** What stands between the semicolons, in order. */
  readonly parts: readonly string[]
  /** By lower-case name. Of several with one name the first counts. */
  readonly directives: ReadonlyMap<string, Directive>
}

export interface Directive {
  readonly name: string
  /** Its place among the policy's parts. */
  readonly part: number
  readonly values: readonly string[]
}

/** What a connection, or an element or attribute with code or style in it, is governed by: the first of these that there is. */
export type Governed = keyof typeof GOVERNED_BY

const GOVERNED_BY = {
  connection: ['connect-src', 'default-src'],
  script: ['script-src-elem', 'script-src', 'default-src'],
  style: ['style-src-elem', 'style-src', 'default-src'],
  styleAttribute: ['style-src-attr', 'style-src', 'default-src'],
} as const

/** A policy, or `null` where a character stands in it that none may hold: browsers differ in what they make of it. */
export function parsePolicy(text: string): Policy | null {
  if (/[^\t\n\f\r\x20-\x7e]/.test(text)) return null
  const parts = text.split(';')
  const directives = new Map<string, Directive>()
  for (const [part, words] of parts.entries()) {
    const [word, ...values] = words.split(/[\t\n\f\r ]+/).filter((value) => value !== '')
    const name = word?.toLowerCase()
    if (name !== undefined && !directives.has(name)) directives.set(name, { name, part, values })
  }
  return { parts, directives }
}

/** The directive that decides about such an element or attribute; `null`: nothing is forbidden. */
export function governing({ directives }: Policy, governed: Governed): Directive | null {
  const name = GOVERNED_BY[governed].find((candidate) => directives.has(candidate))
  return (name && directives.get(name)) ?? null
}

/** What a directive makes of inline code and style: all is allowed, or what has a nonce or hash; or browsers disagree. */
export type InlineRule = 'all' | 'listed' | 'unclear'

/**
 * `'unsafe-inline'` allows all, unless a nonce or a hash stands beside it, which switches it off. Where one stands there
 * that is malformed, some browsers take it for one and others do not (Chromium: `'sha256-AAAA'` but not `'sha256-AAAA='`).
 */
export function inlineRule({ values }: Directive, governed: Governed): InlineRule {
  if (!has(values, "'unsafe-inline'") || (governed === 'script' && has(values, "'strict-dynamic'"))) return 'listed'
  if (values.some((value) => NONCE.test(value) || HASH.test(value))) return 'listed'
  return values.some((value) => LIKE_NONCE_OR_HASH.test(value)) ? 'unclear' : 'all'
}

/** The nonces that a directive accepts: of letters, digits, `+`, `/`, `-`, `_` and `=`, so that they can stand in HTML. */
export function noncesOf({ values }: Directive): readonly string[] {
  return values.flatMap((value) => NONCE.exec(value)?.[1] ?? [])
}

/** Whether the page runs in a sandbox without scripts. */
export function isSandboxed({ directives }: Policy): boolean {
  const sandbox = directives.get('sandbox')
  return sandbox !== undefined && !has(sandbox.values, 'allow-scripts')
}

/** Whether scripts of the page may reach its own site as its own: in doubt not. */
export function allowsOwnSite(policy: Policy): boolean {
  const sandbox = policy.directives.get('sandbox')
  if (sandbox !== undefined && !has(sandbox.values, 'allow-same-origin')) return false
  const directive = governing(policy, 'connection')
  return directive === null || has(directive.values, "'self'") || has(directive.values, '*')
}

/** Whether scripts may not turn text into HTML by themselves. */
export function requiresTrustedTypes({ directives }: Policy): boolean {
  return has(directives.get('require-trusted-types-for')?.values ?? [], "'script'")
}

/** Whether a directive allows nothing at all. */
export function allowsNothing({ values }: Directive): boolean {
  return values.length === 0 || (values.length === 1 && has(values, "'none'"))
}

const NONCE = /^'nonce-([\w+/-]+={0,2})'$/i
/** Of the digest's full length, which nobody takes for anything else. */
const HASH = /^'sha(?:256-[\w+/-]{43}=|384-[\w+/-]{64}|512-[\w+/-]{86}==)'$/i
const LIKE_NONCE_OR_HASH = /^'(?:nonce|sha|ed25519)/i

/** Keywords are compared without case. */
function has(values: readonly string[], keyword: string): boolean {
  return values.some((value) => value.toLowerCase() === keyword)
}
