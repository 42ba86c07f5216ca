import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { KEPT_LIMITS } from '../../src/store/kept-texts.ts'
import { sha256Hex } from '../../src/store/sha256.ts'
import {
  createDurableOverrides,
  createDurablePredictions,
  createDurableProfiles,
  SHARDS_PER_SDK_KEY,
} from '../../src/store/user-shards.ts'

/** As two isolates have it: nothing is shared but the objects. */
const HERE = createDurableProfiles(env.USERS)
const THERE = createDurableProfiles(env.USERS)

async function shardOf(sdkKey: string, userId: string) {
  const number = Number.parseInt((await sha256Hex(userId)).slice(0, 2), 16) % SHARDS_PER_SDK_KEY
  return env.USERS.getByName(`${sdkKey}/${number}`)
}

async function entriesOf(userId: string, sdkKey = 'shop'): Promise<unknown> {
  const profile = await THERE.read(sdkKey, userId)
  return profile === null ? null : [...profile]
}

describe('profiles in Durable Objects', () => {
  test('a user that is new has none', async () => {
    expect(await entriesOf('new')).toBeNull()
  })

  test('what one isolate saves is what the next look-up of another finds', async () => {
    await HERE.save('shop', 'u1', new Map([['e1', 'v1']]))
    expect(await entriesOf('u1')).toEqual([['e1', 'v1']])
    await HERE.save('shop', 'u1', new Map([['e2', 'v2']]))
    expect(await entriesOf('u1')).toEqual([['e2', 'v2']])
  })

  test('users, and SDK keys, do not see each other', async () => {
    await HERE.save('shop', 'alone', new Map([['e1', 'v1']]))
    expect(await entriesOf('alone', 'other')).toBeNull()
    expect(await entriesOf('alone ')).toBeNull()
  })

  test('fifty assignments at the same moment are all kept', async () => {
    const numbers = Array.from({ length: 50 }, (_, number) => String(number))
    await Promise.all(
      numbers.map((number, index) =>
        (index % 2 ? HERE : THERE).assign('shop', 'busy', new Map([[number, `v${number}`]])),
      ),
    )
    const profile = await HERE.read('shop', 'busy')
    expect([...(profile ?? [])].sort()).toEqual(numbers.map((number) => [number, `v${number}`]).sort())
  })

  test('of fifty saves at the same moment one stands as a whole', async () => {
    const numbers = Array.from({ length: 50 }, (_, number) => String(number))
    await Promise.all(
      numbers.map((number) =>
        HERE.save(
          'shop',
          'rival',
          new Map([
            ['a', number],
            ['b', number],
          ]),
        ),
      ),
    )
    const profile = await THERE.read('shop', 'rival')
    expect(profile?.get('a')).toBe(profile?.get('b'))
    expect(numbers).toContain(profile?.get('a'))
  })

  test('what was saved outlives the object that saved it', async () => {
    await HERE.save('shop', 'u2', new Map([['e1', 'v1']]))
    await evictDurableObject(await shardOf('shop', 'u2'))
    expect(await entriesOf('u2')).toEqual([['e1', 'v1']])
  })

  test('an empty profile leaves no row', async () => {
    await HERE.save('shop', 'gone', new Map([['e1', 'v1']]))
    await HERE.save('shop', 'gone', new Map())
    const user = await sha256Hex('gone')
    const rows = await runInDurableObject(await shardOf('shop', 'gone'), (_, { storage }) =>
      storage.sql.exec('SELECT * FROM kept WHERE user = ?', user).toArray(),
    )
    expect(rows).toEqual([])
  })

  test('the id of a user is stored nowhere', async () => {
    await HERE.save('shop', 'ada@shop.example', new Map([['e1', 'v1']]))
    const rows = await runInDurableObject(await shardOf('shop', 'ada@shop.example'), (_, { storage }) =>
      JSON.stringify(storage.sql.exec('SELECT * FROM kept').toArray()),
    )
    expect(rows).toContain('e1')
    expect(rows).not.toContain('ada')
  })

  test.each(['', '__proto__', "'; DROP TABLE kept; --", '用户😀', '\ud800', 'x'.repeat(1_024)])(
    'takes the user id %j',
    async (userId) => {
      await HERE.assign(
        'shop',
        userId,
        new Map([
          ['__proto__', userId],
          ['constructor', "'"],
        ]),
      )
      expect(await entriesOf(userId)).toEqual([
        ['__proto__', userId],
        ['constructor', "'"],
      ])
    },
  )

  test('the oldest assignments go where there are too many, and the youngest stays', async () => {
    const many = Array.from({ length: KEPT_LIMITS.entries + 1 }, (_, number) => [`${number}`, 'v'] as const)
    await HERE.save('shop', 'old', new Map(many))
    await HERE.assign(
      'shop',
      'old',
      new Map([
        ['1', 'again'],
        ['new', 'v'],
      ]),
    )
    const keys = [...((await HERE.read('shop', 'old')) ?? [])].map(([key]) => key)
    expect(keys.length).toBe(KEPT_LIMITS.entries)
    expect([keys[0], ...keys.slice(-2)]).toEqual(['3', '1', 'new'])
  })

  test('entries of any length do not outgrow a row', async () => {
    await HERE.save(
      'shop',
      'long',
      new Map([
        ['small', 'v'],
        ['large', 'x'.repeat(KEPT_LIMITS.units)],
      ]),
    )
    expect(await entriesOf('long')).toBeNull()
  })
})

describe('overrides in Durable Objects', () => {
  const overrides = createDurableOverrides(env.USERS)
  const key = { sdkKey: 'shop', userId: 'u1', experimentKey: 'half' }

  test('setting one tells what was there before, and taking it away leaves none', async () => {
    expect(await overrides.set(key, 'first')).toBeNull()
    expect(await overrides.set(key, 'second')).toBe('first')
    expect([...(await overrides.read('shop', 'u1'))]).toEqual([['half', 'second']])
    expect(await overrides.set(key, null)).toBe('second')
    expect(await overrides.set(key, null)).toBeNull()
    expect([...(await overrides.read('shop', 'u1'))]).toEqual([])
  })

  test('profiles and overrides of a user are apart', async () => {
    await HERE.save('shop', 'both', new Map([['e1', 'v1']]))
    await overrides.set({ ...key, userId: 'both' }, 'first')
    expect(await entriesOf('both')).toEqual([['e1', 'v1']])
  })
})

describe('predictions in Durable Objects', () => {
  const predictions = createDurablePredictions(env.USERS)
  const place = { sdkKey: 'shop', userId: 'u1', ruleId: '55' }

  async function keptOf(userId: string): Promise<readonly (readonly [string, string])[]> {
    return [...(await predictions.read('shop', userId))]
  }

  test('the first that is kept is what all are told, until somebody who has seen it replaces it', async () => {
    expect(await predictions.settle(place, { seen: undefined, text: 'first' })).toBe('first')
    expect(await predictions.settle(place, { seen: undefined, text: 'second' })).toBe('first')
    expect(await predictions.settle(place, { seen: 'first', text: 'third' })).toBe('third')
    expect(await predictions.settle(place, { seen: 'first', text: 'fourth' })).toBe('third')
    expect(await keptOf('u1')).toEqual([['55', 'third']])
  })

  test('of fifty at the same moment one is settled', async () => {
    const crowded = { ...place, userId: 'crowded' }
    const settled = await Promise.all(
      Array.from({ length: 50 }, (_, number) => predictions.settle(crowded, { seen: undefined, text: String(number) })),
    )
    expect(new Set(settled).size).toBe(1)
    expect(await keptOf('crowded')).toEqual([['55', settled[0]]])
  })

  test('what has gone in the meantime is kept anew, and rules are apart', async () => {
    const back = { ...place, userId: 'back' }
    expect(await predictions.settle(back, { seen: 'gone', text: 'again' })).toBe('again')
    expect(await predictions.settle({ ...back, ruleId: '56' }, { seen: undefined, text: 'other' })).toBe('other')
    expect(await keptOf('back')).toEqual([
      ['55', 'again'],
      ['56', 'other'],
    ])
    expect(await entriesOf('back')).toBeNull()
  })
})

test('an object that never answers is given up after two seconds', async () => {
  const silent = createDurableProfiles({ getByName: () => ({ ...NEVER }) })
  await expect(silent.read('shop', 'u1')).rejects.toThrow('no answer within 2000 ms')
})

const never = () => new Promise<never>(() => {})
const NEVER = { read: never, replace: never, add: never, set: never, swap: never }
