import { describe, expect, it, vi } from 'vitest'
import { decidedBy, FIRST, startPlace, startWarmPlace, storeBoth, untilStale } from './place.ts'

describe('F19 two hundred requests at once', () => {
  it.concurrent('to a cold isolate, whose KV takes a second, read it three times at most', async ({
    onTestFinished,
  }) => {
    const { ask, kv } = await startPlace(onTestFinished)
    storeBoth(kv, 7)
    kv.mode = { delayMs: 1_000 }
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask()))
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([200])
    expect(answers.map(({ body }) => body)).toMatchObject(answers.map(() => decidedBy(7)))
    expect(kv.reads.length).toBeLessThanOrEqual(3)
  })

  it.concurrent('of which the first leaves early, are all answered by the read that it began', async ({
    onTestFinished,
  }) => {
    const { ask, kv } = await startPlace(onTestFinished)
    storeBoth(kv, 7)
    kv.mode = { delayMs: 1_000 }
    const leaving = new AbortController()
    const left = expect(ask({}, leaving.signal)).rejects.toThrow()
    await vi.waitFor(() => expect(kv.reads).toEqual([FIRST]), 5_000)
    const staying = Array.from({ length: 199 }, () => ask())
    leaving.abort()
    await left
    expect([...new Set((await Promise.all(staying)).map(({ status }) => status))]).toEqual([200])
    expect(kv.reads.length).toBeLessThanOrEqual(3)
  })

  it.concurrent('that are answered while the datafile is refreshed, do not end the read with them', async ({
    onTestFinished,
  }) => {
    const { ask, kv, workerd } = await startWarmPlace(onTestFinished)
    storeBoth(kv, 8)
    kv.mode = { delayMs: 2_000 }
    await untilStale()
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask()))
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([200])
    expect(kv.reads.length).toBeLessThanOrEqual(4)
    await vi.waitFor(async () => expect((await ask()).body).toMatchObject(decidedBy(8)), 10_000)
    // A request that waits for nothing may not hang anything on the read of another: the runtime would complain of it.
    expect(workerd.logged.join('\n')).not.toContain('different request context')
  })
})
