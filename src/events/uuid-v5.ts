import { bytesOfHex, hexOf } from '../base/hex.ts'

/** The UUID of a name (RFC 9562, version 5): the namespace is the bytes of a UUID, and the name counts by its UTF-8. */
export async function uuidV5(namespace: Uint8Array, name: string): Promise<string> {
  const encoded = utf8.encode(name)
  const message = new Uint8Array(namespace.length + encoded.length)
  message.set(namespace)
  message.set(encoded, namespace.length)
  const digest = new DataView(await crypto.subtle.digest('SHA-1', message))
  digest.setUint8(6, (digest.getUint8(6) & 0x0f) | 0x50)
  digest.setUint8(8, (digest.getUint8(8) & 0x3f) | 0x80)
  const hex = hexOf(new Uint8Array(digest.buffer, 0, 16))
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const utf8 = new TextEncoder()

/** The 16 bytes of a UUID as it is written. */
export function bytesOfUuid(uuid: string): Uint8Array {
  return bytesOfHex(uuid.replaceAll('-', ''))
}
