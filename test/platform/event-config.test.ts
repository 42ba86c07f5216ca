import { describe, expect, test } from 'vitest'
import { readEventConfig } from '../../src/platform/event-config.ts'
import { type ConfigIssue, readerOf } from '../../src/platform/read-env.ts'

const QUEUE = { sendBatch: async () => {} }
const DATABASE = { prepare: () => {}, batch: async () => {} }
const DATASET = { writeDataPoint: () => {} }
const URL_EXPECTED = 'an https URL'

describe('where events go', () => {
  test('is Optimizely, straight, where nothing is said', () => {
    expect(read({})).toEqual({
      issues: [],
      settings: {
        queue: null,
        collector: { url: null },
        webhook: null,
        database: null,
        dataset: null,
        batchSize: 10,
        retrySeconds: 10,
      },
    })
  })

  test('is all that is said', () => {
    const { settings, issues } = read({
      EVENTS: QUEUE,
      COLLECTOR_URL: 'https://collector.example/v1/events',
      EVENT_WEBHOOK_URL: 'https://hooks.example/turnout?a=b',
      EVENT_WEBHOOK_SECRET: 'secret',
      EVENTS_DB: DATABASE,
      EVENTS_DATASET: DATASET,
      EVENT_BATCH_SIZE: '500',
      EVENT_RETRY_SECONDS: 1,
    })
    expect(issues).toEqual([])
    expect(settings).toEqual({
      queue: QUEUE,
      collector: { url: 'https://collector.example/v1/events' },
      webhook: { url: 'https://hooks.example/turnout?a=b', secret: 'secret' },
      database: DATABASE,
      dataset: DATASET,
      batchSize: 500,
      retrySeconds: 1,
    })
  })

  test('is no collector where it is off', () => {
    expect(read({ COLLECTOR_URL: 'off' }).settings.collector).toBeNull()
  })

  test.each(['http://localhost:8080/events', 'http://127.0.0.1:1/', 'http://[::1]/'])(
    'may be this machine: %s',
    (url) => {
      expect(read({ COLLECTOR_URL: url })).toMatchObject({ issues: [], settings: { collector: { url } } })
    },
  )
})

describe('what cannot be used is refused by name', () => {
  test.each([
    ['EVENTS', 'a text', 'a Queue binding (producer)', 'string'],
    ['EVENTS', {}, 'a Queue binding (producer)', 'object'],
    ['EVENTS', null, 'a Queue binding (producer)', 'null'],
    ['EVENTS_DB', QUEUE, 'a D1 database binding', 'object'],
    ['EVENTS_DB', { prepare: () => {} }, 'a D1 database binding', 'object'],
    ['EVENTS_DB', 5, 'a D1 database binding', 'number'],
    ['EVENTS_DATASET', DATABASE, 'an Analytics Engine dataset binding', 'object'],
    ['EVENTS_DATASET', 'events', 'an Analytics Engine dataset binding', 'string'],
    ['EVENT_BATCH_SIZE', '0', 'a whole number from 1 to 500', '"0"'],
    ['EVENT_BATCH_SIZE', '501', 'a whole number from 1 to 500', '"501"'],
    ['EVENT_BATCH_SIZE', '1e2', 'a whole number from 1 to 500', '"1e2"'],
    ['EVENT_BATCH_SIZE', 2.5, 'a whole number from 1 to 500', '"2.5"'],
    ['EVENT_RETRY_SECONDS', '0', 'a whole number from 1 to 900', '"0"'],
    ['EVENT_RETRY_SECONDS', 901, 'a whole number from 1 to 900', '"901"'],
    ['COLLECTOR_URL', 5, 'a text', 'number'],
    [
      'EVENT_WEBHOOK_SECRET',
      'two words',
      'letters, digits and signs of ASCII, without white space',
      'other characters',
    ],
  ])('%s = %j', (name, value, expected, found) => {
    expect(read({ [name]: value }).issues).toEqual([{ name, expected, found }])
  })

  test.each([
    'OFF',
    'collector.example',
    'http://collector.example/',
    'http://localhost.example/',
    'https://user:password@collector.example/',
    'https://token@collector.example/',
    'ftp://collector.example/',
    'javascript:alert(1)',
    'https://',
    ' ',
  ])('an address that is none, without showing it: %s', (url) => {
    const expected = `"off", or ${URL_EXPECTED}`
    expect(read({ COLLECTOR_URL: url }).issues).toEqual([{ name: 'COLLECTOR_URL', expected, found: 'another text' }])
    expect(read({ EVENT_WEBHOOK_URL: url, EVENT_WEBHOOK_SECRET: 's' }).issues).toEqual([
      { name: 'EVENT_WEBHOOK_URL', expected: URL_EXPECTED, found: 'another text' },
    ])
  })

  test('a webhook without a secret', () => {
    expect(read({ EVENT_WEBHOOK_URL: 'https://hooks.example/' })).toMatchObject({
      settings: { webhook: null },
      issues: [{ name: 'EVENT_WEBHOOK_SECRET', found: 'nothing' }],
    })
  })
})

function read(env: object) {
  const issues: ConfigIssue[] = []
  return { settings: readEventConfig(readerOf(env, issues)), issues }
}
