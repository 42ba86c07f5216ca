/**
 * A weak entity tag for a text under a version: equal texts have equal tags, and a difference goes unseen once in
 * 2^64 pairs. Weak, because a cache on the way may compress the body.
 */
export function etagOf(version: number, text: string): string {
  return `W/"${version}-${fingerprint(text)}"`
}

/** Whether an `If-None-Match` lists a tag (or `*`); tags are compared weakly (RFC 9110, 8.8.3.2). */
export function matchesEtag(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false
  if (ifNoneMatch.trim() === '*') return true
  const opaque = opaqueTag(etag)
  return ifNoneMatch.split(',').some((candidate) => opaqueTag(candidate.trim()) === opaque)
}

function opaqueTag(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}

/**
 * Two 32-bit hashes, from different offsets and with different primes. In decimal, because any other base goes through floating point
 * and takes as long as the hashes.
 */
export function fingerprint(text: string): string {
  hash(text)
  return `${hashes[0]}.${hashes[1]}`
}

const OFFSETS = [0x811c9dc5, 0x2f0b4f97] as const
const PRIMES = [0x01000193, 0x5bd1e995] as const
const hashes = new Int32Array(2)

/**
 * Leaves both in `hashes`, so that nothing follows the loop: V8 optimizes a long one before it has seen what does, and may then give up
 * at its end what it made, request after request. Takes two code units at a time.
 */
function hash(text: string): void {
  hashes[0] = OFFSETS[0]
  hashes[1] = OFFSETS[1]
  const isOdd = text.length % 2
  if (isOdd === 1) mix(text.charCodeAt(0))
  for (let index = isOdd; index < text.length; index += 2) {
    mix(text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16))
  }
}

function mix(word: number): void {
  hashes[0] = mixed(hashes[0] ?? 0, word, PRIMES[0])
  hashes[1] = mixed(hashes[1] ?? 0, word, PRIMES[1])
}

/** As FNV-1a, and then brings high bits down, where the next multiplication spreads them. */
function mixed(hash: number, word: number, prime: number): number {
  const product = Math.imul(hash ^ word, prime)
  return product ^ (product >>> 15)
}
