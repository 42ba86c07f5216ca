import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/platform/config.ts'
import { USUAL_SETTINGS } from '../support/site-settings.ts'

const DATAFILES = { getWithMetadata: async () => ({ value: null, metadata: null }), put: async () => {} }

describe('parseConfig', () => {
  test('knows a usual value for everything but the KV binding', () => {
    expect(parseConfig({ DATAFILES })).toEqual({
      ok: true,
      value: {
        datafiles: DATAFILES,
        adminToken: null,
        allowedOrigins: '*',
        datafileRoutes: true,
        freshMs: 30_000,
        maxDatafileBytes: 5_000_000,
        rateLimiter: null,
        sdkKey: null,
        agentAuth: null,
        batchLimit: 500,
        warnings: [],
        userProfiles: { kind: 'off' },
        overrides: null,
        relays: null,
        cmabUrlOf: expect.any(Function),
        odpUrl: null,
        updates: null,
        events: {
          queue: null,
          collector: { url: null },
          webhook: null,
          database: null,
          dataset: null,
          batchSize: 10,
          retrySeconds: 10,
        },
        pages: USUAL_SETTINGS,
      },
    })
  })

  test.each([
    ['ADMIN_TOKEN', 'x', { adminToken: 'x' }],
    ['ADMIN_TOKEN', '', { adminToken: null }],
    ['ALLOWED_ORIGINS', '*', { allowedOrigins: '*' }],
    ['ALLOWED_ORIGINS', 'https://a.example', { allowedOrigins: ['https://a.example'] }],
    [
      'ALLOWED_ORIGINS',
      'https://a.example , http://localhost:3000',
      { allowedOrigins: ['https://a.example', 'http://localhost:3000'] },
    ],
    ['DATAFILE_ROUTES', 'off', { datafileRoutes: false }],
    ['DATAFILE_ROUTES', 'on', { datafileRoutes: true }],
    ['BATCH_LIMIT', '3', { batchLimit: 3 }],
    ['FRESH_SECONDS', '1', { freshMs: 1_000 }],
    ['FRESH_SECONDS', 300, { freshMs: 300_000 }],
    ['MAX_DATAFILE_BYTES', '26214400', { maxDatafileBytes: 26_214_400 }],
    ['SDK_KEY', 'shop', { sdkKey: 'shop' }],
    ['SOMETHING_ELSE', 'x', {}],
  ])('takes %s = %j', (name, value, expected) => {
    expect(parseConfig({ DATAFILES, [name]: value })).toMatchObject({ ok: true, value: expected })
  })

  test.each([
    ['DATAFILES', undefined, 'a KV namespace binding', 'nothing'],
    ['DATAFILES', 'an id', 'a KV namespace binding', 'string'],
    ['DATAFILES', {}, 'a KV namespace binding', 'object'],
    ['ADMIN_TOKEN', 'a b', 'letters, digits and signs of ASCII, without white space', 'other characters'],
    ['ADMIN_TOKEN', 'ab\n', 'letters, digits and signs of ASCII, without white space', 'other characters'],
    ['ADMIN_TOKEN', 'schlüssel', 'letters, digits and signs of ASCII, without white space', 'other characters'],
    ['ADMIN_TOKEN', { token: 'x' }, 'a text', 'object'],
    [
      'ALLOWED_ORIGINS',
      'a.example',
      '"*", or origins such as https://shop.example, with commas between',
      '"a.example"',
    ],
    [
      'ALLOWED_ORIGINS',
      'https://a.example/',
      '"*", or origins such as https://shop.example, with commas between',
      '"https://a.example/"',
    ],
    [
      'ALLOWED_ORIGINS',
      'https://A.example',
      '"*", or origins such as https://shop.example, with commas between',
      '"https://A.example"',
    ],
    [
      'ALLOWED_ORIGINS',
      'https://a.example:443',
      '"*", or origins such as https://shop.example, with commas between',
      '"https://a.example:443"',
    ],
    ['RATE_LIMITER', 'limits', 'a rate limiting binding', 'string'],
    ['DATAFILE_ROUTES', 'true', '"on" or "off"', '"true"'],
    ['BATCH_LIMIT', '0', 'a whole number from 1 to 10000', '"0"'],
    ['FRESH_SECONDS', '0', 'a whole number from 1 to 300', '"0"'],
    ['FRESH_SECONDS', '301', 'a whole number from 1 to 300', '"301"'],
    ['FRESH_SECONDS', '1e2', 'a whole number from 1 to 300', '"1e2"'],
    ['FRESH_SECONDS', 1.5, 'a whole number from 1 to 300', '"1.5"'],
    ['FRESH_SECONDS', ' 30', 'a whole number from 1 to 300', '" 30"'],
    ['MAX_DATAFILE_BYTES', '26214401', 'a whole number from 1 to 26214400', '"26214401"'],
    ['SDK_KEY', 'a b', '1 to 64 letters, digits and +/=_-', '"a b"'],
  ])('refuses %s = %j by name', (name, value, expected, found) => {
    expect(parseConfig({ DATAFILES, [name]: value })).toEqual({ ok: false, error: [{ name, expected, found }] })
  })

  test.each([undefined, null, 5, 'env'])('finds nothing in an environment that is none: %j', (env) => {
    expect(parseConfig(env)).toMatchObject({ ok: false, error: [{ name: 'DATAFILES' }] })
  })

  test('reports everything that is wrong at once', () => {
    expect(parseConfig({ FRESH_SECONDS: 'x', SDK_KEY: ':' })).toMatchObject({
      ok: false,
      error: [{ name: 'DATAFILES' }, { name: 'SDK_KEY' }, { name: 'FRESH_SECONDS' }],
    })
  })
})
