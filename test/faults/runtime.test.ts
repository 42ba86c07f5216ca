import { expect, it, vi } from 'vitest'
import { startFakeKv } from './fake-kv.ts'
import { FIRST, startPlace, storeBoth } from './place.ts'
import { startWorkerd } from './workerd.ts'

const WORKER = `
import { waitUntil } from 'cloudflare:workers'
const environments = new Set()
let ended = 0
export default {
  async fetch(request, env) {
    environments.add(env)
    if (new URL(request.url).pathname === '/later') {
      waitUntil(new Promise((resolve) => setTimeout(resolve, 300)).then(() => ended++))
    }
    return Response.json({ environments: environments.size, ended })
  },
}`

it('an isolate has one environment object, and work given to waitUntil outlives the answer', async ({
  onTestFinished,
}) => {
  const kv = await startFakeKv()
  onTestFinished(kv.stop)
  const { url, stop } = await startWorkerd({ code: WORKER, kvPort: kv.port })
  onTestFinished(stop)
  const state = async (path = '/') => (await fetch(`${url}${path}`)).json()
  await Promise.all(Array.from({ length: 50 }, () => state('/later')))
  await vi.waitFor(async () => expect(await state()).toEqual({ environments: 1, ended: 50 }), 5_000)
})

it('the isolate of the Worker keeps what it knows from one request to the next', async ({ onTestFinished }) => {
  const { ask, kv } = await startPlace(onTestFinished)
  storeBoth(kv, 7)
  for (let request = 0; request < 20; request++) expect((await ask()).status).toBe(200)
  expect(kv.reads).toEqual([FIRST])
})
