/**
 * What the origin's Content-Security-Policy means for our own `<script>` and `<style>`, and how it is amended so that
 * it allows exactly those. A policy is never weakened, and one that relies on `'unsafe-inline'` never gets a hash, which
 * would switch that off for the site's own code. Where browsers would disagree, nothing is done. A `<meta>` policy governs what comes after it, and our elements come before.
 */
import {
  allowsNothing,
  allowsOwnSite,
  type Directive,
  type Governed,
  governing,
  type InlineRule,
  inlineRule,
  isSandboxed,
  noncesOf,
  type Policy,
  parsePolicy,
  requiresTrustedTypes,
} from './csp-policy.ts'

/** The values of the two headers, in order. Each may hold several policies, between commas. */
export interface Policies {
  readonly enforced: readonly string[]
  readonly reportOnly: readonly string[]
}

/** Which elements of ours the page is to get. */
export interface Wanted {
  readonly script: boolean
  readonly style: boolean
}

/** What the policies, taken together, allow. Those that only report count like the others, so that nothing new is reported. */
export interface Permission {
  readonly script: InlinePermission
  readonly style: InlinePermission
  /** `style` attributes in the HTML, and those set by `setAttribute`, count. Setting `element.style` is always allowed. */
  readonly styleAttributes: boolean
  /** `innerHTML` and its like throw: no HTML may be inserted by our script. */
  readonly trustedTypes: boolean
  /** Scripts may report to the page's own site. */
  readonly reports: boolean
  /** An element of ours carries a nonce of this answer: nobody may keep the page, and it gets no entity tag of ours. */
  readonly usesNonce: boolean
}

export type InlinePermission =
  | {
      readonly kind: 'allowed'
      /** For the `nonce` attribute of every such element. Letters, digits, `+`, `/`, `-`, `_` and `=` only. */
      readonly nonce: string | null
      /** The policies allow it once `amendPolicies` has added the hashes. */
      readonly needsHash: boolean
    }
  | { readonly kind: 'forbidden'; readonly reason: 'sandbox' | 'unreadable' }

/** The hashes of the texts of our elements, as `scriptHash` makes them. */
export interface Hashes {
  readonly scripts: readonly string[]
  readonly style: string | null
}

const HEADER = 'Content-Security-Policy'
const REPORT_ONLY_HEADER = 'Content-Security-Policy-Report-Only'

/** The policies of an answer. */
export function policiesOf(headers: Headers): Policies {
  return { enforced: valuesOf(headers, HEADER), reportOnly: valuesOf(headers, REPORT_ONLY_HEADER) }
}

/** What has to be done so that every policy allows the elements that are wanted, or that it cannot be done. */
export function permit(policies: Policies, wanted: Wanted): Permission {
  const enforced = parseAll(policies.enforced)
  const reportOnly = parseAll(policies.reportOnly)
  if (enforced === null || reportOnly === null) return UNREADABLE
  const all = [...enforced, ...reportOnly]
  const script = enforced.some(isSandboxed) ? SANDBOXED : inlinePermission(all, 'script', wanted)
  const style = inlinePermission(all, 'style', wanted)
  return {
    script,
    style,
    styleAttributes: all.every(allowsStyleAttributes),
    trustedTypes: all.some(requiresTrustedTypes),
    reports: all.every(allowsOwnSite),
    usesNonce: [script, style].some((permission) => permission.kind === 'allowed' && permission.nonce !== null),
  }
}

/**
 * Adds the hashes to every policy that does not allow our elements yet. Everything else in the headers stays as it is;
 * several headers of one name become one, with commas between the policies, which means the same.
 */
export function amendPolicies(headers: Headers, permission: Permission, hashes: Hashes): void {
  for (const name of [HEADER, REPORT_ONLY_HEADER]) {
    const value = headers.get(name)
    if (value === null) continue
    const amended = value.split(',').map((policy) => amendPolicy(policy, permission, hashes))
    if (amended.join(',') !== value) headers.set(name, amended.join(','))
  }
}

/** The source expression, quotes included, that allows exactly this text. ASCII with `\n` line ends, so no charset changes it. */
export async function scriptHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`
}

type Element = keyof Wanted

const ALLOWED: InlinePermission = { kind: 'allowed', nonce: null, needsHash: false }
const SANDBOXED: InlinePermission = { kind: 'forbidden', reason: 'sandbox' }
const FORBIDDEN: InlinePermission = { kind: 'forbidden', reason: 'unreadable' }
const UNREADABLE: Permission = {
  script: FORBIDDEN,
  style: FORBIDDEN,
  styleAttributes: false,
  trustedTypes: true,
  reports: false,
  usesNonce: false,
}

function valuesOf(headers: Headers, name: string): readonly string[] {
  const value = headers.get(name)
  return value === null ? [] : [value]
}

/** `null`: one of them cannot be read. */
function parseAll(values: readonly string[]): readonly Policy[] | null {
  const policies = values.flatMap((value) => value.split(',')).map(parsePolicy)
  return policies.every((policy) => policy !== null) ? policies : null
}

function inlinePermission(policies: readonly Policy[], element: Element, wanted: Wanted): InlinePermission {
  if (!wanted[element]) return ALLOWED
  if (policies.some((policy) => ruleOf(policy, element) === 'unclear')) return FORBIDDEN
  const strict = policies.flatMap((policy) => strictDirective(policy, element) ?? [])
  const nonce = mostAccepted(strict.map(noncesOf))
  return { kind: 'allowed', nonce, needsHash: strict.some((directive) => needsHash(directive, nonce)) }
}

/** The directive that decides about the element, where it goes by nonces and hashes. */
function strictDirective(policy: Policy, element: Element): Directive | null {
  return ruleOf(policy, element) === 'listed' ? governing(policy, element) : null
}

function ruleOf(policy: Policy, governed: Governed): InlineRule {
  const directive = governing(policy, governed)
  return directive === null ? 'all' : inlineRule(directive, governed)
}

/** An element has one nonce: the one that most policies accept, and of several the first. */
function mostAccepted(lists: readonly (readonly string[])[]): string | null {
  const accepting = (nonce: string) => lists.filter((nonces) => nonces.includes(nonce)).length
  return lists
    .flat()
    .reduce<string | null>((best, nonce) => (best === null || accepting(nonce) > accepting(best) ? nonce : best), null)
}

function needsHash(directive: Directive, nonce: string | null): boolean {
  return nonce === null || !noncesOf(directive).includes(nonce)
}

function allowsStyleAttributes(policy: Policy): boolean {
  return ruleOf(policy, 'styleAttribute') === 'all'
}

function amendPolicy(text: string, { script, style }: Permission, hashes: Hashes): string {
  const policy = parsePolicy(text)
  if (policy === null) return text
  const parts = [...policy.parts]
  addHashes(parts, strictDirective(policy, 'script'), { permission: script, hashes: hashes.scripts, as: 'script-src' })
  const styles = hashes.style === null ? [] : [hashes.style]
  addHashes(parts, strictDirective(policy, 'style'), { permission: style, hashes: styles, as: 'style-src' })
  return parts.join(';')
}

interface Addition {
  readonly permission: InlinePermission
  readonly hashes: readonly string[]
  /** What a directive is called that is made after `default-src`. */
  readonly as: 'script-src' | 'style-src'
}

function addHashes(parts: string[], directive: Directive | null, { permission, hashes, as }: Addition): void {
  if (directive === null || permission.kind !== 'allowed' || hashes.length === 0) return
  if (!needsHash(directive, permission.nonce)) return
  const part = parts[directive.part] ?? ''
  const text = part.trimEnd()
  const isDefault = directive.name === 'default-src'
  const amended = isDefault ? `${text}; ${derived(directive, as)}` : withoutNone(text, directive)
  parts[directive.part] = `${amended} ${hashes.join(' ')}${part.slice(text.length)}`
}

/** The list of `default-src` under another name. `'unsafe-inline'` has no effect beside a hash, and is never written by us. */
function derived(directive: Directive, as: string): string {
  const kept = allowsNothing(directive)
    ? []
    : directive.values.filter((value) => value.toLowerCase() !== "'unsafe-inline'")
  return [as, ...kept].join(' ')
}

/** `'none'` beside another source would mean nothing, and browsers complain of it. */
function withoutNone(text: string, directive: Directive): string {
  return allowsNothing(directive) && directive.values.length > 0 ? text.slice(0, -"'none'".length).trimEnd() : text
}
