import { describe, expect, test } from 'vitest'
import { sha1 } from '../../../src/events/sha1.ts'
import { bytesOfUuid, uuidV5 } from '../../../src/events/uuid-v5.ts'

/** Around the ends of blocks, where padding goes wrong. */
const LENGTHS = [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1_000, 100_000]

describe('SHA-1', () => {
  test.each(LENGTHS)("is the platform's for %i bytes", async (length) => {
    const message = Uint8Array.from({ length }, (_, index) => (index * 167 + length) % 256)
    const digest = await crypto.subtle.digest('SHA-1', message)
    expect(sha1(message)).toEqual(new Uint8Array(digest))
  })
})

describe('a UUID of a name', () => {
  test('is that of the RFC', () => {
    const namespaceOfDns = bytesOfUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8')
    expect(uuidV5(namespaceOfDns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })

  test('is well-formed for every name', () => {
    const uuids = Array.from({ length: 1_000 }, (_, index) =>
      uuidV5(bytesOfUuid(crypto.randomUUID()), `${index} 用户 \ud800`),
    )
    const malformed = uuids.filter(
      (uuid) => !/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid),
    )
    expect(malformed).toEqual([])
  })
})
