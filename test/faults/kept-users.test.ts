import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { bundleWorker } from './bundle.ts'
import { type FakeKv, startFakeKv } from './fake-kv.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

const TOKEN = 'token-of-the-tests'
const CLASSES = { USERS: 'UserShard', NOTIFIER: 'NotificationRelay' }
const VARIABLES = { ADMIN_TOKEN: TOKEN, USER_PROFILES: 'durable-object', OVERRIDES: 'on', NOTIFICATIONS: 'on' }
const HEADERS = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json' }

let code = ''

beforeAll(async () => {
  code = await bundleWorker()
})

/** The Worker as it is deployed, with its objects in a folder. */
async function start(kv: FakeKv, folder: string): Promise<Workerd> {
  const objects = { classes: CLASSES, folder }
  const workerd = await startWorkerd({ code, kvPort: kv.port, variables: VARIABLES, objects })
  onTestFinished(workerd.stop)
  return workerd
}

async function startFirst(): Promise<{ readonly workerd: Workerd; readonly kv: FakeKv; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-objects-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const kv = await startFakeKv()
  onTestFinished(kv.stop)
  const workerd = await start(kv, folder)
  await upload(workerd, '1')
  return { workerd, kv, folder }
}

async function upload({ url }: Workerd, revision: string): Promise<void> {
  const datafile = { ...DATAFILE, revision }
  const headers = { authorization: `Bearer ${TOKEN}` }
  const response = await fetch(`${url}/v1/datafiles/shop`, { method: 'PUT', headers, body: JSON.stringify(datafile) })
  expect(response.status).toBe(200)
}

const DATAFILE = {
  version: '4',
  accountId: '1',
  projectId: '2',
  featureFlags: [{ id: 'f', key: 'offer', rolloutId: '', experimentIds: ['e'], variables: [] }],
  experiments: [
    {
      id: 'e',
      key: 'halves',
      layerId: 'l',
      status: 'Running',
      audienceIds: [],
      forcedVariations: {},
      variations: [
        { id: 'h1', key: 'first', featureEnabled: true },
        { id: 'h2', key: 'second', featureEnabled: true },
      ],
      trafficAllocation: [{ entityId: 'h1', endOfRange: 10_000 }],
    },
  ],
  rollouts: [],
  groups: [],
  audiences: [],
  attributes: [],
  events: [],
}

function post({ url }: Workerd, path: string, body: object): Promise<Response> {
  return fetch(`${url}${path}`, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) })
}

async function variationOf(workerd: Workerd, userId: string): Promise<unknown> {
  const decided: unknown = await (await post(workerd, '/v1/decide?keys=offer', { userId })).json()
  return decided
}

describe('what is kept of users', () => {
  test('is there after a restart', async () => {
    const { workerd, kv, folder } = await startFirst()
    const experimentBucketMap = { e: { variation_id: 'h2' } }
    await post(workerd, '/v1/save', { userId: 'sticky', experimentBucketMap })
    await post(workerd, '/v1/override', { userId: 'forced', experimentKey: 'halves', variationKey: 'second' })
    await workerd.stop()
    const restarted = await start(kv, folder)
    expect(await variationOf(restarted, 'sticky')).toMatchObject({ variationKey: 'second' })
    expect(await variationOf(restarted, 'forced')).toMatchObject({ variationKey: 'second' })
    expect(await variationOf(restarted, 'new')).toMatchObject({ variationKey: 'first' })
  })

  test('is what was saved last, however many save at the same moment', async () => {
    const { workerd } = await startFirst()
    const saved = Array.from({ length: 50 }, (_, number) =>
      post(workerd, '/v1/save', { userId: 'busy', experimentBucketMap: { e: { variation_id: `${number}` } } }),
    )
    expect(new Set((await Promise.all(saved)).map(({ status }) => status))).toEqual(new Set([200]))
    await post(workerd, '/v1/save', { userId: 'busy', experimentBucketMap: { e: { variation_id: 'h2' } } })
    expect(await variationOf(workerd, 'busy')).toMatchObject({ variationKey: 'second' })
  })
})

describe('the event stream', () => {
  test('brings over HTTP what happens, and ends with its client', async () => {
    const { workerd } = await startFirst()
    const leaving = new AbortController()
    const response = await fetch(`${workerd.url}/v1/notifications/event-stream`, {
      headers: HEADERS,
      signal: leaving.signal,
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const read = readUntil(response, 'project_config_update')
    await variationOf(workerd, 'u1')
    await upload(workerd, '2')
    const text = await read
    expect(text).toContain('data: {"Type":"flag","UserContext":{"ID":"u1"')
    expect(text).toContain('data: {"Type":"project_config_update","Revision":"2"}\n\n')
    leaving.abort()
  })

  test('has room again when those have left who filled it', async () => {
    const { workerd } = await startFirst()
    const leaving = new AbortController()
    const open = (signal: AbortSignal) =>
      fetch(`${workerd.url}/v1/notifications/event-stream?filter=decision`, { headers: HEADERS, signal })
    const first = await Promise.all(Array.from({ length: 100 }, () => open(leaving.signal)))
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([200]))
    const refused = await open(AbortSignal.timeout(10_000))
    expect([refused.status, await refused.text()]).toEqual([503, '{"error":"too many listeners"}\n'])
    leaving.abort()
    await vi.waitFor(
      async () => {
        const again = await open(AbortSignal.timeout(10_000))
        await again.body?.cancel()
        expect(again.status).toBe(200)
      },
      { timeout: 60_000, interval: 500 },
    )
  })
})

async function readUntil(response: Response, last: string): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes(last) && text.endsWith('\n\n')) return text
  }
  throw new Error(`The stream ended after ${text}`)
}
