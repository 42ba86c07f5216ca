import { describe, expect, it } from 'vitest'
import { loadedWith, SDK_KEY, summary, textOf } from '../store/isolate.ts'
import { type Course, DOWN, deleted, keyOf, unstamped } from '../store/scripted-kv.ts'
import { bytesOf, createOperator, type Operator } from './operator.ts'

const FIRST = keyOf('first', SDK_KEY)
const SECOND = keyOf('second', SDK_KEY)
const TOO_OFTEN: Course = { afterMs: 0, refused: 'KV PUT failed: 429 Too Many Requests' }

async function operatorWithDatafile(): Promise<Operator> {
  const operator = createOperator({ clock: () => 1_000 })
  await operator.put(SDK_KEY, bytesOf(textOf('7')), { force: false })
  return operator
}

describe('getting a datafile', () => {
  it('gives the text and the stamp that KV has', async () => {
    const { get } = await operatorWithDatafile()
    expect(await get(SDK_KEY)).toMatchObject({ kind: 'found', text: textOf('7'), stamp: { generation: 1_000 } })
  })

  it('gives a value without a stamp as generation 0, also where it is no datafile', async () => {
    const { get, kv } = createOperator()
    kv.set(FIRST, unstamped('{'))
    expect(await get(SDK_KEY)).toMatchObject({ kind: 'found', text: '{', stamp: { generation: 0, revision: '' } })
  })

  it.each([
    ['there is none', () => {}],
    ['it was deleted', ({ kv }: Operator) => kv.set(FIRST, deleted(9))],
  ])('finds it unknown where %s', async (_, befall) => {
    const operator = createOperator()
    befall(operator)
    expect(await operator.get(SDK_KEY)).toEqual({ kind: 'unknown' })
  })

  it('says that KV failed', async () => {
    const { get, kv } = createOperator()
    kv.read(DOWN)
    expect(await get(SDK_KEY)).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('500') })
  })
})

describe('removing a datafile', () => {
  it('leaves a tombstone under both keys, and makes the SDK key unknown at once', async () => {
    const operator = await operatorWithDatafile()
    expect(await operator.remove(SDK_KEY)).toEqual({ kind: 'removed', generation: 1_001 })
    expect([operator.kv.entry(FIRST), operator.kv.entry(SECOND)]).toEqual([deleted(1_001), deleted(1_001)])
    expect(summary(await operator.isolate.read())).toBe('unknown')
  })

  it('is refused for a key that nobody knows', async () => {
    const operator = createOperator()
    expect(await operator.remove(SDK_KEY)).toEqual({ kind: 'unknown' })
    expect(operator.kv.writes).toEqual([])
  })

  it.each([
    ['in KV, but not under the first key', async ({ kv }: Operator) => kv.set(SECOND, unstamped(textOf('7')))],
    [
      'in the memory of this isolate alone',
      ({ isolate }: Operator) => isolate.store.replace(SDK_KEY, loadedWith('7', 7)),
    ],
  ])('works where the datafile is %s', async (_, befall) => {
    const operator = createOperator()
    await befall(operator)
    expect((await operator.remove(SDK_KEY)).kind).toBe('removed')
    expect(summary(await createOperator({ kv: operator.kv }).isolate.read())).toBe('unknown')
  })

  it('works where the datafile came with the deploy', async () => {
    const bundled = { sdkKey: SDK_KEY, loaded: loadedWith('3', -1) }
    const operator = createOperator({ bundled })
    expect(summary(await operator.isolate.read())).toBe('3 from bundled')
    expect((await operator.remove(SDK_KEY)).kind).toBe('removed')
    expect(summary(await createOperator({ kv: operator.kv, bundled }).isolate.read())).toBe('unknown')
  })

  it('fails when KV takes neither write, and changes nothing', async () => {
    const operator = await operatorWithDatafile()
    operator.kv.write(TOO_OFTEN, FIRST)
    expect(await operator.remove(SDK_KEY)).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('Nothing is known to have changed'),
    })
    expect(summary(await operator.isolate.read())).toBe('7 from memory')
  })

  it('says that the key is revoked when only the second copy stays, and is whole after it is repeated', async () => {
    const operator = await operatorWithDatafile()
    operator.kv.write(TOO_OFTEN, SECOND)
    expect(await operator.remove(SDK_KEY)).toEqual({
      kind: 'unavailable',
      message:
        'The SDK key is revoked, but the second copy is still there: KV PUT failed: 429 Too Many Requests. Delete it again.',
    })
    expect(summary(await operator.isolate.read())).toBe('unknown')
    operator.kv.write({ afterMs: 0 }, SECOND)
    expect(await operator.remove(SDK_KEY)).toEqual({ kind: 'removed', generation: 1_002 })
    expect(operator.kv.entry(SECOND)).toEqual(deleted(1_002))
  })

  it('is undone by a later upload, of an older revision too', async () => {
    const operator = await operatorWithDatafile()
    await operator.remove(SDK_KEY)
    const outcome = await operator.put(SDK_KEY, bytesOf(textOf('6')), { force: false })
    expect(outcome).toMatchObject({ kind: 'accepted', generation: 1_002 })
    expect(summary(await operator.isolate.read())).toBe('6 from memory')
  })
})
