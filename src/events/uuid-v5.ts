import { sha1 } from './sha1.ts'

/** The UUID of a name (RFC 9562, version 5): the namespace is the bytes of a UUID, and the name counts by its UTF-8. */
export function uuidV5(namespace: Uint8Array, name: string): string {
  const encoded = new TextEncoder().encode(name)
  const message = new Uint8Array(namespace.length + encoded.length)
  message.set(namespace)
  message.set(encoded, namespace.length)
  const digest = new DataView(sha1(message).buffer)
  const versioned = (digest.getUint32(4) & 0xffff_0fff) | 0x5000
  const variant = (digest.getUint32(8) & 0x3fff_ffff) | 0x8000_0000
  const hex = [digest.getUint32(0), versioned, variant, digest.getUint32(12)].map(hexOf).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The 16 bytes of a UUID as it is written. */
export function bytesOfUuid(uuid: string): Uint8Array {
  return Uint8Array.from(uuid.replaceAll('-', '').match(/../g) ?? [], (hex) => Number.parseInt(hex, 16))
}

function hexOf(word: number): string {
  // A digit more keeps the zeros in front.
  return ((word >>> 0) + 0x1_0000_0000).toString(16).slice(1)
}
