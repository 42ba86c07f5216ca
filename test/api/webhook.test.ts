import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import worker from '../../src/worker.ts'
import { ADMIN_TOKEN, type Ask, startService, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const SECRET = 'I am secret'
/** Announced by Optimizely's own application (source: the Agent's tests). */
const SAMPLE =
  '{"project_id":42,"timestamp":42424242,"event":"project.datafile_updated","data":{"revision":101,"origin_url":"origin.optimizely.com/datafiles/myDatafile","cdn_url":"cdn.optimizely.com/datafiles/myDatafile","environment":"Production"}}'
const SAMPLE_SIGNATURE = 'sha1=e0199de63fb7192634f52136d4ceb7dc6f191da3'
const SAMPLE_TIME_MS = 42_424_242_000

const SETTINGS = {
  DATAFILE_URL: 'https://cdn.example/datafiles/%s.json',
  WEBHOOK_PROJECTS: JSON.stringify({ 42: { secret: SECRET, sdkKeys: ['shop'] } }),
}

/** What was asked of the network, which publishes one datafile. */
let asked: string[]
let publish: () => Response
beforeEach(() => {
  asked = []
  publish = () => new Response(JSON.stringify({ ...shopDatafile(), revision: '101' }))
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    return publish()
  })
  vi.spyOn(Date, 'now').mockReturnValue(SAMPLE_TIME_MS)
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterEach(async () => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  for (const { name } of (await env.DATAFILES.list()).keys) await env.DATAFILES.delete(name)
})

function announce(
  ask: Ask,
  body: string | Uint8Array = SAMPLE,
  signature: string | null = SAMPLE_SIGNATURE,
): Promise<Response> {
  const headers = new Headers({ 'Content-Type': 'application/json' })
  if (signature !== null) headers.set('X-Hub-Signature', signature)
  return ask('/webhooks/optimizely', { method: 'POST', headers, body })
}

/** Signs as Optimizely does. */
async function signed(body: string, secret = SECRET): Promise<string> {
  const bytes = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body))
  return `sha1=${[...new Uint8Array(signature)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

function announcement(fields: object): string {
  return JSON.stringify({ project_id: 42, timestamp: 42_424_242, data: { revision: 101 }, ...fields })
}

async function announceSigned(ask: Ask, body: string): Promise<Response> {
  return await announce(ask, body, await signed(body))
}

describe('an announcement that is signed (S16)', () => {
  test("of Optimizely's own application puts the new datafile in force", async () => {
    const ask = startService(SETTINGS)
    const response = await announce(ask)
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(await told(await ask('/?feature=tested&userId=u1&key=shop'))).toMatchObject({ status: 200 })
    expect(await (await ask('/health')).json()).toMatchObject({
      datafiles: [{ revision: '101', origin: 'kv', lastError: null }],
    })
  })

  test('with upper-case hex counts', async () => {
    const signature = `sha1=${SAMPLE_SIGNATURE.slice(5).toUpperCase()}`
    expect((await announce(startService(SETTINGS), SAMPLE, signature)).status).toBe(204)
    expect(asked).toHaveLength(1)
  })

  test('by the secret that takes the place of the first counts, as that does', async () => {
    const projects = { 42: { secret: ['newer', SECRET], sdkKeys: ['shop'] } }
    const ask = startService({ ...SETTINGS, WEBHOOK_PROJECTS: JSON.stringify(projects) })
    expect((await announce(ask)).status).toBe(204)
    expect((await announce(ask, SAMPLE, await signed(SAMPLE, 'newer'))).status).toBe(204)
  })

  test('of a project that is not ours is ignored, as by the Agent', async () => {
    const body = announcement({ project_id: 43 })
    expect((await announce(startService(SETTINGS), body, 'sha1=00')).status).toBe(204)
    expect(asked).toEqual([])
  })

  test.each(['__proto__', 'constructor', 'toString'])('of a project called %s is of none of ours', async (project) => {
    const body = announcement({ project_id: project })
    expect((await announceSigned(startService(SETTINGS), body)).status).toBe(204)
    expect(asked).toEqual([])
  })

  test('pulls from where datafiles are published, whatever URLs it names (S18)', async () => {
    const data = { revision: 101, origin_url: 'http://169.254.169.254/', cdn_url: 'file:///etc/passwd' }
    expect((await announceSigned(startService(SETTINGS), announcement({ data }))).status).toBe(204)
    expect(asked).toEqual(['https://cdn.example/datafiles/shop.json'])
  })

  test('of what is in force already pulls nothing, however often it comes (S17)', async () => {
    const ask = startService(SETTINGS)
    for (let times = 0; times < 3; times++) expect((await announce(ask)).status).toBe(204)
    expect((await announceSigned(ask, announcement({ data: { revision: 100 } }))).status).toBe(204)
    expect(asked).toHaveLength(1)
  })

  test('of what cannot be pulled is answered so that it is sent again, and what is in force stays (F45)', async () => {
    const ask = startService(SETTINGS)
    await announce(ask)
    publish = () => new Response('{"version":"4"')
    const response = await announceSigned(ask, announcement({ data: { revision: 102 } }))
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '60'])
    expect(await response.json()).toMatchObject({
      error: { code: 'datafile_not_pulled', message: expect.stringContaining('What is published cannot be used') },
    })
    expect(await (await ask('/health')).json()).toMatchObject({ datafiles: [{ revision: '101' }] })
  })
})

describe('an announcement is refused, and nothing is asked', () => {
  const flipped = SAMPLE_SIGNATURE.replace(/3$/, '2')
  test.each([
    ['without a signature', null],
    ['with an empty one', ''],
    ['with one bit flipped', flipped],
    ['without the prefix', SAMPLE_SIGNATURE.slice(5)],
    ['by another algorithm', SAMPLE_SIGNATURE.replace('sha1', 'sha256')],
    ['with white space within', SAMPLE_SIGNATURE.replace('=', '= ')],
    ['with a digit missing', SAMPLE_SIGNATURE.slice(0, -1)],
    ['with a digit more', `${SAMPLE_SIGNATURE}0`],
    ['with letters that are no hex', SAMPLE_SIGNATURE.replace(/^sha1=e/, 'sha1=g')],
  ])('%s', async (_, signature) => {
    const response = await announce(startService(SETTINGS), SAMPLE, signature)
    expect(await told(response)).toMatchObject({ status: 400, body: { error: { code: 'bad_signature' } } })
    expect(asked).toEqual([])
  })

  test.each([
    ['a byte that was changed on the way', SAMPLE.replace('101', '102')],
    ['white space that was added on the way', SAMPLE.replace(':42,', ': 42,')],
  ])('with %s', async (_, body) => {
    expect((await announce(startService(SETTINGS), body)).status).toBe(400)
    expect(asked).toEqual([])
  })

  test.each([
    ['of eleven minutes ago', 42_424_242 - 660],
    ['of in eleven minutes', 42_424_242 + 660],
    ['without a time', undefined],
    ['of a time in words', 'now'],
    ['of no time', null],
  ])('%s (S17)', async (_, timestamp) => {
    const response = await announceSigned(startService(SETTINGS), announcement({ timestamp }))
    expect(await told(response)).toMatchObject({ status: 400, body: { error: { code: 'stale_announcement' } } })
    expect(asked).toEqual([])
  })

  test.each([
    [undefined],
    [null],
    [[]],
    [{}],
    [{ revision: '101' }],
    [{ revision: -1 }],
    [{ revision: 1.5 }],
    [{ revision: 1e300 }],
  ])('with %j for its content', async (data) => {
    const response = await announceSigned(startService(SETTINGS), announcement({ data }))
    expect(await told(response)).toMatchObject({ status: 400, body: { error: { parameter: 'data.revision' } } })
    expect(asked).toEqual([])
  })

  test.each([
    ['nothing', '', 400],
    ['no JSON', '{"project_id":42', 400],
    ['an array', '[42]', 400],
    ['no project', '{}', 400],
    ['an object for a project', '{"project_id":{}}', 400],
    ['more depth than may be', `{"project_id":42,"data":${'['.repeat(20)}${']'.repeat(20)}}`, 400],
    ['bytes that are not UTF-8', new Uint8Array([0xff, 0xfe]), 400],
    ['more than 64 kB', `{"project_id":42,"x":"${'x'.repeat(65_536)}"}`, 413],
  ])('with %s for a body', async (_, body, status) => {
    expect((await announce(startService(SETTINGS), body)).status).toBe(status)
    expect(asked).toEqual([])
  })

  test('by GET', async () => {
    const response = await startService(SETTINGS)('/webhooks/optimizely')
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'POST'])
  })
})

test.each([
  ['no project', { DATAFILE_URL: SETTINGS.DATAFILE_URL }],
  ['nothing', {}],
])('where %s is configured there is no such route', async (_, settings) => {
  expect((await announce(startService(settings))).status).toBe(404)
})

test('pages of other origins are not told that they may', async () => {
  const response = await startService(SETTINGS)('/webhooks/optimizely', {
    method: 'OPTIONS',
    headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
  })
  expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
})

describe('the cron trigger', () => {
  const environment = { ...env, ADMIN_TOKEN, ...SETTINGS, SDK_KEY: 'own' }
  const TICK = { scheduledTime: SAMPLE_TIME_MS, cron: '* * * * *', noRetry: () => {} }

  test('asks once for each key that is known', async () => {
    await worker.scheduled(TICK, { ...environment })
    expect(asked).toEqual(['https://cdn.example/datafiles/own.json', 'https://cdn.example/datafiles/shop.json'])
    expect((await env.DATAFILES.getWithMetadata('datafile:own')).metadata).toMatchObject({ revision: '101' })
  })

  test('where nothing is pulled does nothing', async () => {
    await worker.scheduled(TICK, { ...env })
    expect(asked).toEqual([])
  })

  test('goes on with the others where one fails', async () => {
    publish = () =>
      asked.length === 1 ? new Response(null, { status: 500 }) : new Response(JSON.stringify(shopDatafile()))
    await worker.scheduled(TICK, { ...environment })
    expect((await env.DATAFILES.list({ prefix: 'datafile:' })).keys.map(({ name }) => name)).toEqual(['datafile:shop'])
  })
})

describe('a key that nobody uploaded', () => {
  test('is pulled when it is asked for', async () => {
    const ask = startService({ DATAFILE_URL: SETTINGS.DATAFILE_URL })
    expect((await ask('/?feature=tested&userId=u1&key=shop')).status).toBe(200)
  })

  test('is a key that is not known where nobody publishes it', async () => {
    publish = () => new Response(null, { status: 403 })
    const ask = startService({ DATAFILE_URL: SETTINGS.DATAFILE_URL })
    expect((await ask('/?feature=tested&userId=u1&key=shop')).status).toBe(404)
    expect((await ask('/?feature=tested&userId=u1&key=shop')).status).toBe(404)
    expect(asked).toHaveLength(1)
  })
})
