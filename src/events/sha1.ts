/**
 * SHA-1 (RFC 3174), at once: the platform's own digests are promises, and whoever needs one here is about to answer. For names
 * of things alone: nothing secret rests on it.
 */
export function sha1(message: Uint8Array): Uint8Array {
  const blocks = padded(message)
  const words = new Int32Array(80)
  const hash = Int32Array.from(START)
  for (let offset = 0; offset < blocks.byteLength; offset += BLOCK) {
    for (let index = 0; index < 16; index++) words[index] = blocks.getInt32(offset + index * 4)
    expand(words)
    compress(hash, words)
  }
  const digest = new DataView(new ArrayBuffer(20))
  for (let index = 0; index < 5; index++) digest.setInt32(index * 4, hash[index] ?? 0)
  return new Uint8Array(digest.buffer)
}

/** Bytes. */
const BLOCK = 64
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]

/** The message, a one, zeros, and its length in bits, in whole blocks. */
function padded(message: Uint8Array): DataView {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n)
  return view
}

// No index below is outside its array: `?? 0` is for the compiler.

function expand(words: Int32Array): void {
  for (let index = 16; index < 80; index++) {
    const later = (words[index - 3] ?? 0) ^ (words[index - 8] ?? 0)
    words[index] = rotated(later ^ (words[index - 14] ?? 0) ^ (words[index - 16] ?? 0), 1)
  }
}

function compress(hash: Int32Array, words: Int32Array): void {
  // Taken apart as an array it would take as long as the rounds.
  let a = hash[0] ?? 0
  let b = hash[1] ?? 0
  let c = hash[2] ?? 0
  let d = hash[3] ?? 0
  let e = hash[4] ?? 0
  for (let index = 0; index < 80; index++) {
    const next = (rotated(a, 5) + mixed(index, b, c, d) + e + (words[index] ?? 0)) | 0
    e = d
    d = c
    c = rotated(b, 30)
    b = a
    a = next
  }
  hash[0] = (hash[0] ?? 0) + a
  hash[1] = (hash[1] ?? 0) + b
  hash[2] = (hash[2] ?? 0) + c
  hash[3] = (hash[3] ?? 0) + d
  hash[4] = (hash[4] ?? 0) + e
}

/** The function of a round, and its constant. */
function mixed(index: number, b: number, c: number, d: number): number {
  if (index < 20) return ((b & c) | (~b & d)) + 0x5a827999
  if (index < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (index < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
