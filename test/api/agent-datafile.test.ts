import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Ask, operator, startService, startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

const KEY = { 'X-Optimizely-SDK-Key': 'shop' }
let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile())
})

describe('every route of the Agent', () => {
  test.each(['/v1/config', '/v1/datafile'])('%s asks for the SDK key', async (path) => {
    const response = await ask(path)
    expect(response.status).toBe(400)
    expect(await response.text()).toBe('{"error":"missing required X-Optimizely-SDK-Key header"}\n')
  })

  test.each(['nobody', 'sh.op', 'x'.repeat(65), 'nobody:token', ':', ':token', 'shop:', 'shop:a:b', 'shop:a b', 'é'])(
    'refuses the SDK key %s',
    async (key) => {
      const response = await ask('/v1/config', { headers: { 'X-Optimizely-SDK-Key': key } })
      expect(response.status).toBe(403)
      expect(await response.text()).toBe(
        '{"error":"unable to fetch fresh datafile (consider rechecking SDK key), status code: 403 Forbidden"}\n',
      )
    },
  )

  test('takes an SDK key with a token behind it', async () => {
    expect((await ask('/v1/config', { headers: { 'X-Optimizely-SDK-Key': 'shop:token' } })).status).toBe(200)
  })
})

describe('GET /v1/config and /v1/datafile', () => {
  test('describe the datafile, and are not for pages of other origins', async () => {
    const response = await ask('/v1/config', { headers: { ...KEY, Origin: 'https://anywhere.example' } })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(await response.json()).toMatchObject({
      revision: '7',
      sdkKey: 'shop',
      environmentKey: 'production',
      featuresMap: { tested: { variablesMap: { limit: { type: 'integer', value: '3' } } } },
      audiences: [{ id: 'a1', name: 'Pros' }],
    })
  })

  test('answer the datafile as it was uploaded', async () => {
    const uploaded = await startWith(shopDatafile())
    expect(await (await uploaded('/v1/datafile', { headers: KEY })).text()).toBe(JSON.stringify(shopDatafile()))
  })

  test.each([
    ['GET', '/v1/config'],
    ['HEAD', '/v1/config'],
    ['POST', '/v1/config'],
    ['GET', '/v1/datafile'],
    ['OPTIONS', '/v1/datafile'],
  ])('are not there where they are switched off: %s %s', async (method, path) => {
    const off = startService({ DATAFILE_ROUTES: 'off' })
    const response = await off(path, { method, headers: KEY })
    expect(response.status).toBe(404)
    expect(response.headers.get('Allow')).toBeNull()
  })

  test('answer HEAD with the headers of GET', async () => {
    const response = await ask('/v1/config', { method: 'HEAD', headers: { ...KEY, 'X-Request-Id': 'abc-1' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('X-Request-Id')).toBe('abc-1')
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await response.text()).toBe('')
  })
})

describe('GET /v1/datafile when decisions come from memory', () => {
  test('is 500 for what is not JSON, which only others than operators put into KV', async () => {
    const memory = await startWith(shopDatafile())
    await env.DATAFILES.put('datafile:shop', '{"version":')
    const response = await memory('/v1/datafile', { headers: KEY })
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('{"error":"the stored datafile is not JSON"}\n')
  })

  test('answers what is JSON, whoever put it there', async () => {
    const memory = await startWith(shopDatafile())
    await env.DATAFILES.put('datafile:shop', '{"version":"4"}')
    expect(await (await memory('/v1/datafile', { headers: KEY })).text()).toBe('{"version":"4"}')
  })

  test('is 403 when KV has lost it', async () => {
    const memory = await startWith(shopDatafile())
    await env.DATAFILES.delete('datafile:shop')
    expect((await memory('/v1/datafile', { headers: KEY })).status).toBe(403)
  })

  test('is 403 at once when it was deleted', async () => {
    const memory = await startWith(shopDatafile())
    await memory('/v1/datafiles/shop', { ...operator(), method: 'DELETE' })
    expect((await memory('/v1/datafile', { headers: KEY })).status).toBe(403)
  })

  test('asks to come back when KV is down', async () => {
    let isDown = false
    const memory = await startWith(shopDatafile(), {
      DATAFILES: {
        put: (...args: Parameters<KVNamespace['put']>) => env.DATAFILES.put(...args),
        getWithMetadata: (key: string) => {
          if (isDown) throw new Error('KV GET failed: 503 Service Unavailable')
          return env.DATAFILES.getWithMetadata(key)
        },
      },
    })
    isDown = true
    const response = await memory('/v1/datafile', { headers: KEY })
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('5')
    expect(await response.text()).toBe('{"error":"failed to instantiate Optimizely: the datafile cannot be read"}\n')
  })
})
