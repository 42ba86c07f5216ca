import { sha1 } from './sha1.ts'

/** The UUID of a name (RFC 9562, version 5): the namespace is the bytes of a UUID, and the name counts by its UTF-8. */
export function uuidV5(namespace: Uint8Array, name: string): string {
  const encoded = utf8.encode(name)
  const message = new Uint8Array(namespace.length + encoded.length)
  message.set(namespace)
  message.set(encoded, namespace.length)
  const digest = sha1(message)
  let uuid = ''
  for (let index = 0; index < 16; index++) {
    const byte = digest[index] ?? 0
    if (index === 4 || index === 6 || index === 8 || index === 10) uuid += '-'
    uuid += HEX[index === 6 ? (byte & 0x0f) | 0x50 : index === 8 ? (byte & 0x3f) | 0x80 : byte]
  }
  return uuid
}

const utf8 = new TextEncoder()
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The 16 bytes of a UUID as it is written. */
export function bytesOfUuid(uuid: string): Uint8Array {
  return Uint8Array.from(uuid.replaceAll('-', '').match(/../g) ?? [], (hex) => Number.parseInt(hex, 16))
}
