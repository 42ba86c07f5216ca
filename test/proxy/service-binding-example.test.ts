/** The Worker of examples/service-binding, with Turnout bound to it. */
import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { bundleWorker } from '../faults/bundle.ts'
import { startFakeKv } from '../faults/fake-kv.ts'
import { store } from '../faults/place.ts'
import { pretendTurnout, startOwnWorker } from './own-workers.ts'

const WORKER = 'examples/service-binding/worker.ts'
const BY_DEFAULT = { steps: 3, buttonText: 'Continue', variation: null }

const kv = await startFakeKv()
afterAll(kv.stop)
const demo = await readFile(new URL('../../datafiles/demo.json', import.meta.url), 'utf8')
for (const key of ['datafile:demo', 'last-good:demo']) store(kv, key, demo, 1)
const turnout = { code: await bundleWorker(), kvPort: kv.port, entrypoint: 'Turnout', props: { sdkKey: 'demo' } }

describe('the shop', async () => {
  const { visit } = await startOwnWorker(afterAll, WORKER, { turnout })
  const answered = async (path: string, headers = {}): Promise<unknown> => JSON.parse((await visit(path, headers)).text)

  it('has the checkout of each user', async () => {
    // The first question has KV read, and may come too late.
    await vi.waitFor(
      async () =>
        expect(await answered('/checkout?user=u1')).toEqual({ steps: 1, buttonText: 'Pay now', variation: 'one_page' }),
      10_000,
    )
    const variations = new Set<unknown>()
    for (let user = 1; user <= 30; user++) variations.add(Object(await answered(`/checkout?user=u${user}`)).variation)
    expect(variations).toEqual(new Set(['control', 'one_page', 'off']))
  })

  it('has a flag as a value, by where the visitor comes from', async () => {
    expect(await answered('/returns?user=u1', { 'x-test-cf': '{"country":"CH"}' })).toEqual({ areFree: true })
    expect(await answered('/returns?user=u1', { 'x-test-cf': '{"country":"FR"}' })).toEqual({ areFree: false })
  })

  it('goes on without a user', async () => {
    expect(await answered('/checkout')).toEqual(BY_DEFAULT)
    expect(await answered('/returns')).toEqual({ areFree: false })
  })

  it('says what there is', async () => {
    expect((await visit('/')).status).toBe(404)
  })
})

describe('without Turnout the shop goes on:', () => {
  it.each(['hang', 'reset'] as const)('where KV is down: %s', async (mode) => {
    const kv = await startFakeKv()
    onTestFinished(kv.stop)
    kv.mode = mode
    const { visit } = await startOwnWorker(onTestFinished, WORKER, { turnout: { ...turnout, kvPort: kv.port } })
    expect(JSON.parse((await visit('/checkout?user=u1')).text)).toEqual(BY_DEFAULT)
    expect(JSON.parse((await visit('/returns?user=u1')).text)).toEqual({ areFree: false })
  })

  it('where something else is bound, so that calls are rejected', async () => {
    const pretended = await pretendTurnout(onTestFinished)
    const { visit } = await startOwnWorker(onTestFinished, WORKER, { turnout: pretended.port })
    expect(JSON.parse((await visit('/checkout?user=u1')).text)).toEqual(BY_DEFAULT)
    expect(JSON.parse((await visit('/returns?user=u1')).text)).toEqual({ areFree: false })
  })
})

it('is bound as its configuration says', async () => {
  const config = await readFile(new URL('../../examples/service-binding/wrangler.toml', import.meta.url), 'utf8')
  expect(config).toContain(`entrypoint = "${turnout.entrypoint}"`)
  expect(config).toContain(`props = { sdkKey = "${turnout.props.sdkKey}" }`)
})
