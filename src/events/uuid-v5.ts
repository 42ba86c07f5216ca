import { sha1 } from './sha1.ts'

/** The UUID of a name (RFC 9562, version 5): `namespace` is a UUID itself, and the name counts by its UTF-8. */
export function uuidV5(namespace: string, name: string): string {
  const bytes = Array.from(sha1(joined(namespace, name)).subarray(0, 16), withVersion)
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function joined(namespace: string, name: string): Uint8Array {
  const prefix = namespace.replaceAll('-', '').match(/../g) ?? []
  const encoded = new TextEncoder().encode(name)
  const message = new Uint8Array(prefix.length + encoded.length)
  message.set(prefix.map((hex) => Number.parseInt(hex, 16)))
  message.set(encoded, prefix.length)
  return message
}

function withVersion(byte: number, index: number): number {
  if (index === 6) return (byte & 0x0f) | 0x50
  return index === 8 ? (byte & 0x3f) | 0x80 : byte
}
