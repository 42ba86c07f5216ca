/**
 * SHA-1 (RFC 3174), at once: the platform's own digests are promises, and whoever needs one here is about to answer. For names
 * of things alone: nothing secret rests on it.
 */
export function sha1(message: Uint8Array): Uint8Array {
  const blocks = padded(message)
  const schedule = new DataView(new ArrayBuffer(80 * WORD))
  const hash = new DataView(new ArrayBuffer(5 * WORD))
  START.forEach((word, index) => {
    hash.setUint32(index * WORD, word)
  })
  for (let offset = 0; offset < blocks.byteLength; offset += BLOCK) {
    expand(blocks, offset, schedule)
    compress(hash, schedule)
  }
  return new Uint8Array(hash.buffer)
}

const WORD = 4
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

function expand(blocks: DataView, offset: number, schedule: DataView): void {
  const word = (index: number) => schedule.getUint32(index * WORD)
  for (let index = 0; index < 16; index++) schedule.setUint32(index * WORD, blocks.getUint32(offset + index * WORD))
  for (let index = 16; index < 80; index++) {
    schedule.setUint32(
      index * WORD,
      rotated(word(index - 3) ^ word(index - 8) ^ word(index - 14) ^ word(index - 16), 1),
    )
  }
}

function compress(hash: DataView, schedule: DataView): void {
  let a = hash.getUint32(0)
  let b = hash.getUint32(4)
  let c = hash.getUint32(8)
  let d = hash.getUint32(12)
  let e = hash.getUint32(16)
  for (let index = 0; index < 80; index++) {
    const next = (rotated(a, 5) + mixed(index, b, c, d) + e + schedule.getUint32(index * WORD)) | 0
    e = d
    d = c
    c = rotated(b, 30)
    b = a
    a = next
  }
  ;[a, b, c, d, e].forEach((word, index) => {
    hash.setUint32(index * WORD, hash.getUint32(index * WORD) + word)
  })
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
