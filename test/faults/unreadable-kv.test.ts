import { describe, expect, it, vi } from 'vitest'
import type { ReadMode } from './fake-kv.ts'
import {
  type Answer,
  datafileText,
  decidedBy,
  FIRST,
  SECOND,
  startPlace,
  startWarmPlace,
  store,
  storeBoth,
  untilStale,
} from './place.ts'

interface Fault {
  readonly fault: string
  readonly mode: ReadMode
}

const FAULTS: readonly Fault[] = [
  { fault: 'F01 KV answers 500', mode: { status: 500 } },
  { fault: 'F01 KV answers 503', mode: { status: 503 } },
  { fault: 'F01 KV answers 429', mode: { status: 429 } },
  { fault: 'F01 KV answers 400', mode: { status: 400 } },
  { fault: 'F01 KV answers 403', mode: { status: 403 } },
  { fault: 'F01 KV ends the connection', mode: 'reset' },
  { fault: 'F01 KV answers with what is not HTTP', mode: 'garbage' },
  { fault: 'F03 KV ends in the middle of a value', mode: 'truncate' },
  { fault: 'F02 KV does not answer', mode: 'hang' },
  { fault: 'F02 KV answers after a minute', mode: { delayMs: 60_000 } },
  { fault: 'F04 KV stalls in the middle of a value', mode: 'stall' },
]

/** What is the same in all of these answers, or all the ways in which they differ. */
function summaries(answers: readonly Answer[]): readonly string[] {
  return [...new Set(answers.map(({ status, source, body }) => JSON.stringify({ status, source, body })))]
}

describe('a warm isolate', () => {
  it.concurrent.for(FAULTS)('$fault: decides as before', async ({ mode }, { onTestFinished }) => {
    const { kv, ask } = await startWarmPlace(onTestFinished)
    const before = await ask()
    expect(before).toMatchObject({ status: 200, body: decidedBy(7) })
    await untilStale()
    kv.mode = mode
    const during = [await ask()]
    await vi.waitFor(() => expect(kv.reads).toHaveLength(2))
    for (let count = 0; count < 20; count++) during.push(await ask())
    expect(summaries(during)).toEqual(summaries([{ ...before, source: 'stale' }]))
    expect(kv.reads.length).toBeLessThanOrEqual(3)
  })
})

describe('a cold isolate', () => {
  it.concurrent.for(FAULTS)(
    '$fault: takes the second copy, else the datafile of the deploy, else asks to come back',
    async ({ mode }, { onTestFinished }) => {
      const { kv, ask } = await startPlace(onTestFinished, { fallback: 'datafiles/demo.json' })
      for (const key of ['spare', 'demo', 'shop']) {
        store(kv, `datafile:${key}`, datafileText(7), 7)
        store(kv, `last-good:${key}`, datafileText(7), 7)
      }
      kv.mode = mode
      kv.modes.set('last-good:spare', 'ok')
      const answers = await Promise.all(['spare', 'demo', 'shop'].map((key) => ask({ key })))
      expect(answers).toMatchObject([
        { status: 200, source: 'last-good', body: decidedBy(7) },
        { status: 200, source: 'bundled', body: { flagKey: 'checkout', variationKey: 'one_page' } },
        { status: 503, body: { error: { code: 'datafile_unavailable' } } },
      ])
      expect(answers[2]?.headers.get('retry-after')).toMatch(/^[1-4]$/)
      expect(kv.reads.filter((key) => key.endsWith(':shop')).length).toBeLessThanOrEqual(4)
    },
  )

  it.concurrent('F01 KV answers 503: does not ask KV at once, and decides once KV is well', async ({
    onTestFinished,
  }) => {
    const { kv, ask } = await startPlace(onTestFinished)
    storeBoth(kv, 7)
    kv.mode = { status: 503 }
    const statuses = [(await ask()).status, (await ask()).status, (await ask()).status]
    expect(statuses).toEqual([503, 503, 503])
    expect(kv.reads.length).toBeLessThanOrEqual(4)
    kv.mode = 'ok'
    await vi.waitFor(async () => expect(await ask()).toMatchObject({ status: 200, body: decidedBy(7) }), 10_000)
  })
})

describe('a value that is missing', () => {
  it.concurrent('F05 for a cold isolate: the SDK key is unknown, and KV is not asked again', async ({
    onTestFinished,
  }) => {
    const { kv, ask } = await startPlace(onTestFinished)
    const answers = [await ask(), await ask(), await ask()]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
    expect(answers[0]?.body).toMatchObject({ error: { code: 'datafile_not_found' } })
    expect(kv.reads).toEqual([FIRST, SECOND])
  })

  it.concurrent('F05 for a warm isolate: that revokes nothing, and is reported', async ({ onTestFinished }) => {
    const { kv, ask, health, workerd } = await startWarmPlace(onTestFinished)
    kv.delete(FIRST)
    await untilStale()
    await ask()
    await vi.waitFor(async () =>
      expect((await health()).body).toMatchObject({
        status: 'degraded',
        datafiles: [{ revision: '7', lastError: 'KV has no datafile under this key any more' }],
      }),
    )
    expect(await ask()).toMatchObject({ status: 200, body: decidedBy(7) })
    expect(workerd.logged.filter((line) => line.includes('"datafile_missing"'))).toHaveLength(1)
  })

  it.concurrent('F05 but for a tombstone: that revokes at once', async ({ onTestFinished }) => {
    const { kv, ask } = await startWarmPlace(onTestFinished)
    kv.set(FIRST, '', { generation: 8, revision: '', sha256: '', deleted: true })
    await untilStale()
    await ask()
    await vi.waitFor(async () => expect((await ask()).status).toBe(404), 5_000)
  })
})

describe('an outage', () => {
  it.concurrent('F21 both copies are of no use: the isolate asks to come back', async ({ onTestFinished }) => {
    const { kv, ask, health } = await startPlace(onTestFinished)
    store(kv, FIRST, '{', 7)
    store(kv, SECOND, '[]', 7)
    expect(await ask()).toMatchObject({ status: 503, body: { error: { code: 'datafile_unavailable' } } })
    expect((await health()).body).toMatchObject({ status: 'degraded', datafiles: [{ lastError: 'not JSON' }] })
  })

  it.concurrent('F23 an isolate that is asked all the time leaves KV alone', async ({ onTestFinished }) => {
    const { kv, ask, workerd } = await startWarmPlace(onTestFinished)
    kv.mode = { status: 503 }
    await untilStale()
    const untilMs = Date.now() + 2_900
    while (Date.now() < untilMs) await ask()
    // One read, the next after 1 to 2 s, and the one after that after 2 to 4 s more.
    expect(kv.reads.length - 1).toBeLessThanOrEqual(2)
    expect(workerd.logged.filter((line) => line.includes('"kv_failed"'))).toHaveLength(1)
  })
})
