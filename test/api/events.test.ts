import { describe, expect, test, vi } from 'vitest'
import { startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'
import { NOW_MS, takingEvents } from './reported-events.ts'

const UUID = '6F9619FF-8B86-D011-B42D-00CF4FC964F1'
const SHOP = { events: [{ id: '77', key: 'purchase', experimentIds: [] }] }
const HOLDOUT = {
  id: 'h1',
  key: 'everybody',
  status: 'Running',
  audienceIds: [],
  variations: [{ id: 'hv', key: 'off', featureEnabled: false }],
  trafficAllocation: [{ entityId: 'hv', endOfRange: 10_000 }],
}

const TESTED = { type: 'exposure', flagKey: 'tested', ruleKey: 'ab', variationKey: 'bold' }
const DELIVERED = { type: 'exposure', flagKey: 'delivered', ruleKey: 'everyone', variationKey: 'on' }
const TARGETED = { type: 'exposure', flagKey: 'targeted', ruleKey: 'pros', variationKey: 'on' }
const HELD_OUT = { type: 'exposure', flagKey: 'tested', ruleKey: 'everybody', variationKey: 'off' }
const NOTHING = { type: 'exposure', flagKey: 'off', ruleKey: null, variationKey: null }
const TYPE_EXPECTED = '.type: expected "exposure", "conversion" or, from a page, "page-exposure".'
const PURCHASE = { type: 'conversion', eventKey: 'purchase' }

describe('an exposure', () => {
  test('counts as the decision that it was made of, when it happened, under its own id', async () => {
    const { report, recorded } = takingEvents(shopDatafile())
    const answer = await told(await report([{ ...TESTED, uuid: UUID, ageMs: 1_500.5 }]))
    expect(answer).toEqual({ status: 202, body: { accepted: 1, refused: [] } })
    expect(recorded).toMatchObject([
      {
        kind: 'impression',
        sdkKey: 'shop',
        userId: 'u1',
        attributes: {},
        flagKey: 'tested',
        enabled: true,
        source: 'feature-test',
        rule: { id: 'e1' },
        variation: { id: 'v2' },
        uuid: UUID.toLowerCase(),
        timestampMs: NOW_MS - 1_500.5,
      },
    ])
  })

  test('has no id where none was given, and happened now', async () => {
    const { report, recorded } = takingEvents(shopDatafile())
    await report([TESTED])
    expect(recorded).toHaveLength(1)
    expect(recorded[0]).toMatchObject({ timestampMs: NOW_MS })
    expect(recorded[0]).not.toHaveProperty('uuid')
  })

  test.each([
    [
      'of a delivery counts where the datafile says so',
      DELIVERED,
      { sendFlagDecisions: true },
      [['rollout', 'd1', 'v1']],
    ],
    ['of a delivery does not count where it does not', DELIVERED, {}, []],
    ['of nothing counts where the datafile says so', NOTHING, { sendFlagDecisions: true }, [['rollout', null, null]]],
    ['of nothing does not count where it does not', NOTHING, {}, []],
    ['of a holdout counts as that', HELD_OUT, { holdouts: [HOLDOUT] }, [['holdout', 'h1', 'hv']]],
    [
      'of a delivery beside a holdout counts for both',
      DELIVERED,
      { holdouts: [{ ...HOLDOUT, excludeTargetedDeliveries: true }], sendFlagDecisions: true },
      [
        ['rollout', 'd1', 'v1'],
        ['holdout', 'h1', 'hv'],
      ],
    ],
    ['that is not what would be decided now counts by its rule', TARGETED, {}, [['feature-test', 'e3', 'v4']]],
    [
      'of an experiment from before a holdout counts by its rule',
      TESTED,
      { holdouts: [HOLDOUT] },
      [['feature-test', 'e1', 'v2']],
    ],
    [
      'of a holdout that is over counts as that',
      HELD_OUT,
      { holdouts: [{ ...HOLDOUT, status: 'Concluded' }] },
      [['holdout', 'h1', 'hv']],
    ],
    [
      "of a rule's own holdout that is over counts as that",
      HELD_OUT,
      { localHoldouts: [{ ...HOLDOUT, status: 'Concluded', includedRules: ['e1'] }] },
      [['holdout', 'h1', 'hv']],
    ],
    [
      'of a delivery that is not decided now counts where the datafile says so',
      DELIVERED,
      { holdouts: [HOLDOUT], sendFlagDecisions: true },
      [['rollout', 'd1', 'v1']],
    ],
    [
      'of a variation that is forced on the flag counts without a rule',
      { ...TESTED, ruleKey: null },
      {},
      [['feature-test', null, 'v2']],
    ],
    [
      'of a flag that cannot be decided counts by its rule',
      { type: 'exposure', flagKey: 'broken', ruleKey: 'dangling', variationKey: 'on' },
      {},
      [['feature-test', 'e2', 'v3']],
    ],
    [
      'of a flag called __proto__ counts like any other',
      { ...DELIVERED, flagKey: '__proto__' },
      { sendFlagDecisions: true },
      [['rollout', 'd1', 'v1']],
    ],
  ])('%s', async (_, event, more, expected) => {
    const { report, recorded } = takingEvents(shopDatafile(more))
    expect(await told(await report([event]))).toEqual({ status: 202, body: { accepted: 1, refused: [] } })
    const counted = recorded.map((one) =>
      one.kind === 'impression' ? [one.source, one.rule?.id ?? null, one.variation?.id ?? null] : one,
    )
    expect(counted).toEqual(expected)
  })

  test('that counts for two gives the second an id of its own, the same for each repeat', async () => {
    const more = { holdouts: [{ ...HOLDOUT, excludeTargetedDeliveries: true }], sendFlagDecisions: true }
    const { report, recorded } = takingEvents(shopDatafile(more))
    await report([{ ...DELIVERED, uuid: UUID }])
    await report([{ ...DELIVERED, uuid: UUID }])
    const first = '6f9619ff-8b86-d011-b42d-00cf4fc964f1'
    const second = '6f9619ff-8b86-d011-b42d-00cf4fc964f9'
    expect(recorded.map(({ uuid }) => uuid)).toEqual([first, second, first, second])
  })

  test('is decided with the attributes that come along', async () => {
    const { post, recorded } = takingEvents(shopDatafile())
    await post(JSON.stringify({ key: 'shop', userId: 'u1', attributes: { plan: 'pro' }, events: [TARGETED] }))
    expect(recorded).toMatchObject([{ attributes: { plan: 'pro' }, rule: { id: 'e3' } }])
  })
})

describe('a conversion', () => {
  test('counts with its tags as they were given', async () => {
    const { report, recorded } = takingEvents(shopDatafile(SHOP))
    const tags = { revenue: 4_200, value: 1.5, 'a b': 'é', nested: { list: [1, null] } }
    await report([{ ...PURCHASE, tags, uuid: UUID, ageMs: 86_400_000 }])
    expect(recorded).toMatchObject([
      {
        kind: 'conversion',
        eventKey: 'purchase',
        eventId: '77',
        tags,
        userId: 'u1',
        uuid: UUID.toLowerCase(),
        timestampMs: NOW_MS - 86_400_000,
      },
    ])
  })

  test('may come without tags', async () => {
    const { report, recorded } = takingEvents(shopDatafile(SHOP))
    await report([PURCHASE])
    expect(recorded).toMatchObject([{ kind: 'conversion', tags: {} }])
  })

  test('keeps a tag called __proto__ as a tag', async () => {
    const { post, recorded } = takingEvents(shopDatafile(SHOP))
    const event = '{"type":"conversion","eventKey":"purchase","tags":{"__proto__":{"polluted":1}}}'
    await post(`{"key":"shop","userId":"u1","events":[${event}]}`)
    const [first] = recorded
    expect(first?.kind === 'conversion' && Object.keys(first.tags)).toEqual(['__proto__'])
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('an event is refused by itself', () => {
  const LONG = 'x'.repeat(1_025)
  test.each([
    ['an unknown flag', { ...TESTED, flagKey: 'nope' }, 'unknown_flag', '.flagKey: the datafile has no flag "nope".'],
    [
      'a rule of another flag',
      { ...TESTED, ruleKey: 'everyone' },
      'unknown_rule',
      '.ruleKey: flag "tested" has no rule "everyone".',
    ],
    [
      'an unknown variation',
      { ...TESTED, variationKey: 'x' },
      'unknown_variation',
      '.variationKey: rule "ab" has no variation "x".',
    ],
    [
      'a rule without a variation',
      { ...TESTED, variationKey: null },
      'unknown_variation',
      '.variationKey: rule "ab" has no variation null.',
    ],
    [
      'an unknown forced variation',
      { ...TESTED, ruleKey: null, variationKey: 'x' },
      'unknown_variation',
      '.variationKey: rule null has no variation "x".',
    ],
    [
      'an unknown event',
      { ...PURCHASE, eventKey: 'nope' },
      'unknown_event',
      '.eventKey: the datafile has no event "nope".',
    ],
    [
      "a prototype's key for an event",
      { ...PURCHASE, eventKey: 'constructor' },
      'unknown_event',
      '.eventKey: the datafile has no event "constructor".',
    ],
    [
      "a prototype's key for a flag",
      { ...TESTED, flagKey: 'toString' },
      'unknown_flag',
      '.flagKey: the datafile has no flag "toString".',
    ],
    [
      'a long key, of which the answer holds the beginning',
      { ...PURCHASE, eventKey: 'y'.repeat(1_024) },
      'unknown_event',
      `.eventKey: the datafile has no event "${'y'.repeat(100)}…".`,
    ],
    ['no object', 'exposure', 'malformed_event', ': expected an object.'],
    ['null', null, 'malformed_event', ': expected an object.'],
    ['a list', [TESTED], 'malformed_event', ': expected an object.'],
    ['no type', { flagKey: 'tested' }, 'malformed_event', TYPE_EXPECTED],
    ['another type', { ...TESTED, type: '__proto__' }, 'malformed_event', TYPE_EXPECTED],
    ['no flag', { type: 'exposure' }, 'malformed_event', '.flagKey: expected a string of 1 to 1024 characters.'],
    [
      'a number for a flag',
      { ...TESTED, flagKey: 1 },
      'malformed_event',
      '.flagKey: expected a string of 1 to 1024 characters.',
    ],
    [
      'a flag that is too long',
      { ...TESTED, flagKey: LONG },
      'malformed_event',
      '.flagKey: expected a string of 1 to 1024 characters.',
    ],
    [
      'no rule',
      { ...TESTED, ruleKey: undefined },
      'malformed_event',
      '.ruleKey: expected null or a string of 1 to 1024 characters.',
    ],
    [
      'an empty rule',
      { ...TESTED, ruleKey: '' },
      'malformed_event',
      '.ruleKey: expected null or a string of 1 to 1024 characters.',
    ],
    [
      'an object for a variation',
      { ...TESTED, variationKey: {} },
      'malformed_event',
      '.variationKey: expected null or a string of 1 to 1024 characters.',
    ],
    ['no event', { type: 'conversion' }, 'malformed_event', '.eventKey: expected a string of 1 to 1024 characters.'],
    ['tags in a list', { ...PURCHASE, tags: [] }, 'malformed_event', '.tags: expected a JSON object.'],
    ['tags that are null', { ...PURCHASE, tags: null }, 'malformed_event', '.tags: expected a JSON object.'],
    [
      'large tags',
      { ...PURCHASE, tags: { a: 'é'.repeat(8_190) } },
      'malformed_event',
      '.tags: expected at most 16384 bytes of UTF-8.',
    ],
    ['an id that is no UUID', { ...TESTED, uuid: `${UUID}0` }, 'malformed_event', '.uuid: expected a UUID.'],
    ['an id that is a number', { ...TESTED, uuid: 1 }, 'malformed_event', '.uuid: expected a UUID.'],
    ['an id that is null', { ...TESTED, uuid: null }, 'malformed_event', '.uuid: expected a UUID.'],
    ['a time to come', { ...TESTED, ageMs: -1 }, 'malformed_event', '.ageMs: expected a number from 0 to 86400000.'],
    [
      'more than a day ago',
      { ...TESTED, ageMs: 86_400_001 },
      'malformed_event',
      '.ageMs: expected a number from 0 to 86400000.',
    ],
    [
      'a text for a time',
      { ...TESTED, ageMs: '5' },
      'malformed_event',
      '.ageMs: expected a number from 0 to 86400000.',
    ],
  ])('%s', async (_, event, code, message) => {
    const { report, recorded } = takingEvents(shopDatafile(SHOP))
    const answer = await told(await report([TESTED, event, PURCHASE]))
    const refused = [{ index: 1, code, message: `events[1]${message}` }]
    expect(answer).toEqual({ status: 202, body: { accepted: 2, refused } })
    expect(recorded.map(({ kind }) => kind)).toEqual(['impression', 'conversion'])
  })

  test('a number that JSON makes infinite', async () => {
    const { post, recorded } = takingEvents(shopDatafile(SHOP))
    await post(`{"key":"shop","userId":"u1","events":[{"type":"conversion","eventKey":"purchase","ageMs":1e999}]}`)
    expect(recorded).toEqual([])
  })

  test('and where all are, the request is', async () => {
    const { report, recorded } = takingEvents(shopDatafile())
    const response = await report([PURCHASE, null])
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await told(response)).toMatchObject({
      status: 422,
      body: {
        accepted: 0,
        refused: [
          { index: 0, code: 'unknown_event' },
          { index: 1, code: 'malformed_event' },
        ],
      },
    })
    expect(recorded).toEqual([])
  })
})

describe('a request is refused as a whole', () => {
  const body = (more: object) => JSON.stringify({ key: 'shop', userId: 'u1', events: [TESTED], ...more })
  const EXAMPLE =
    'For example: {"key":"YOUR_SDK_KEY","userId":"user-1","events":[{"type":"conversion","eventKey":"purchase"}]}'
  const deep = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

  test.each([
    ['for no body', null, 400, 'malformed_body', 'Expected the body to be a JSON object.'],
    ['for a list', '[]', 400, 'malformed_body', 'Expected the body to be a JSON object.'],
    ['for what is no JSON', '{"key":', 400, 'malformed_body', expect.stringContaining('The body is not JSON')],
    ['for what is no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 400, 'malformed_body', 'The body is not UTF-8.'],
    ['for no user', body({ userId: '' }), 400, 'missing_parameter', `Missing userId. ${EXAMPLE}`],
    ['for nothing that is needed', '{}', 400, 'missing_parameter', `Missing key, userId, events. ${EXAMPLE}`],
    ['for a key that is no text', body({ key: 7 }), 400, 'invalid_parameter', 'Expected key to be a string.'],
    [
      'for a user that is no text',
      body({ userId: ['u1'] }),
      400,
      'invalid_parameter',
      'Expected userId to be a string.',
    ],
    [
      'for a user that was forgotten',
      body({ userId: 'undefined' }),
      400,
      'invalid_parameter',
      "Expected userId to be a user's id, not undefined.",
    ],
    [
      'for a long user',
      body({ userId: 'é'.repeat(513) }),
      400,
      'invalid_parameter',
      'Expected userId to be at most 1024 bytes of UTF-8.',
    ],
    [
      'for attributes in a list',
      body({ attributes: [] }),
      400,
      'invalid_parameter',
      'Expected attributes to be a JSON object.',
    ],
    [
      'for attributes that are null',
      body({ attributes: null }),
      400,
      'invalid_parameter',
      'Expected attributes to be a JSON object.',
    ],
    [
      'for large attributes',
      body({ attributes: { a: 'x'.repeat(16_384) } }),
      400,
      'invalid_parameter',
      'Expected attributes to be at most 16384 bytes of UTF-8.',
    ],
    [
      'for deep attributes',
      body({ attributes: { a: deep(40) } }),
      400,
      'malformed_body',
      'The body is not JSON: JSON is nested more than 32 levels deep',
    ],
    [
      'for one event by itself',
      body({ events: TESTED }),
      400,
      'invalid_parameter',
      'Expected events to be an array of 1 to 100 events.',
    ],
    [
      'for no events',
      body({ events: [] }),
      400,
      'invalid_parameter',
      'Expected events to be an array of 1 to 100 events.',
    ],
    [
      'for 101 events',
      body({ events: Array(101).fill(TESTED) }),
      400,
      'invalid_parameter',
      'Expected events to be an array of 1 to 100 events.',
    ],
    ['for its size', 'x'.repeat(65_537), 413, 'payload_too_large', 'The body is larger than 65536 bytes.'],
    ['for an unknown key', body({ key: 'nope' }), 404, 'datafile_not_found', expect.any(String)],
    ['for a key that is none', body({ key: '../secrets' }), 404, 'datafile_not_found', expect.any(String)],
    ['for a key of a prototype', body({ key: '__proto__' }), 404, 'datafile_not_found', expect.any(String)],
  ])('%s', async (_, sent, status, code, message) => {
    const { post, recorded } = takingEvents(shopDatafile())
    const response = await post(sent)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await told(response)).toMatchObject({ status, body: { error: { code, message } } })
    expect(recorded).toEqual([])
  })

  test('while the datafile cannot be read', async () => {
    const { report, recorded } = takingEvents(shopDatafile(), {
      store: { read: async () => ({ kind: 'unavailable', retryAfterSeconds: 3 }) },
    })
    const response = await report([TESTED])
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '3'])
    expect(recorded).toEqual([])
  })

  test('by the rate limiter, which counts them per key and network', async () => {
    const limit = vi.fn(async () => ({ success: false }))
    const { report, recorded } = takingEvents(shopDatafile(), { rateLimiter: { limit } })
    const response = await report([TESTED], { 'CF-Connecting-IP': '192.0.2.17' })
    expect([response.status, response.headers.get('Retry-After')]).toEqual([429, '10'])
    expect(limit).toHaveBeenCalledExactlyOnceWith({ key: 'shop:192.0.2' })
    expect(recorded).toEqual([])
  })
})

describe('a body', () => {
  test('may bring 100 events in any type of content', async () => {
    const { report, recorded } = takingEvents(shopDatafile())
    const response = await report(Array(100).fill(TESTED), { 'Content-Type': 'application/json' })
    expect(await told(response)).toEqual({ status: 202, body: { accepted: 100, refused: [] } })
    expect(recorded).toHaveLength(100)
  })

  test('that names a field twice means the last', async () => {
    const { post, recorded } = takingEvents(shopDatafile(SHOP))
    await post(
      `{"key":"nope","key":"shop","userId":"a","userId":"b","events":[],"events":[${JSON.stringify(PURCHASE)}]}`,
    )
    expect(recorded).toMatchObject([{ userId: 'b' }])
  })

  test('has its fields only where it names them', async () => {
    const { post } = takingEvents(shopDatafile())
    const response = await post('{"__proto__":{"key":"shop","userId":"u1","events":[{}]}}')
    expect(await told(response)).toMatchObject({
      status: 400,
      body: { error: { missing: ['key', 'userId', 'events'] } },
    })
  })
})

describe('of pages of other origins', () => {
  const allowedOrigins = ['https://shop.example']

  test.each([
    ['one that is not listed is refused', 'https://evil.example', 403, 0],
    ['one that begins alike is refused', 'https://shop.example.evil.example', 403, 0],
    ['one without an address is refused', 'null', 403, 0],
    ['one that is listed is taken', 'https://shop.example', 202, 1],
    ['its own is taken', 'https://flags.example', 202, 1],
  ])('%s', async (_, origin, status, count) => {
    const { report, recorded } = takingEvents(shopDatafile(), { allowedOrigins })
    expect((await report([TESTED], { Origin: origin })).status).toBe(status)
    expect(recorded).toHaveLength(count)
  })

  test('that are refused the reason is told', async () => {
    const { report } = takingEvents(shopDatafile(), { allowedOrigins })
    expect(await told(await report([TESTED], { Origin: 'null' }))).toEqual({
      status: 403,
      body: {
        error: {
          code: 'origin_not_allowed',
          message:
            'Only pages of this site, or of origins in ALLOWED_ORIGINS, report here; with "page" those of this site alone.',
        },
      },
    })
  })

  test('all are taken where all are allowed, and servers always', async () => {
    const { report, recorded } = takingEvents(shopDatafile())
    await report([TESTED], { Origin: 'https://anywhere.example' })
    const { report: reportFromServer, recorded: ofServer } = takingEvents(shopDatafile(), { allowedOrigins })
    await reportFromServer([TESTED])
    expect([recorded.length, ofServer.length]).toEqual([1, 1])
  })
})

describe('nobody is counted who is left alone on pages', () => {
  const Origin = 'https://shop.example'
  const GOOGLE = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
  const settings = { consentCookie: 'consent=yes' }

  test.each([
    ['a crawler', { Origin, 'User-Agent': GOOGLE }, 'crawler'],
    ['by a signal of privacy', { Origin, 'Sec-GPC': '1' }, 'privacy-signal'],
    ['who opted out', { Origin, Cookie: 'turnout_opt_out=1' }, 'opted-out'],
    ['on a page that is fetched ahead', { Origin, 'Sec-Purpose': 'prefetch;prerender' }, 'fetched-ahead'],
    ['the visitor of the cookie without consent', { Origin, Cookie: 'turnout_visitor=u1' }, 'no-consent'],
  ])('%s', async (_, headers, leftAlone) => {
    const { report, recorded } = takingEvents(shopDatafile(), { settings })
    const answer = await told(await report([TESTED, PURCHASE], headers))
    expect(answer).toEqual({ status: 202, body: { accepted: 0, refused: [], leftAlone } })
    expect(recorded).toEqual([])
  })

  test.each([
    ['the visitor of the cookie is with consent', { Origin, Cookie: 'turnout_visitor=u1; consent=yes' }],
    ['a user whom somebody else names is', { Origin, Cookie: 'turnout_visitor=u2' }],
    ['a server is, whatever it calls itself', { 'User-Agent': 'curl/8.5.0' }],
  ])('but %s', async (_, headers) => {
    const { report, recorded } = takingEvents(shopDatafile(), { settings })
    expect(await told(await report([TESTED], headers))).toMatchObject({ status: 202, body: { accepted: 1 } })
    expect(recorded).toHaveLength(1)
  })
})

describe('the route', () => {
  const body = JSON.stringify({ key: 'shop', userId: 'u1', events: [TESTED] })

  test('takes a beacon, which needs no preflight', async () => {
    const ask = await startWith(shopDatafile())
    const headers = { 'Content-Type': 'text/plain;charset=UTF-8', Origin: 'https://shop.example' }
    const response = await ask('/v1/events', { method: 'POST', headers, body })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(await told(response)).toEqual({ status: 202, body: { accepted: 1, refused: [] } })
  })

  test('answers a preflight, and lets those read who are allowed', async () => {
    const ask = await startWith(shopDatafile(), { ALLOWED_ORIGINS: 'https://shop.example' })
    const Origin = 'https://shop.example'
    const preflight = await ask('/v1/events', { method: 'OPTIONS', headers: { Origin } })
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toBe('POST, OPTIONS')
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe(Origin)
    const taken = await ask('/v1/events', { method: 'POST', headers: { Origin }, body })
    expect([taken.status, taken.headers.get('Access-Control-Allow-Origin')]).toEqual([202, Origin])
    const refused = await ask('/v1/events', { method: 'POST', headers: { Origin: 'https://evil.example' }, body })
    expect([refused.status, refused.headers.get('Access-Control-Allow-Origin')]).toEqual([403, null])
  })

  test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('has nothing to say to %s', async (method) => {
    const ask = await startWith(shopDatafile())
    const response = await ask('/v1/events', { method })
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'POST, OPTIONS'])
  })
})
