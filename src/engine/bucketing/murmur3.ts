/** The seed that every Optimizely SDK hashes with. */
const SEED = 1

/**
 * MurmurHash3 x86_32 with seed 1 over the UTF-8 bytes of `key`: an unsigned 32-bit integer.
 * Lone surrogates count as U+FFFD, as `TextEncoder` has them.
 */
export function murmur3(key: string): number {
  const bytes = isAscii(key) ? key : utf8Bytes(key)
  let hash = SEED
  let index = 0
  for (; index + 4 <= bytes.length; index += 4) {
    hash = (Math.imul(rotated(hash ^ scrambled(wordAt(bytes, index)), 13), 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let last = bytes.length - 1; last >= index; last--) rest = (rest << 8) | bytes.charCodeAt(last)
  hash ^= scrambled(rest) ^ bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Four bytes, the first of them the lowest. */
function wordAt(bytes: string, index: number): number {
  return (
    bytes.charCodeAt(index) |
    (bytes.charCodeAt(index + 1) << 8) |
    (bytes.charCodeAt(index + 2) << 16) |
    (bytes.charCodeAt(index + 3) << 24)
  )
}

function scrambled(word: number): number {
  return Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return false
  }
  return true
}

/** One character of U+0000 to U+00FF for each UTF-8 byte; there is no `TextEncoder` in a pure engine. */
function utf8Bytes(text: string): string {
  return unescape(encodeURIComponent(text.toWellFormed()))
}
