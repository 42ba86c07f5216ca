import { describe, expect, it } from 'vitest'
import { createPullThroughStore } from '../../src/admin/pull-through-store.ts'
import type { DatafileStore } from '../../src/store/datafile-store.ts'
import { SDK_KEY, summary, textOf } from '../store/isolate.ts'
import { createPulling, NOW_MS, type Pulling } from './cdn.ts'

interface Reading extends Pulling {
  readonly store: DatafileStore
  clockMs: number
}

function createReading(): Reading {
  const pulling = createPulling()
  const reading: Reading = {
    ...pulling,
    clockMs: NOW_MS,
    store: createPullThroughStore({
      store: pulling.operator.isolate.store,
      puller: pulling.puller,
      clock: () => reading.clockMs,
      background: () => {},
    }),
  }
  return reading
}

async function read({ store }: Reading, sdkKey = SDK_KEY): Promise<string> {
  return summary(await store.read(sdkKey))
}

describe('a key that KV does not know', () => {
  it('is pulled when it is first asked for', async () => {
    const reading = createReading()
    reading.cdn.answer = () => new Response(textOf('7'))
    expect(await read(reading)).toBe('7 from memory')
    expect(reading.cdn.asked).toHaveLength(1)
  })

  it('is pulled once for everybody who asks at once', async () => {
    const reading = createReading()
    reading.cdn.answer = () => new Response(textOf('7'))
    const found = await Promise.all(Array.from({ length: 50 }, async () => await read(reading)))
    expect(new Set(found)).toEqual(new Set(['7 from memory']))
    expect(reading.cdn.asked).toHaveLength(1)
  })

  it('is a value, not a promise, once it is here', async () => {
    const reading = createReading()
    reading.cdn.answer = () => new Response(textOf('7'))
    await read(reading)
    expect(reading.store.read(SDK_KEY)).not.toBeInstanceOf(Promise)
  })

  it('is not asked for again for five minutes, where nobody publishes it', async () => {
    const reading = createReading()
    expect(await read(reading)).toBe('unknown')
    reading.clockMs += 5 * 60_000 - 1
    await read(reading)
    expect(reading.cdn.asked).toHaveLength(1)
  })

  it('is asked for again after that', async () => {
    const reading = createReading()
    await read(reading)
    reading.clockMs += 5 * 60_000
    reading.cdn.answer = () => new Response(textOf('7'))
    expect(await read(reading)).toBe('7 from memory')
  })

  it('is one of ten a minute, whatever is made up', async () => {
    const reading = createReading()
    for (let key = 0; key < 1_000; key++) await read(reading, `made-up-${key}`)
    expect(reading.cdn.asked).toHaveLength(10)
    reading.clockMs += 60_000
    await read(reading, 'one-more')
    expect(reading.cdn.asked).toHaveLength(11)
    expect(reading.operator.kv.writes).toEqual([])
  })

  it('stays deleted where an operator deleted it', async () => {
    const reading = createReading()
    reading.cdn.answer = () => new Response(textOf('7'))
    await read(reading)
    await reading.operator.remove(SDK_KEY)
    expect(await read(reading)).toBe('unknown')
    expect(reading.cdn.asked).toHaveLength(1)
  })

  it('is unknown while nothing can be pulled', async () => {
    const reading = createReading()
    reading.cdn.answer = () => Promise.reject(new Error('no network'))
    expect(await read(reading)).toBe('unknown')
  })
})
