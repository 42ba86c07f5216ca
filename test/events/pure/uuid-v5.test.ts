import { describe, expect, test } from 'vitest'
import { bytesOfUuid, uuidV5 } from '../../../src/events/uuid-v5.ts'

describe('a UUID of a name', () => {
  test('is that of the RFC', async () => {
    const namespaceOfDns = bytesOfUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8')
    expect(await uuidV5(namespaceOfDns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })

  test('is well-formed for every name', async () => {
    const named = Array.from({ length: 1_000 }, (_, index) =>
      uuidV5(bytesOfUuid(crypto.randomUUID()), `${index} 用户 \ud800`),
    )
    const uuids = await Promise.all(named)
    const malformed = uuids.filter(
      (uuid) => !/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid),
    )
    expect(malformed).toEqual([])
  })
})
