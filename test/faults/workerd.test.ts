/**
 * The deployed bundle on raw workerd, with the real KV client, and a KV behind it that fails as it is told to. The numbers are
 * those of docs/faults.md. `FRESH_SECONDS` is 1, so that a second makes a datafile due.
 */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bundleWorker } from '../../bench/bundle.ts'
import { startWorkerd, type Workerd } from '../../bench/workerd.ts'
import { checkoutDatafile } from '../cli/datafile.ts'
import { type Behaviour, type Entry, type KvServer, startKvServer } from './kv-server.ts'

let code: string
const running: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  code = (await bundleWorker()).code
}, 120_000)

afterEach(async () => {
  for (const each of running.splice(0)) await each.stop()
})

const TOKEN = 'token-of-the-tests'
const DECISION = '/?feature=checkout&userId=u1&key=shop'
/** Until a datafile is due, and the read that a request sets off has been answered. */
const DUE_MS = 1_100
const SOON_MS = 300

async function startKv(): Promise<KvServer> {
  const kv = await startKvServer()
  running.push({ stop: kv.close })
  return kv
}

async function startWorker(kv: KvServer): Promise<Workerd> {
  const bindings = `(name = "DATAFILES", kvNamespace = "kv"), (name = "ADMIN_TOKEN", text = "${TOKEN}"), (name = "FRESH_SECONDS", text = "1")`
  const worker = await startWorkerd([{ name: 'turnout', code, bindings }], [{ name: 'kv', port: kv.port }])
  running.unshift(worker)
  return worker
}

/** A Worker that has a datafile of revision 7 in memory, and its KV. */
async function startWarm(): Promise<{ kv: KvServer; worker: Workerd }> {
  const kv = await startKv()
  kv.entries.set('datafile:shop', stored('7', 7))
  const worker = await startWorker(kv)
  expect(await revisionOf(worker)).toBe('7')
  return { kv, worker }
}

function stored(revision: string, generation: number): Entry {
  const value = JSON.stringify(checkoutDatafile(revision))
  const sha256 = createHash('sha256').update(value).digest('hex')
  return { value, metadata: { generation, revision, sha256 } }
}

async function ask({ url }: Workerd): Promise<{ status: number; source: string | undefined; body: unknown }> {
  const response = await fetch(`${url}${DECISION}`)
  const source = /desc="([a-z-]+)"/.exec(response.headers.get('server-timing') ?? '')?.[1]
  return { status: response.status, source, body: await response.json() }
}

async function healthOf({ url }: Workerd): Promise<{ revision: string | null; lastError: string | null } | undefined> {
  const response = await fetch(`${url}/health`)
  const health: { datafiles: { revision: string | null; lastError: string | null }[] } = JSON.parse(
    await response.text(),
  )
  return health.datafiles[0]
}

/** Of a datafile that this isolate has loaded; asking is also what makes it read a due one. */
async function revisionOf(worker: Workerd): Promise<string | null | undefined> {
  const { status } = await ask(worker)
  expect(status).toBe(200)
  return (await healthOf(worker))?.revision
}

const DECIDED = { flagKey: 'checkout', enabled: true, variationKey: 'on' }

const FAULTS: readonly [string, Behaviour][] = [
  ['F01 500', { kind: 'status', status: 500 }],
  ['F01 503', { kind: 'status', status: 503 }],
  ['F01 429', { kind: 'status', status: 429 }],
  ['F01 400', { kind: 'status', status: 400 }],
  ['F01 403', { kind: 'status', status: 403 }],
  ['F01 a connection that is reset', { kind: 'reset' }],
  ['F02 silence', { kind: 'hang' }],
  ['F03 a body that is cut off', { kind: 'truncate' }],
  ['F04 a body that stalls', { kind: 'stall' }],
]

describe('KV answers', () => {
  test.each(FAULTS)('%s: a warm isolate decides as before', async (_, behaviour) => {
    const { kv, worker } = await startWarm()
    kv.behave(behaviour)
    await sleep(DUE_MS)
    expect(await ask(worker)).toMatchObject({ status: 200, source: 'stale', body: DECIDED })
    await sleep(SOON_MS)
    expect(await ask(worker)).toMatchObject({ status: 200, body: DECIDED })
  })

  test.each(FAULTS.filter(([, { kind }]) => kind !== 'hang' && kind !== 'stall'))(
    '%s: a cold isolate asks to come back, and decides once KV is well',
    async (_, behaviour) => {
      const kv = await startKv()
      kv.entries.set('datafile:shop', stored('7', 7))
      kv.behave(behaviour)
      const worker = await startWorker(kv)
      expect(await ask(worker)).toMatchObject({ status: 503, body: { error: { code: 'datafile_unavailable' } } })
      kv.behave({ kind: 'well' })
      await sleep(2_100)
      expect(await ask(worker)).toMatchObject({ status: 200, source: 'kv', body: DECIDED })
    },
  )

  test('F05 nothing, to a cold isolate: the key is unknown, and asked for once', async () => {
    const kv = await startKv()
    const worker = await startWorker(kv)
    expect(await ask(worker)).toMatchObject({ status: 404, body: { error: { code: 'datafile_not_found' } } })
    expect(await ask(worker)).toMatchObject({ status: 404 })
    expect(kv.reads).toEqual(['datafile:shop', 'last-good:shop'])
  })

  test('F05 nothing, to a warm isolate: that is no revocation', async () => {
    const { kv, worker } = await startWarm()
    kv.entries.clear()
    await sleep(DUE_MS)
    await ask(worker)
    await sleep(SOON_MS)
    expect(await ask(worker)).toMatchObject({ status: 200, body: DECIDED })
    expect((await healthOf(worker))?.lastError).toContain('no datafile under this key any more')
  })

  test.each<[string, Entry]>([
    ['F06 no JSON', { value: '<html>' }],
    ['F07 an array', { value: '[]' }],
    ['F07 an object of another kind', { value: '{}' }],
    ['F09 a depth bomb', { value: '['.repeat(100_000) }],
    ['F10 bytes that are no UTF-8', { value: Buffer.from([0xff, 0xfe, 0x00]) }],
  ])('%s: a warm isolate keeps what it has, and a cold one takes the second copy', async (_, { value }) => {
    const { kv, worker } = await startWarm()
    kv.entries.set('last-good:shop', stored('7', 7))
    kv.entries.set('datafile:shop', { value, metadata: { generation: 8, revision: '8', sha256: 'a'.repeat(64) } })
    await sleep(DUE_MS)
    await ask(worker)
    await sleep(SOON_MS)
    expect(await ask(worker)).toMatchObject({ status: 200, body: DECIDED })
    expect((await healthOf(worker))?.lastError).toMatch(/not JSON|not a datafile/)
    expect(await ask(await startWorker(kv))).toMatchObject({ status: 200, source: 'last-good', body: DECIDED })
  })

  test('F14 generations 7, 8, 7, 8: the isolate stays at 8, and takes older content under 9', async () => {
    const { kv, worker } = await startWarm()
    kv.alternate('datafile:shop', [stored('8', 8), stored('7', 7)])
    const seen: (string | null | undefined)[] = []
    for (let round = 0; round < 4; round++) {
      await sleep(DUE_MS)
      await ask(worker)
      await sleep(SOON_MS)
      seen.push((await healthOf(worker))?.revision)
    }
    const first = seen.indexOf('8')
    expect(first).toBeGreaterThanOrEqual(0)
    expect(seen.slice(first)).toEqual(seen.slice(first).map(() => '8'))
    kv.alternate('datafile:shop', [stored('7', 9)])
    await sleep(DUE_MS)
    await ask(worker)
    await sleep(SOON_MS)
    expect((await healthOf(worker))?.revision).toBe('7')
  })
})

test('F15 two isolates on one KV come to the same revision', async () => {
  const { kv, worker } = await startWarm()
  kv.entries.set('datafile:shop', stored('8', 8))
  const other = await startWorker(kv)
  expect([await revisionOf(worker), await revisionOf(other)]).toEqual(['7', '8'])
  await sleep(DUE_MS)
  await ask(worker)
  await sleep(SOON_MS)
  expect([await revisionOf(worker), await revisionOf(other)]).toEqual(['8', '8'])
})

test('F18 ten uploads under load: every request is answered with a decision', async () => {
  const { worker } = await startWarm()
  let isOver = false
  const statuses = new Map<number, number>()
  const load = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const { status } = await ask(worker)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  })
  for (let revision = 11; revision <= 20; revision++) {
    const response = await fetch(`${worker.url}/v1/datafiles/shop`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(checkoutDatafile(String(revision))),
    })
    expect(response.status).toBe(200)
    expect((await healthOf(worker))?.revision).toBe(String(revision))
  }
  isOver = true
  await Promise.all(load)
  expect([...statuses.keys()]).toEqual([200])
})

describe('F19 a cold isolate', () => {
  test('that is asked by 200 at once reads KV once, when KV takes a second', async () => {
    const kv = await startKv()
    kv.entries.set('datafile:shop', stored('7', 7))
    kv.behave({ kind: 'slow', delayMs: 1_000 })
    const worker = await startWorker(kv)
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(worker)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(200)
    expect(kv.reads.length).toBeLessThanOrEqual(3)
  })

  test('is poisoned by nobody who leaves early', async () => {
    const kv = await startKv()
    kv.entries.set('datafile:shop', stored('7', 7))
    kv.behave({ kind: 'slow', delayMs: 600 })
    const worker = await startWorker(kv)
    const leaving = fetch(`${worker.url}${DECISION}`, { signal: AbortSignal.timeout(100) })
    await expect(leaving).rejects.toThrow()
    expect(await ask(worker)).toMatchObject({ status: 200, body: DECIDED })
    expect(await ask(worker)).toMatchObject({ status: 200, source: 'memory' })
  })
})

test('an isolate keeps what it knows from one request to the next', async () => {
  const { kv, worker } = await startWarm()
  for (let request = 0; request < 20; request++) await ask(worker)
  expect(kv.reads).toHaveLength(1)
})
