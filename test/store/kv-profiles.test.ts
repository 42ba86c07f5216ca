import { describe, expect, test } from 'vitest'
import type { KvNamespace } from '../../src/store/kv.ts'
import { createKvProfiles } from '../../src/store/kv-profiles.ts'

function memoryKv() {
  const values = new Map<string, string>()
  const kv: Pick<KvNamespace, 'getWithMetadata' | 'put'> = {
    getWithMetadata: async (key) => ({ value: values.get(key) ?? null, metadata: null }),
    put: async (key, value) => void values.set(key, value),
  }
  return { values, profiles: createKvProfiles(kv) }
}

describe('profiles in KV', () => {
  test('what was saved is read, in the order in which it was assigned', async () => {
    const { profiles } = memoryKv()
    expect(await profiles.read('shop', 'u1')).toBeNull()
    await profiles.save(
      'shop',
      'u1',
      new Map([
        ['20', 'a'],
        ['3', 'b'],
      ]),
    )
    await profiles.assign(
      'shop',
      'u1',
      new Map([
        ['20', 'c'],
        ['__proto__', 'd'],
      ]),
    )
    expect([...((await profiles.read('shop', 'u1')) ?? [])]).toEqual([
      ['3', 'b'],
      ['20', 'c'],
      ['__proto__', 'd'],
    ])
  })

  test('the key names the SDK key, and the user by a hash alone', async () => {
    const { values, profiles } = memoryKv()
    await profiles.save('shop', 'ada@shop.example', new Map([['e1', 'v1']]))
    const [key] = values.keys()
    expect(key).toMatch(/^profile:shop:[0-9a-f]{64}$/)
  })

  test('saving an empty profile leaves an empty one', async () => {
    const { profiles } = memoryKv()
    await profiles.save('shop', 'u1', new Map([['e1', 'v1']]))
    await profiles.save('shop', 'u1', new Map())
    expect([...((await profiles.read('shop', 'u1')) ?? [])]).toEqual([])
  })

  test.each(['', '{', 'null', '{}', '[1]', '[["a"]]', '[["a",1]]', '[["a","b","c"]]', '['.repeat(100_000)])(
    'what is no profile is told, and not decided with: %j',
    async (stored) => {
      const { values, profiles } = memoryKv()
      await profiles.save('shop', 'u1', new Map())
      for (const key of values.keys()) values.set(key, stored)
      await expect(profiles.read('shop', 'u1')).rejects.toThrow('not a profile')
      await expect(profiles.assign('shop', 'u1', new Map([['e', 'v']]))).rejects.toThrow('not a profile')
    },
  )
})
