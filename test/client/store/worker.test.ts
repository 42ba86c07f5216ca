/** The store against the Worker itself, in workerd. There is no page in Node, so that it asks when it is told to. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDecisionStore, type StoreOptions } from '../../../src/client/index.ts'
import { type Place, SDK_KEY, startPlace, startWarmPlace, storeBoth } from '../../faults/place.ts'

const LIMITS = { timeout: 20_000, interval: 100 }

afterEach(() => vi.unstubAllGlobals())

function storeAt({ workerd }: Place, options: Partial<StoreOptions> = {}) {
  return createDecisionStore({ url: workerd.url, key: SDK_KEY, user: { userId: 'ada' }, timeoutMs: 20_000, ...options })
}

/** The answers that are given from now on. */
function watchAnswers(): readonly Response[] {
  const answers: Response[] = []
  const real = globalThis.fetch
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const answer = await real(url, init)
    answers.push(answer.clone())
    return answer
  })
  return answers
}

describe('the Worker answers the store', () => {
  it('with all decisions', async ({ onTestFinished }) => {
    const place = await startWarmPlace(onTestFinished)
    const { status, decisions } = await storeAt(place).refresh()
    expect(status).toEqual({ kind: 'ready' })
    expect(Object.values(decisions)).toMatchObject([
      { flagKey: 'checkout', enabled: true, variationKey: 'r7' },
      { flagKey: 'search', enabled: true, variationKey: 'r7' },
    ])
  })

  it('without counting them: the first line of the log is about who asks otherwise', async ({ onTestFinished }) => {
    const place = await startPlace(onTestFinished)
    storeBoth(place.kv, 7)
    expect((await storeAt(place).refresh()).status.kind).toBe('ready')
    await place.ask()
    const counted = () => place.workerd.logged.filter((line) => line.includes('"impressions"'))
    await vi.waitFor(() => expect(counted()[0]).toContain('"impressions":1,'), LIMITS)
  })

  it('with the flags that are asked for', async ({ onTestFinished }) => {
    const place = await startWarmPlace(onTestFinished)
    const { decisions } = await storeAt(place, { flags: ['search', 'nope'] }).refresh()
    expect(Object.keys(decisions)).toEqual(['search'])
  })

  it('with 304 where nothing changed, and the snapshot stays', async ({ onTestFinished }) => {
    const place = await startWarmPlace(onTestFinished)
    const store = storeAt(place)
    const answers = watchAnswers()
    const first = await store.refresh()
    expect(await store.refresh()).toBe(first)
    expect(answers.map(({ status }) => status)).toEqual([200, 304])
  })

  it('with what a changed datafile decides', async ({ onTestFinished }) => {
    const place = await startWarmPlace(onTestFinished)
    const store = storeAt(place)
    await store.refresh()
    const listener = vi.fn()
    store.subscribe(listener)
    storeBoth(place.kv, 8)
    await vi.waitFor(async () => {
      await store.refresh()
      expect(store.get('checkout')?.variationKey).toBe('r8')
    }, LIMITS)
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('with a failure for a key that it does not know', async ({ onTestFinished }) => {
    const place = await startWarmPlace(onTestFinished)
    const { status, decisions } = await storeAt(place, { key: 'unknown' }).refresh()
    expect(status).toMatchObject({ kind: 'failed', error: { code: 'http', status: 404 } })
    expect(decisions).toEqual({})
  })

  it('with one for a user whom it refuses', async ({ onTestFinished }) => {
    const place = await startWarmPlace(onTestFinished)
    const { status } = await storeAt(place, { user: { userId: '' } }).refresh()
    expect(status).toMatchObject({ kind: 'failed', error: { code: 'http', status: 400 } })
  })

  it('for the user who is identified last, however soon', async ({ onTestFinished }) => {
    const place = await startWarmPlace(onTestFinished)
    const store = storeAt(place)
    const first = store.refresh()
    const second = store.identify({ userId: 'bob' })
    const third = store.identify({ userId: 'carla', attributes: { plan: 'pro' } })
    const snapshot = await third
    expect(snapshot).toMatchObject({
      status: { kind: 'ready' },
      user: { userId: 'carla', attributes: { plan: 'pro' } },
    })
    expect(await first).toBe(snapshot)
    expect(await second).toBe(snapshot)
  })

  it('after KV is up again, with the last decisions until then', async ({ onTestFinished }) => {
    const place = await startPlace(onTestFinished, { variables: { FRESH_SECONDS: '1' } })
    place.kv.mode = { status: 500 }
    const store = storeAt(place)
    expect((await store.refresh()).status).toMatchObject({ kind: 'failed', error: { code: 'http', status: 503 } })
    place.kv.mode = 'ok'
    storeBoth(place.kv, 7)
    await vi.waitFor(async () => expect((await store.refresh()).status.kind).toBe('ready'), LIMITS)
    await place.workerd.stop()
    expect((await store.refresh()).status).toMatchObject({ kind: 'stale', error: { code: 'network' } })
    expect(store.get('checkout')?.variationKey).toBe('r7')
  })

  it('under its mount, where it stands in front of a site', async ({ onTestFinished }) => {
    const place = await startPlace(onTestFinished, { variables: { ORIGIN: 'http://localhost:9', SDK_KEY } })
    storeBoth(place.kv, 7)
    const store = storeAt(place, { url: `${place.workerd.url}/_turnout` })
    expect((await store.refresh()).decisions.checkout?.variationKey).toBe('r7')
  })

  it('when it reports what was seen and done: each event is taken, or refused by itself', async ({
    onTestFinished,
  }) => {
    const place = await startWarmPlace(onTestFinished)
    const store = storeAt(place)
    await store.refresh()
    const answers = watchAnswers()
    store.expose('checkout')
    store.track('no such event')
    await vi.waitFor(() => expect(answers).toHaveLength(1), LIMITS)
    expect(answers[0]?.status).toBe(202)
    expect(await answers[0]?.json()).toMatchObject({ accepted: 1, refused: [{ index: 1, code: 'unknown_event' }] })
  })
})
