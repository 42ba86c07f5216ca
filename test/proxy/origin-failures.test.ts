/** An origin that fails, behind a Worker that is nothing but a proxy. */
import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { bundleOf } from '../faults/bundle.ts'
import { told } from './client.ts'
import { closedPort } from './origin-server.ts'
import { PAGE } from './pages.ts'
import { startSite } from './worker.ts'

const TIMEOUT_MS = 1_000
const code = await bundleOf('test/support/origin-worker.ts')
const variables = { TIMEOUT_MS: String(TIMEOUT_MS) }
const { ask, askOrigin, origin, workerd } = await startSite(afterAll, { code, variables })

const UNREACHABLE = [502, 'origin_unreachable', 'no-store']

async function failure(path: string, body?: string): Promise<readonly unknown[]> {
  const answer = await ask(path, body === undefined ? {} : { method: 'POST', body })
  return [answer.status, answer.header('turnout-error'), answer.header('cache-control')]
}

describe('F24 an origin without an answer that is HTTP', () => {
  it.each(['/reset', '/closed', '/garbage', '/http09', '/duplicate-length', '/bad-header'])(
    'is told of in a 502 of ours, after one request: %s',
    async (path) => {
      expect(await failure(path)).toEqual(UNREACHABLE)
      expect(origin.requestsTo(path)).toHaveLength(1)
    },
  )

  it('is told of so where a body was on its way to it', async () => {
    expect(await failure('/reset', 'x'.repeat(3_000_000))).toEqual(UNREACHABLE)
  })

  it('is told of so where nobody listens', async ({ onTestFinished }) => {
    const ORIGIN = `http://127.0.0.1:${await closedPort()}`
    const site = await startSite(onTestFinished, { code, origin, variables: { ORIGIN } })
    const answer = await site.ask('/')
    expect([answer.status, answer.header('turnout-error'), answer.header('cache-control')]).toEqual(UNREACHABLE)
  })
})

describe('F25 an origin that hangs before its headers', () => {
  it.concurrent.each([undefined, 'a body'])('is told of in a 504 of ours once time is up (body: %s)', async (body) => {
    const start = performance.now()
    expect(await failure('/hang', body)).toEqual([504, 'origin_timeout', 'no-store'])
    expect(performance.now() - start).toBeGreaterThan(TIMEOUT_MS - 100)
    expect(performance.now() - start).toBeLessThan(TIMEOUT_MS * 4)
  })

  it.concurrent('and answers in time, is waited for', async () => {
    expect(told(await ask('/slow/700'))).toEqual(told(await askOrigin('/slow/700')))
  })

  it.concurrent('has its time from the end of an upload on', async () => {
    const chunks = async function* () {
      for (let index = 0; index < 8; index++) {
        yield new TextEncoder().encode(`${index}`)
        await sleep(TIMEOUT_MS / 4)
      }
    }
    const answer = await fetch(`${workerd.url}/echo`, { method: 'POST', body: chunks(), duplex: 'half' })
    expect(await answer.json()).toMatchObject({ method: 'POST', body: '01234567' })
  })
})

describe('F26 F27 time does not run while a body comes', () => {
  it.concurrent('in drops, which arrive as they fall', async () => {
    const answer = await ask('/drip')
    expect(answer).toMatchObject({ status: 200, text: PAGE, complete: true })
    expect(answer.totalMs - (answer.firstByteMs ?? answer.totalMs)).toBeGreaterThan(900)
  })

  it.concurrent('that stops in the middle: what there is of it is there at once, and stays', async () => {
    const leaving = AbortSignal.timeout(TIMEOUT_MS * 2)
    const answer = await ask('/hang-body', { signal: leaving })
    expect(answer).toMatchObject({ status: 200, complete: false })
    expect(answer.text).toBe(PAGE.slice(0, PAGE.length / 2))
    expect(answer.totalMs - (answer.firstByteMs ?? answer.totalMs)).toBeGreaterThan(TIMEOUT_MS)
  })

  it.concurrent('of a request, which goes on while the answer comes', async () => {
    const chunks = async function* () {
      for (const text of ['a', 'b', 'c']) {
        yield new TextEncoder().encode(text)
        await sleep(300)
      }
    }
    const answer = await fetch(`${workerd.url}/mirror`, { method: 'POST', body: chunks(), duplex: 'half' })
    expect(await answer.text()).toBe('abc')
  })
})

describe('F28 a body that is cut, or is not what it says', () => {
  it.each(['/truncated/length', '/truncated/chunked', '/truncated/gzip', '/mislabelled/gzip', '/reset-body'])(
    'arrives as it would have without us: %s',
    async (path) => {
      expect(told(await ask(path))).toEqual(told(await askOrigin(path)))
    },
  )
})

describe('F36 a visitor who leaves', () => {
  it('in the middle of a body ends what was asked of the origin', async () => {
    await expect(ask('/drip', { signal: AbortSignal.timeout(300) })).resolves.toMatchObject({ complete: false })
    await vi.waitFor(() => expect(origin.requestsTo('/drip').at(-1)?.aborted).toBe(true), 3_000)
  })

  it('a thousand times before an origin answers holds no connection longer than the origin’s time', async ({
    onTestFinished,
  }) => {
    const site = await startSite(onTestFinished, { code, variables })
    await site.ask('/')
    const before = await openFiles(site.workerd.pid)
    for (let round = 0; round < 20; round++) {
      const left = Array.from({ length: 50 }, () => site.ask('/hang', { signal: AbortSignal.timeout(20) }))
      await Promise.allSettled(left)
      await sleep(100)
    }
    expect(site.origin.requestsTo('/hang').length).toBeGreaterThan(500)
    await vi.waitFor(async () => expect(await openFiles(site.workerd.pid)).toBeLessThan(before + 20), 10_000)
    expect(await site.ask('/')).toMatchObject({ status: 200, text: PAGE })
  })
})

describe('F37 a request that comes back', () => {
  it('is passed on once, and then answered with a 508', async ({ onTestFinished }) => {
    // Its `fetch` leads to a proxy that leads to it.
    const site = await startSite(onTestFinished, { code })
    const seen: string[] = []
    site.origin.on('/loop', async (request, response) => {
      seen.push(String(request.headers['turnout-loop']))
      const again = await site.ask('/loop', { headers: { 'turnout-loop': String(request.headers['turnout-loop']) } })
      response.writeHead(again.status, { 'turnout-error': again.header('turnout-error') ?? '' }).end()
    })
    const answer = await site.ask('/loop')
    expect([answer.status, answer.header('turnout-error')]).toEqual([508, 'request_loop'])
    expect(seen).toEqual(['1', '2'])
  })

  it.each(['2', '3', '0', '', '1, 1', 'x'])('counts as %j: only the one who sent it is refused', async (loop) => {
    expect(await ask('/once', { headers: { 'turnout-loop': loop } })).toMatchObject({ status: 508 })
    expect(origin.requestsTo('/once')).toEqual([])
    expect(await ask('/twice')).toMatchObject({ status: 200 })
  })
})

async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length
}
