/** An inline check written from CSP3, 6.7.3 and 6.8, apart from the code under test: what a browser would let run. */
export interface Browser {
  readonly enforced: string
  readonly reportOnly: string
}

type Kind = 'script' | 'scriptAttribute' | 'style' | 'styleAttribute' | 'image'

interface Inline {
  readonly nonce: string | null
  readonly hash: string
}

const FALLBACKS: Record<Kind, readonly string[]> = {
  script: ['script-src-elem', 'script-src', 'default-src'],
  scriptAttribute: ['script-src-attr', 'script-src', 'default-src'],
  style: ['style-src-elem', 'style-src', 'default-src'],
  styleAttribute: ['style-src-attr', 'style-src', 'default-src'],
  image: ['img-src', 'default-src'],
}

/** Whether every policy lets the inline element or attribute through. */
export function allowed(browser: Browser, kind: Kind, inline: Inline): boolean {
  return [browser.enforced, browser.reportOnly].every((header) => allowedBy(header, kind, inline))
}

/** What each header lets through of things that are not ours, and which URLs and keywords it lists. */
export function everythingBut({ enforced, reportOnly }: Browser): unknown {
  const probes: readonly Inline[] = [
    { nonce: null, hash: "'sha256-other'" },
    { nonce: 'n1', hash: "'sha256-other'" },
    { nonce: 'n2', hash: "'sha256-other'" },
    { nonce: null, hash: "'sha256-QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE='" },
  ]
  const kinds = Object.keys(FALLBACKS).filter((kind): kind is Kind => kind in FALLBACKS)
  return [enforced, reportOnly].map((header) =>
    kinds.map((kind) => ({
      kind,
      inline: probes.map((probe) => allowedBy(header, kind, probe)),
      listed: policiesIn(header).map((policy) => externally(listFor(policy, kind))),
    })),
  )
}

function allowedBy(header: string, kind: Kind, { nonce, hash }: Inline): boolean {
  return policiesIn(header).every((policy) => {
    const list = listFor(policy, kind)
    if (list === null || allowsAll(list, kind)) return true
    if (kind === 'script' || kind === 'style') {
      if (nonce !== null && list.includes(`'nonce-${nonce}'`)) return true
      return list.includes(hash)
    }
    return list.includes(hash) && list.includes("'unsafe-hashes'")
  })
}

function allowsAll(list: readonly string[], kind: Kind): boolean {
  const lower = list.map((source) => source.toLowerCase())
  const strict = lower.some((source) => /^'(?:nonce|sha\d+)-[^']+'$/.test(source))
  const dynamic = kind.startsWith('script') && lower.includes("'strict-dynamic'")
  return lower.includes("'unsafe-inline'") && !strict && !dynamic
}

/** What is left of a list when it is about URLs, `eval` and nonces. `'none'` counts only when it stands alone. */
function externally(list: readonly string[] | null): readonly string[] | null {
  if (list === null) return null
  return list.filter((source) => !/^'(?:none|unsafe-inline|sha256-T3Vyc.*)'$/i.test(source))
}

function policiesIn(header: string): readonly ReadonlyMap<string, readonly string[]>[] {
  return header.split(',').map((text) => {
    const policy = new Map<string, readonly string[]>()
    for (const directive of text.split(';')) {
      const [name = '', ...sources] = directive.trim().split(/\s+/)
      if (!policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), sources)
    }
    return policy
  })
}

function listFor(policy: ReadonlyMap<string, readonly string[]>, kind: Kind): readonly string[] | null {
  const name = FALLBACKS[kind].find((candidate) => policy.has(candidate))
  return name === undefined ? null : (policy.get(name) ?? null)
}
