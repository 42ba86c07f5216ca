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
 * Two 32-bit FNV-1a hashes over code units, from different offsets and with different primes. In decimal, because any
 * other base goes through floating point and takes as long as the hashes.
 */
export function fingerprint(text: string): string {
  let left = 0x811c9dc5
  let right = 0x2f0b4f97
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    left = Math.imul(left ^ unit, 0x01000193)
    right = Math.imul(right ^ unit, 0x5bd1e995)
    right ^= right >>> 15
  }
  return `${left}.${right}`
}
