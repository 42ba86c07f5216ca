import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ADMIN_TOKEN, operator, startService, startWith, told, upload } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const DECISION = '/?feature=delivered&userId=u1&key=shop'
const PATH = '/v1/datafiles/shop'

afterEach(async () => {
  await reset()
})

describe('the routes of operators', () => {
  test.each([
    ['no token', {}],
    ['another token', { Authorization: 'Bearer other' }],
    ['a shorter token', { Authorization: `Bearer ${ADMIN_TOKEN.slice(0, -1)}` }],
    ['a longer token', { Authorization: `Bearer ${ADMIN_TOKEN}x` }],
    ['an empty token', { Authorization: 'Bearer ' }],
    ['the token without its scheme', { Authorization: ADMIN_TOKEN }],
    ['another scheme', { Authorization: `Basic ${ADMIN_TOKEN}` }],
    ['two tokens', { Authorization: `Bearer ${ADMIN_TOKEN} ${ADMIN_TOKEN}` }],
  ])('refuse %s', async (_, headers) => {
    const ask = startService()
    const response = await ask(PATH, { method: 'DELETE', headers })
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer')
    expect(await told(response)).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } })
  })

  test('take the scheme in any case, as HTTP has it', async () => {
    const response = await startService()(PATH, { headers: { Authorization: `bearer ${ADMIN_TOKEN}` } })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'datafile_not_found' } })
  })

  test('are not there where the token is an empty text', async () => {
    const response = await startService({ ADMIN_TOKEN: '' })(PATH, operator())
    expect(await told(response)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  })

  test.each(['sh.op', 'x'.repeat(65), '%00', '%ED%A0%80', '%', 'a%3Ab'])('refuse the SDK key %s', async (key) => {
    expect(await told(await startService()(`/v1/datafiles/${key}`, operator()))).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_parameter', parameter: 'sdkKey' } },
    })
  })
})

describe('PUT /v1/datafiles/{sdkKey}', () => {
  test('stores a datafile, says what is in it, and serves it at once', async () => {
    const ask = startService()
    expect((await ask(DECISION)).status).toBe(404)
    const { status, body } = await told(await upload(ask, 'shop', shopDatafile()))
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { revision: '7', flags: 7, experiments: 4, audiences: 1, unchanged: false },
    })
    expect(body).toHaveProperty('bytes', new TextEncoder().encode(JSON.stringify(shopDatafile())).length)
    expect((await ask(DECISION)).status).toBe(200)
  })

  test('warns of what the SDKs tolerate', async () => {
    const { body } = await told(await upload(startService(), 'shop', shopDatafile()))
    expect(body).toMatchObject({
      warnings: [
        { code: 'dangling_id', path: 'experiments[1].groupId', expected: 'the id of a group', found: '"nowhere"' },
      ],
    })
  })

  test('writes the stamp and the second copy', async () => {
    const { body } = await told(await upload(startService(), 'shop', shopDatafile()))
    const first = await env.DATAFILES.getWithMetadata('datafile:shop')
    expect(first.value).toBe(JSON.stringify(shopDatafile()))
    expect(first.metadata).toMatchObject({ revision: '7', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(body).toHaveProperty('generation', (first.metadata as { generation: number }).generation)
    expect(await env.DATAFILES.getWithMetadata('last-good:shop')).toEqual(first)
  })

  test('says all that is wrong, with paths, and changes nothing', async () => {
    const ask = await startWith(shopDatafile())
    const before = await env.DATAFILES.getWithMetadata('datafile:shop')
    const wrong = shopDatafile({ revision: 8, featureFlags: [{ id: 'f', key: 5, experimentIds: 'e1', variables: [] }] })
    expect(await told(await upload(ask, 'shop', wrong))).toEqual({
      status: 422,
      body: {
        error: {
          code: 'datafile_invalid',
          message: 'The datafile was refused, and nothing was changed: 3 issues.',
          issues: [
            { code: 'wrong_type', path: 'revision', expected: 'a string', found: 'number 8' },
            { code: 'wrong_type', path: 'featureFlags[0].key', expected: 'a string', found: 'number 5' },
            {
              code: 'wrong_type',
              path: 'featureFlags[0].experimentIds',
              expected: 'an array of strings',
              found: '"e1"',
            },
          ],
        },
      },
    })
    expect(await env.DATAFILES.getWithMetadata('datafile:shop')).toEqual(before)
    expect((await ask(DECISION)).status).toBe(200)
  })

  test.each([
    ['nothing', ''],
    ['no JSON', 'revision: 7'],
    ['a JSON array', '[]'],
    ['half a file', JSON.stringify(shopDatafile()).slice(0, 500)],
    ['a depth bomb', '['.repeat(100_000)],
    [
      'a depth bomb in a field that nobody reads',
      `{"version":"4","revision":"1","x":${'['.repeat(200)}${']'.repeat(200)}}`,
    ],
    ['another version', JSON.stringify(shopDatafile({ version: '5' }))],
    ['a version that is a number', JSON.stringify(shopDatafile({ version: 4 }))],
    ['inherited names alone', '{"__proto__":{"version":"4","revision":"1"}}'],
  ])('refuses %s', async (_, body) => {
    const ask = startService()
    const response = await ask(PATH, { ...operator(), method: 'PUT', body })
    expect(await told(response)).toMatchObject({ status: 422, body: { error: { code: 'datafile_invalid' } } })
    expect(await env.DATAFILES.get('datafile:shop')).toBeNull()
  })

  test('refuses bytes that are not UTF-8, and takes a byte order mark off', async () => {
    const ask = startService()
    const bytes = new TextEncoder().encode(JSON.stringify(shopDatafile()))
    const broken = await ask(PATH, { ...operator(), method: 'PUT', body: new Uint8Array([...bytes, 0xff]) })
    expect(broken.status).toBe(422)
    const marked = await ask(PATH, { ...operator(), method: 'PUT', body: new Uint8Array([0xef, 0xbb, 0xbf, ...bytes]) })
    expect(marked.status).toBe(200)
    expect(await env.DATAFILES.get('datafile:shop')).toBe(JSON.stringify(shopDatafile()))
  })

  test('refuses a file that was doubled by accident', async () => {
    const { experiments } = JSON.parse(JSON.stringify(shopDatafile()))
    const doubled = shopDatafile({ experiments: [...experiments, ...experiments] })
    expect(await told(await upload(startService(), 'shop', doubled))).toMatchObject({
      status: 422,
      body: { error: { issues: [{ code: 'duplicate_id' }, { code: 'duplicate_id' }, { code: 'duplicate_id' }] } },
    })
  })

  test('refuses more bytes than are configured, and takes as many', async () => {
    const bytes = JSON.stringify(shopDatafile()).length
    const tight = startService({ MAX_DATAFILE_BYTES: String(bytes - 1) })
    expect(await told(await upload(tight, 'shop', shopDatafile()))).toMatchObject({
      status: 413,
      body: { error: { code: 'payload_too_large', limitBytes: bytes - 1 } },
    })
    expect((await upload(startService({ MAX_DATAFILE_BYTES: String(bytes) }), 'shop', shopDatafile())).status).toBe(200)
  })

  test('refuses an older revision, as numbers, and goes back when forced', async () => {
    const ask = await startWith(shopDatafile({ revision: '10' }))
    expect(await told(await upload(ask, 'shop', shopDatafile({ revision: '9' })))).toEqual({
      status: 409,
      body: {
        error: {
          code: 'older_revision',
          message: 'Revision 9 is older than the stored 10. Add ?force=true to go back.',
          revision: '9',
          storedRevision: '10',
        },
      },
    })
    const forced = await told(await upload(ask, 'shop', shopDatafile({ revision: '9' }), '?force=true'))
    expect(forced).toMatchObject({ status: 200, body: { revision: '9' } })
  })

  test('takes the same again without a new generation', async () => {
    const ask = startService()
    const first = await told(await upload(ask, 'shop', shopDatafile()))
    const again = await told(await upload(ask, 'shop', shopDatafile()))
    expect(again.body).toEqual({ ...(first.body as object), unchanged: true })
  })

  test('keeps SDK keys apart, also one with all the characters that a key may have', async () => {
    const ask = await startWith(shopDatafile())
    expect((await upload(ask, 'A9+/=_-', shopDatafile({ featureFlags: [] }))).status).toBe(200)
    expect((await ask('/?feature=delivered&userId=u1&key=A9%2B/=_-')).status).toBe(404)
    expect((await ask(DECISION)).status).toBe(200)
  })
})

describe('GET /v1/datafiles/{sdkKey}', () => {
  test('answers the stored text under a tag, and 304 to whoever has it', async () => {
    const ask = await startWith(shopDatafile())
    const response = await ask(PATH, operator())
    expect(await response.text()).toBe(JSON.stringify(shopDatafile()))
    const etag = response.headers.get('ETag') ?? ''
    expect(etag).toMatch(/^"\d+-[0-9a-f]{64}"$/)
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, 'If-None-Match': etag }
    expect((await ask(PATH, { headers })).status).toBe(304)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(response.headers.get('Cache-Control')).toBe('no-store')
  })
})

describe('DELETE /v1/datafiles/{sdkKey}', () => {
  test('makes the key unknown at once, and for isolates to come', async () => {
    const ask = await startWith(shopDatafile())
    const removed = await told(await ask(PATH, { ...operator(), method: 'DELETE' }))
    expect(removed).toMatchObject({ status: 200, body: { removed: true } })
    expect((await ask(DECISION)).status).toBe(404)
    expect((await startService()(DECISION)).status).toBe(404)
    expect((await ask(PATH, operator())).status).toBe(404)
  })

  test('is undone by an upload, also of the same text', async () => {
    const ask = await startWith(shopDatafile())
    await ask(PATH, { ...operator(), method: 'DELETE' })
    expect((await upload(ask, 'shop', shopDatafile())).status).toBe(200)
    expect((await ask(DECISION)).status).toBe(200)
    expect((await startService()(DECISION)).status).toBe(200)
  })

  test('is 404 for a key that never was', async () => {
    expect((await startService()(PATH, { ...operator(), method: 'DELETE' })).status).toBe(404)
  })
})

describe('what operators change', () => {
  test('stands in the log, every time, and what was refused does not', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
    const ask = startService()
    await upload(ask, 'shop', shopDatafile())
    await upload(ask, 'shop', { ...shopDatafile(), revision: '8' })
    await upload(ask, 'shop', { version: '9' })
    await ask(PATH, operator({ method: 'DELETE' }))
    await ask(PATH, { method: 'DELETE' })
    vi.restoreAllMocks()
    const changes = lines
      .map((line) => JSON.parse(line))
      .filter(({ code }) => /^datafile_(uploaded|removed)$/.test(code))
    expect(changes).toMatchObject([
      { code: 'datafile_uploaded', sdkKey: 'shop', revision: '7', force: false, unchanged: false },
      { code: 'datafile_uploaded', sdkKey: 'shop', revision: '8' },
      { code: 'datafile_removed', sdkKey: 'shop' },
    ])
    expect(lines.join()).not.toContain(ADMIN_TOKEN)
  })

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('is no business of pages: %s allows no origin', async (method) => {
    const headers = { ...operator().headers, Origin: 'https://evil.example' }
    const body = method === 'PUT' ? JSON.stringify(shopDatafile()) : null
    const response = await startService()(PATH, { method, headers, body })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
  })
})
