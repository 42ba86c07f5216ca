import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import {
  type Answer,
  datafileText,
  decidedBy,
  FIRST,
  type Place,
  SECOND,
  startPlace,
  startWarmPlace,
  store,
  storeBoth,
  untilStale,
} from './place.ts'

/** The variations of all flags in an answer to `feature=*`. */
function variationsIn({ body }: Answer): readonly unknown[] {
  return Array.isArray(body) ? body.map(({ variationKey }: { variationKey: unknown }) => variationKey) : [body]
}

/** Makes the isolate read what KV shows now, and gives the variation that it then decides on. */
async function variationAfterRead({ ask, kv }: Place): Promise<unknown> {
  await untilStale()
  const reads = kv.reads.length
  await ask()
  await vi.waitFor(() => expect(kv.reads.length).toBeGreaterThan(reads), 5_000)
  await sleep(100)
  return variationsIn(await ask({ feature: '*' }))[0]
}

it.concurrent('F14 KV shows generations 7, 8, 7, 8: the isolate stays at 8, until older content comes under 9', async ({
  onTestFinished,
}) => {
  const place = await startWarmPlace(onTestFinished)
  const seen: unknown[] = []
  for (const shown of [8, 7, 8, 7]) {
    storeBoth(place.kv, shown)
    seen.push(await variationAfterRead(place))
  }
  expect(seen).toEqual(['r8', 'r8', 'r8', 'r8'])
  place.kv.set(FIRST, datafileText(7), { generation: 9, revision: '7', sha256: 'a'.repeat(64) })
  expect(await variationAfterRead(place)).toBe('r7')
})

it.concurrent('F15 two isolates that see different generations: each is consistent, and both come to the higher', async ({
  onTestFinished,
}) => {
  const first = await startWarmPlace(onTestFinished)
  storeBoth(first.kv, 8)
  const second = await startPlace(onTestFinished, { kv: first.kv })
  const [seventh, eighth] = [await first.ask({ feature: '*' }), await second.ask({ feature: '*' })]
  expect([variationsIn(seventh), variationsIn(eighth)]).toEqual([
    ['r7', 'r7'],
    ['r8', 'r8'],
  ])
  expect(seventh.headers.get('etag')).not.toBe(eighth.headers.get('etag'))
  expect(await variationAfterRead(first)).toBe('r8')
  const [one, other] = [await first.ask({ feature: '*' }), await second.ask({ feature: '*' })]
  expect(one.headers.get('etag')).toBe(other.headers.get('etag'))
})

it.concurrent('F18 ten uploads under load: each request is answered from one revision, and from the newest at the end', async ({
  onTestFinished,
}) => {
  const { ask, put } = await startWarmPlace(onTestFinished)
  const answers: Answer[] = []
  let isOver = false
  const load = Array.from({ length: 8 }, async () => {
    while (!isOver) answers.push(await ask({ feature: '*' }))
  })
  const uploads: number[] = []
  for (let revision = 11; revision <= 20; revision++) {
    uploads.push((await put(datafileText(revision))).status)
    expect(variationsIn(await ask({ feature: '*' }))).toEqual([`r${revision}`, `r${revision}`])
    await sleep(50)
  }
  isOver = true
  await Promise.all(load)
  expect(uploads).toEqual(Array.from({ length: 10 }, () => 200))
  expect([...new Set(answers.map(({ status }) => status))]).toEqual([200])
  expect(answers.filter((answer) => new Set(variationsIn(answer)).size !== 1)).toEqual([])
})

describe('a write that KV refuses (F47)', () => {
  it.concurrent('of the first copy: changes nothing', async ({ onTestFinished }) => {
    const { ask, kv, put } = await startWarmPlace(onTestFinished)
    kv.writeStatuses.set(FIRST, 429)
    const answer = await put(datafileText(8))
    expect(answer).toMatchObject({ status: 503, body: { error: { message: expect.stringContaining('429') } } })
    expect(await ask()).toMatchObject({ status: 200, body: decidedBy(7) })
  })

  it.concurrent('of the second copy: is in force, says so, and is made good by a repetition', async ({
    onTestFinished,
  }) => {
    const { ask, kv, put } = await startWarmPlace(onTestFinished)
    kv.writeStatuses.set(SECOND, 429)
    const answer = await put(datafileText(8))
    expect(answer).toMatchObject({ status: 503, body: { error: { message: expect.stringContaining('in force') } } })
    expect(await ask()).toMatchObject({ status: 200, body: decidedBy(8) })
    kv.writeStatuses.clear()
    expect((await put(datafileText(8))).status).toBe(200)
    expect(kv.metadataOf(SECOND)).toEqual(kv.metadataOf(FIRST))
  })
})

it.concurrent('a stamp comes back from the real KV client as it was written, whatever the revision', async ({
  onTestFinished,
}) => {
  const { kv, put } = await startPlace(onTestFinished)
  const revision = 'Ärger "42" \u{1f6a6}\n'
  expect((await put(JSON.stringify({ ...JSON.parse(datafileText(8)), revision }))).status).toBe(200)
  const cold = await startPlace(onTestFinished, { kv })
  const generation = expect.any(Number)
  expect(await cold.ask()).toMatchObject({ status: 200, source: 'kv' })
  expect((await cold.health()).body).toMatchObject({ datafiles: [{ revision, generation, lastError: null }] })
})

it.concurrent('a revoked SDK key is unknown to the isolate at once, and to a cold one', async ({ onTestFinished }) => {
  const { ask, kv, remove } = await startWarmPlace(onTestFinished)
  expect((await remove()).status).toBe(200)
  const cold = await startPlace(onTestFinished, { kv })
  expect([(await ask()).status, (await cold.ask()).status]).toEqual([404, 404])
})

it.concurrent('S26 one SDK key decides nothing for another that has the same flags', async ({ onTestFinished }) => {
  const { ask, kv } = await startPlace(onTestFinished)
  store(kv, 'datafile:one', datafileText(1), 1)
  store(kv, 'datafile:other', datafileText(2), 1)
  const answers = [await ask({ key: 'one' }), await ask({ key: 'other' }), await ask({ key: 'one' })]
  expect(answers.map(({ body }) => body)).toMatchObject([decidedBy(1), decidedBy(2), decidedBy(1)])
})
