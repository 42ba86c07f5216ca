import { describe, expect, test } from 'vitest'
import { signJwt } from '../../../src/api/agent/auth/jwt.ts'
import type { JsonObject } from '../../../src/base/json.ts'
import { sha256Hex } from '../../../src/store/sha256.ts'
import { NOW_MS, startAgent } from '../../support/agent-service.ts'
import { startWith } from '../../support/service.ts'
import { shopDatafile } from '../../support/shop-datafile.ts'

const SECRET = 'a secret of more than 32 characters'
const NOW = NOW_MS / 1000
const { ask } = startAgent(shopDatafile(), {
  agentAuth: { clients: new Map(), jwtSecret: SECRET, tokenSeconds: 1_800 },
})

async function statusWith(headers: Record<string, string>): Promise<[number, string]> {
  const response = await ask('/v1/config', { headers: { 'X-Optimizely-SDK-Key': 'shop', ...headers } })
  const { error = '' } = await response.json<{ error?: string }>()
  return [response.status, error]
}

async function statusOf(claims: JsonObject, secret = SECRET): Promise<[number, string]> {
  return await statusWith({ Authorization: `Bearer ${await signJwt(claims, secret)}` })
}

const GOOD = { iss: 'Optimizely', exp: NOW + 1, sdk_keys: ['other', 'shop'] }

describe('a token', () => {
  test('opens the SDK keys that it names, until it expires', async () => {
    expect(await statusOf(GOOD)).toEqual([200, ''])
    expect(await statusOf({ ...GOOD, exp: NOW })).toEqual([401, 'token expired'])
  })

  test.each(['Authorization', 'Jwt', 'Auth'])('may be in the header %s', async (name) => {
    expect(await statusWith({ [name]: await signJwt(GOOD, SECRET) })).toEqual([200, ''])
  })

  test.each(['Bearer ', 'bearer ', 'JWT '])('may follow %j', async (scheme) => {
    expect(await statusWith({ Authorization: scheme + (await signJwt(GOOD, SECRET)) })).toEqual([200, ''])
  })

  test('opens an SDK key with a datafile access token behind it', async () => {
    const headers = { 'X-Optimizely-SDK-Key': 'shop:token', Authorization: await signJwt(GOOD, SECRET) }
    expect(await statusWith(headers)).toEqual([200, ''])
  })

  test.each([
    ['without an end', { sdk_keys: ['shop'] }, 'token expired'],
    ['whose end is a text', { ...GOOD, exp: '9999999999' }, 'token expired'],
    ['whose end is null', { ...GOOD, exp: null }, 'token expired'],
    ['that begins later', { ...GOOD, nbf: NOW + 1 }, 'invalid token'],
    ['that begins some time', { ...GOOD, nbf: '0' }, 'invalid token'],
    ['that begins at no time', { ...GOOD, nbf: null }, 'invalid token'],
    ['that ended before the first of all times', { ...GOOD, exp: -1 }, 'token expired'],
    ['without SDK keys', { exp: NOW + 1 }, 'invalid claims: sdk_keys not found, or have the wrong type'],
    [
      'with a text of SDK keys',
      { ...GOOD, sdk_keys: 'shop' },
      'invalid claims: sdk_keys not found, or have the wrong type',
    ],
    [
      'with numbers for SDK keys',
      { ...GOOD, sdk_keys: [1] },
      'invalid claims: sdk_keys not found, or have the wrong type',
    ],
    [
      'for other SDK keys',
      { ...GOOD, sdk_keys: ['sho', 'shopp', ''] },
      "SDK key given in X-Optimizely-Sdk-Key header was not found in the SDK keys in this token's claims",
    ],
  ])('%s opens nothing', async (_, claims, error) => {
    expect(await statusOf(claims)).toEqual([401, error])
  })

  test('opens from when it begins', async () => {
    expect(await statusOf({ ...GOOD, nbf: NOW })).toEqual([200, ''])
  })

  test.each([
    ['{"exp":1e999,"sdk_keys":["shop"]}', 'token expired'],
    [`{"exp":${NOW + 1},"nbf":-1e999,"sdk_keys":["shop"]}`, 'invalid token'],
    [`{"exp":${NOW + 1},"exp":1,"sdk_keys":["shop"]}`, 'token expired'],
    [
      `{"exp":${NOW + 1},"sdk_keys":{"0":"shop","length":1}}`,
      'invalid claims: sdk_keys not found, or have the wrong type',
    ],
    [
      `{"exp":${NOW + 1},"__proto__":{"sdk_keys":["shop"]}}`,
      'invalid claims: sdk_keys not found, or have the wrong type',
    ],
    [`[${NOW + 1}]`, 'invalid token'],
    ['null', 'invalid token'],
    ['', 'invalid token'],
  ])('of %s opens nothing', async (claims, error) => {
    expect(await statusWith({ Authorization: `Bearer ${await signed(HEADER, claims)}` })).toEqual([401, error])
  })

  test('signed with another secret opens nothing', async () => {
    expect(await statusOf(GOOD, `${SECRET}.`)).toEqual([401, 'invalid token'])
  })
})

const HEADER = '{"alg":"HS256","typ":"JWT"}'

/** A token of any two texts, with a right signature. */
async function signed(header: string, claims: string): Promise<string> {
  const text = `${part(header)}.${part(claims)}`
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(SECRET), algorithm, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)))
  return `${text}.${part(String.fromCharCode(...signature))}`
}

/** A part of a token: base64url without padding. */
function part(value: unknown): string {
  return btoa(typeof value === 'string' ? value : JSON.stringify(value))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

describe('what looks like a token', () => {
  test.each([
    ['none', { alg: 'none' }],
    ['None', { alg: 'None' }],
    ['HS512', { alg: 'HS512' }],
    ['RS256', { alg: 'RS256' }],
    ['hs256', { alg: 'hs256' }],
    ['no algorithm', { typ: 'JWT' }],
    ['an algorithm that is no text', { alg: ['HS256'] }],
  ])('is refused with %s, whatever signs it', async (_, header) => {
    const [, payload, signature] = (await signJwt(GOOD, SECRET)).split('.')
    for (const end of ['', signature]) {
      expect(await statusWith({ Authorization: `Bearer ${part(header)}.${payload}.${end}` })).toEqual([
        401,
        'unexpected signing method',
      ])
    }
  })

  test.each([
    ['changed claims', (token: string) => token.replace(/\..*\./, `.${part({ ...GOOD, sdk_keys: ['shop'] })}.`)],
    ['no signature', (token: string) => token.replace(/[^.]+$/, '')],
    ['a signature cut short', (token: string) => token.slice(0, -4)],
    ['padding', (token: string) => `${token}=`],
    ['bits that stand for nothing', (token: string) => withOtherBits(token)],
    ['white space in it', (token: string) => `${token.slice(0, -4)} ${token.slice(-4)}`],
    ['the other alphabet of base64', (token: string) => `${token.slice(0, -2)}+/`],
    ['a letter that only looks like one', (token: string) => `${token.slice(0, -1)}е`],
    ['a signature of one letter', (token: string) => token.replace(/[^.]+$/, 'A')],
    ['two parts', (token: string) => token.replace(/\.[^.]+$/, '')],
    ['nothing but dots', () => '..'],
    ['parts that are empty', (token: string) => token.replace(/\..*\./, '..')],
    ['a fourth part', (token: string) => `${token}.x`],
    ['a header that is no JSON', (token: string) => token.replace(/^[^.]+/, part('{'))],
    ['a header that is an array', (token: string) => token.replace(/^[^.]+/, part([]))],
    ['a header in another alphabet', (token: string) => token.replace(/^[^.]+/, '*')],
    ['8 KiB more', (token: string) => token + 'x'.repeat(8_192)],
  ])('is refused with %s', async (_, change) => {
    expect(await statusWith({ Authorization: `Bearer ${change(await signJwt(GOOD, SECRET))}` })).toEqual([
      401,
      'invalid token',
    ])
  })
})

/** The last letter of 32 bytes stands for four bits, and two that may be anything. */
function withOtherBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(token.slice(-1))
  return token.slice(0, -1) + alphabet[last ^ 1]
}

test('a token that asks for something which is not done here opens nothing', async () => {
  const header = '{"alg":"HS256","crit":["b64"],"b64":false}'
  const claims = JSON.stringify(GOOD)
  expect(await statusWith({ Authorization: await signed(HEADER, claims) })).toEqual([200, ''])
  expect(await statusWith({ Authorization: await signed(header, claims) })).toEqual([401, 'invalid token'])
})

test('two tokens in two headers open nothing', async () => {
  const headers = new Headers({ 'X-Optimizely-SDK-Key': 'shop' })
  for (let times = 0; times < 2; times++) headers.append('Authorization', `Bearer ${await signJwt(GOOD, SECRET)}`)
  expect((await ask('/v1/config', { headers })).status).toBe(401)
})

describe('a Worker with AGENT_AUTH', () => {
  test('gives a client a token, which opens its SDK keys and leaves our own routes as they are', async () => {
    const clients = { app: { secretSha256: (await sha256Hex('s3cret+/=')).toUpperCase(), sdkKeys: ['shop'] } }
    const worker = await startWith(shopDatafile(), { AGENT_JWT_SECRET: SECRET, AGENT_AUTH: JSON.stringify(clients) })
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'app', client_secret: 's3cret+/=' })
    const answer = await worker('/oauth/token', { method: 'POST', body: form })
    expect(answer.status).toBe(200)
    const { access_token: token } = await answer.json<{ access_token: string }>()
    const headers = { 'X-Optimizely-SDK-Key': 'shop', Authorization: `Bearer ${token}` }
    expect((await worker('/v1/config', { headers })).status).toBe(200)
    expect((await worker('/v1/config', { headers: { 'X-Optimizely-SDK-Key': 'shop' } })).status).toBe(401)
    expect((await worker('/?feature=tested&userId=u1&key=shop')).status).toBe(200)
  })

  test('with the secret alone takes tokens that others have signed', async () => {
    const worker = await startWith(shopDatafile(), { AGENT_JWT_SECRET: SECRET })
    const token = await signJwt({ exp: 4_000_000_000, sdk_keys: ['shop'] }, SECRET)
    const headers = { 'X-Optimizely-SDK-Key': 'shop', Authorization: `Bearer ${token}` }
    expect((await worker('/v1/config', { headers })).status).toBe(200)
  })
})

test('whoever guesses at secrets is counted', async () => {
  const keys: string[] = []
  const rateLimiter = {
    async limit({ key }: { key: string }) {
      keys.push(key)
      return { success: false }
    },
  }
  const agentAuth = { clients: new Map(), jwtSecret: SECRET, tokenSeconds: 1_800 }
  const limited = startAgent(shopDatafile(), { agentAuth, rateLimiter })
  const response = await limited.ask('/oauth/token', { method: 'POST', body: new URLSearchParams() })
  expect(response.status).toBe(429)
  expect(keys).toEqual(['.tokens:unknown'])
})
