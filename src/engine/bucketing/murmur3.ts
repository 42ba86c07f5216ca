import murmurhash3 from 'murmurhash-js/murmurhash3_gc.js'

/** The seed that every Optimizely SDK hashes with. */
const SEED = 1

/**
 * MurmurHash3 x86_32 with seed 1 over the UTF-8 bytes of `key`: an unsigned 32-bit integer.
 *
 * `murmurhash-js` reads `charCodeAt & 0xff`, which is right for ASCII alone, so other keys are handed to it
 * as a string of their UTF-8 bytes. Lone surrogates count as U+FFFD, as `TextEncoder` has them.
 */
export function murmur3(key: string): number {
  return murmurhash3(isAscii(key) ? key : utf8Bytes(key), SEED)
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
