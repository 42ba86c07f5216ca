import { describe, expect, it } from 'vitest'
import type { PutOutcome } from '../../src/admin/datafile-actions.ts'
import { loadedWith, SDK_KEY, summary, textOf } from '../store/isolate.ts'
import {
  type Course,
  createScriptedKv,
  keyOf,
  NOTHING,
  type ScriptedKv,
  stamped,
  unstamped,
} from '../store/scripted-kv.ts'
import { bytesOf, createOperator, type Operator } from './operator.ts'

const FIRST = keyOf('first', SDK_KEY)
const SECOND = keyOf('second', SDK_KEY)
const TOO_OFTEN: Course = { afterMs: 0, refused: 'KV PUT failed: 429 Too Many Requests' }
const AT_ONCE: Course = { afterMs: 0 }

async function upload({ put }: Operator, revision: string, { force = false, salt = '' } = {}): Promise<PutOutcome> {
  return await put(SDK_KEY, bytesOf(textOf(revision, salt)), { force })
}

/** The generation of an upload that was accepted. */
async function generationOf(outcome: PutOutcome | Promise<PutOutcome>): Promise<number> {
  const accepted = await outcome
  if (accepted.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(accepted)}`)
  return accepted.generation
}

/** What an isolate serves that was not there when anything was written. */
async function servedElsewhere(kv: ScriptedKv): Promise<string> {
  return summary(await createOperator({ kv }).isolate.read())
}

describe('an upload', () => {
  it('writes both copies with one stamp, the first copy first, and is served at once', async () => {
    const operator = createOperator({ clock: () => 5_000 })
    expect(await generationOf(upload(operator, '7'))).toBe(5_000)
    const metadata = { generation: 5_000, revision: '7', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }
    expect(operator.kv.writes).toEqual([
      { key: FIRST, metadata },
      { key: SECOND, metadata },
    ])
    expect(summary(await operator.isolate.read())).toBe('7 from memory')
  })

  it('has a higher generation than the one before, although the clock stands still or went back', async () => {
    const kv = createScriptedKv()
    const first = await generationOf(upload(createOperator({ kv, clock: () => 5_000 }), '7'))
    const second = await generationOf(upload(createOperator({ kv, clock: () => 5_000 }), '8'))
    const third = await generationOf(upload(createOperator({ kv, clock: () => 4_000 }), '9'))
    expect([first, second, third]).toEqual([5_000, 5_001, 5_002])
  })

  it.each([
    ['6', '7', 'older'],
    ['9', '10', 'older'],
    ['7', '7', 'accepted'],
    ['10', '9', 'accepted'],
    ['b', 'a', 'accepted'],
    ['a', 'b', 'accepted'],
    ['7', 'b', 'accepted'],
  ])('of revision %s over revision %s is %s', async (revision, stored, kind) => {
    const operator = createOperator()
    await upload(operator, stored)
    expect((await upload(operator, revision, { salt: 'other' })).kind).toBe(kind)
  })

  it('that is older changes nothing and names both revisions', async () => {
    const operator = createOperator()
    await upload(operator, '7')
    const writes = operator.kv.writes.length
    expect(await upload(operator, '6')).toEqual({ kind: 'older', revision: '6', storedRevision: '7' })
    expect(operator.kv.writes).toHaveLength(writes)
    expect(summary(await operator.isolate.read())).toBe('7 from memory')
  })

  it('that is older and forced is a rollback: older content under a higher generation', async () => {
    const operator = createOperator()
    const before = await generationOf(upload(operator, '7'))
    expect(await generationOf(upload(operator, '6', { force: true }))).toBeGreaterThan(before)
    expect(summary(await operator.isolate.read())).toBe('6 from memory')
    expect(await servedElsewhere(operator.kv)).toBe('6 from kv')
  })

  it('of the same text again is unchanged, under the same generation', async () => {
    const operator = createOperator()
    const generation = await generationOf(upload(operator, '7'))
    expect(await upload(operator, '7')).toMatchObject({ kind: 'accepted', generation, unchanged: true })
    expect(operator.kv.writes.map(({ key }) => key)).toEqual([FIRST, SECOND, SECOND])
  })

  it('of the same text over a value without a stamp gives it one', async () => {
    const operator = createOperator()
    operator.kv.set(FIRST, unstamped(textOf('7')))
    expect(await upload(operator, '7')).toMatchObject({ kind: 'accepted', unchanged: false })
    expect(operator.kv.entry(FIRST)).toMatchObject({ metadata: { revision: '7' } })
  })

  it.each([
    ['a value without a stamp', unstamped(textOf('7')), 'older'],
    ['a value that is no JSON', unstamped('{'), 'accepted'],
    ['a value whose revision is a number', unstamped('{"revision":7}'), 'accepted'],
    ['nothing', NOTHING, 'accepted'],
  ])('of revision 6 over %s', async (_, entry, kind) => {
    const operator = createOperator()
    operator.kv.set(FIRST, entry)
    expect((await upload(operator, '6')).kind).toBe(kind)
  })

  it('need not be newer than the datafile of the deploy', async () => {
    const operator = createOperator({ bundled: { sdkKey: SDK_KEY, loaded: loadedWith('42', -1) } })
    await operator.isolate.read()
    expect((await upload(operator, '41')).kind).toBe('accepted')
    expect(summary(await operator.isolate.read())).toBe('41 from memory')
  })
})

describe('an upload while KV lags behind what this isolate wrote', () => {
  async function lagging(): Promise<{ readonly operator: Operator; readonly generation: number }> {
    const operator = createOperator()
    operator.kv.set(FIRST, await stamped(textOf('6'), 6, '6'))
    const old = operator.kv.entry(FIRST)
    const generation = await generationOf(upload(operator, '8'))
    operator.kv.set(FIRST, old)
    return { operator, generation }
  }

  it('is compared with what was written', async () => {
    const { operator } = await lagging()
    expect(await upload(operator, '7')).toMatchObject({ kind: 'older', storedRevision: '8' })
  })

  it('gets a generation above what was written', async () => {
    const { operator, generation } = await lagging()
    expect(await generationOf(upload(operator, '9'))).toBeGreaterThan(generation)
  })

  it('is written again, although this isolate serves the same: what KV has may be lost', async () => {
    const { operator, generation } = await lagging()
    expect(await upload(operator, '8')).toMatchObject({ kind: 'accepted', unchanged: false })
    expect(operator.kv.entry(FIRST)).toMatchObject({ metadata: { revision: '8' } })
    expect(operator.kv.writes.at(-1)?.metadata?.generation).toBeGreaterThan(generation)
  })

  it('repairs a first copy that somebody deleted or overwrote by hand', async () => {
    const operator = createOperator()
    await upload(operator, '8')
    operator.kv.set(FIRST, NOTHING)
    operator.kv.set(SECOND, NOTHING)
    await upload(operator, '8')
    expect(await servedElsewhere(operator.kv)).toBe('8 from kv')
  })
})

describe('an upload that KV takes only in part (F47)', () => {
  it('fails when the first copy is refused, and changes nothing', async () => {
    const operator = createOperator()
    await upload(operator, '7')
    operator.kv.write(TOO_OFTEN, FIRST)
    expect(await upload(operator, '8')).toEqual({
      kind: 'unavailable',
      message: 'KV failed: KV PUT failed: 429 Too Many Requests. Nothing is known to have changed.',
    })
    expect(operator.kv.entry(SECOND)).toMatchObject({ metadata: { revision: '7' } })
    expect([summary(await operator.isolate.read()), await servedElsewhere(operator.kv)]).toEqual([
      '7 from memory',
      '7 from kv',
    ])
  })

  it('says that it is in force when only the second copy is refused, and is', async () => {
    const operator = createOperator()
    await upload(operator, '7')
    operator.kv.write(TOO_OFTEN, SECOND)
    expect(await upload(operator, '8')).toEqual({
      kind: 'unavailable',
      message:
        'The datafile is stored and in force, but its second copy is not: KV PUT failed: 429 Too Many Requests. Put it again.',
    })
    expect([summary(await operator.isolate.read()), await servedElsewhere(operator.kv)]).toEqual([
      '8 from memory',
      '8 from kv',
    ])
  })

  it.each([
    ['first', FIRST],
    ['second', SECOND],
  ])('is whole after it is repeated, when the %s copy was refused', async (_, key) => {
    const operator = createOperator()
    await upload(operator, '7')
    operator.kv.write(TOO_OFTEN, key)
    await upload(operator, '8')
    operator.kv.write(AT_ONCE, key)
    const generation = await generationOf(upload(operator, '8'))
    const stamp = { metadata: { revision: '8', generation } }
    expect([operator.kv.entry(FIRST), operator.kv.entry(SECOND)]).toMatchObject([stamp, stamp])
  })

  it('that is taken although KV says otherwise is whole after it is repeated', async () => {
    const operator = createOperator()
    operator.kv.write(TOO_OFTEN, FIRST)
    await upload(operator, '8')
    operator.kv.set(FIRST, await stamped(textOf('8'), 5, '8'))
    operator.kv.write(AT_ONCE, FIRST)
    expect(await upload(operator, '8')).toMatchObject({ kind: 'accepted', generation: 5, unchanged: true })
    expect(operator.kv.entry(SECOND)).toMatchObject({ metadata: { generation: 5 } })
  })

  it('is refused while KV cannot be read: nothing says what would be overwritten', async () => {
    const operator = createOperator()
    operator.kv.read({ afterMs: 0, refused: 'KV GET failed: 503' })
    expect((await upload(operator, '8')).kind).toBe('unavailable')
    expect(operator.kv.writes).toEqual([])
  })
})

describe('two uploads at once', () => {
  it('through one isolate leave it at the higher generation, whichever write ends last', async () => {
    const kv = createScriptedKv()
    const times = [1_000, 2_000]
    const operator = createOperator({ kv, clock: () => times.shift() ?? 3_000 })
    kv.write({ afterMs: 50 }, FIRST)
    const slower = upload(operator, '7')
    await new Promise((resolve) => setTimeout(resolve, 20))
    kv.write(AT_ONCE, FIRST)
    expect(await generationOf(upload(operator, '8'))).toBe(2_000)
    expect(await generationOf(slower)).toBe(1_000)
    expect(summary(await operator.isolate.read())).toBe('8 from memory')
  })

  it('through two isolates both end, and KV holds one of them whole', async () => {
    const kv = createScriptedKv()
    const kinds = await Promise.all([upload(createOperator({ kv }), '7'), upload(createOperator({ kv }), '8')])
    expect(kinds.map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
    expect(kv.entry(FIRST)).toEqual(kv.entry(SECOND))
    expect(await servedElsewhere(kv)).toMatch(/^[78] from kv$/)
  })
})
