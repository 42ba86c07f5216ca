import { describe, expect, test } from 'vitest'
import { exposureUuid } from '../../src/events/exposure-uuid.ts'
import { told } from '../support/service.ts'
import { NOW_MS, takingEvents } from './reported-events.ts'

const PAGES = [
  { id: 'home', key: 'home', conditions: ['or', { type: 'url', match: 'substring', value: 'flags.example' }] },
]
const CODE = [{ type: 'custom_code', value: 'a()' }]
const HOLDOUT = {
  id: 'h1',
  key: 'everybody',
  status: 'Running',
  audienceIds: [],
  variations: [{ id: 'hv', key: 'off', featureEnabled: false }],
  trafficAllocation: [{ entityId: 'hv', endOfRange: 10_000 }],
}

function experimentWith(id: string, fields: object = {}): object {
  return {
    id,
    key: `key-of-${id}`,
    layerId: 'l1',
    status: 'Running',
    pageIds: ['home'],
    audienceIds: [],
    forcedVariations: {},
    trafficAllocation: [{ entityId: `${id}-off`, endOfRange: 10_000 }],
    variations: [
      { id: `${id}-off`, key: 'off' },
      { id: `${id}-on`, key: 'on', featureEnabled: true, actions: [{ pageId: 'home', changes: CODE }] },
    ],
    ...fields,
  }
}

const DATAFILE = {
  version: '4',
  revision: '1',
  accountId: 'a',
  projectId: 'p',
  pages: PAGES,
  experiments: [
    experimentWith('e1'),
    experimentWith('e2'),
    experimentWith('elsewhere', { pageIds: [], variations: [] }),
  ],
  featureFlags: [{ id: 'f1', key: 'hero', rolloutId: '', experimentIds: ['e2'], variables: [] }],
  holdouts: [HOLDOUT],
  attributes: [],
}
const SHOWN = { type: 'page-exposure', experimentId: 'e1', variationId: 'e1-on' }
const OWN = { Origin: 'https://flags.example', Cookie: 'turnout_visitor=me' }

/** Reports what a page has shown, as the page does. */
function pageOf(datafile: object = DATAFILE, given: Parameters<typeof takingEvents>[1] = {}) {
  const { post, recorded } = takingEvents(datafile, { isProxy: true, ...given })
  const report = async (events: readonly unknown[], page: unknown = {}, headers: Record<string, string> = OWN) =>
    told(await post(JSON.stringify({ page, events }), headers))
  return { report, recorded, post }
}

describe('what a page has shown', () => {
  test('counts for the visitor of the cookie, under the uuid of what is counted when a page is served', async () => {
    const { report, recorded } = pageOf()
    expect(await report([SHOWN])).toEqual({ status: 202, body: { accepted: 1, refused: [] } })
    const name = { sdkKey: 'shop', userId: 'me', flagKey: '', experimentId: 'e1', variationId: 'e1-on' }
    expect(recorded).toMatchObject([
      {
        kind: 'impression',
        userId: 'me',
        attributes: {},
        flagKey: '',
        enabled: true,
        source: 'experiment',
        rule: { id: 'e1' },
        variation: { id: 'e1-on' },
        timestampMs: NOW_MS,
        uuid: exposureUuid({ ...name, timestampMs: NOW_MS }),
      },
    ])
  })

  test('counts though it would be decided otherwise by now', async () => {
    const { report, recorded } = pageOf({
      ...DATAFILE,
      experiments: [experimentWith('e1', { status: 'Paused' })],
      featureFlags: [],
    })
    await report([SHOWN])
    expect(recorded).toMatchObject([{ variation: { id: 'e1-on' } }])
  })

  test('may be of a flag, and of a holdout', async () => {
    const { report, recorded } = pageOf()
    await report([
      { ...SHOWN, experimentId: 'e2', variationId: 'e2-off', flagKey: 'hero' },
      { ...SHOWN, variationId: 'hv', holdoutId: 'h1' },
    ])
    expect(recorded).toMatchObject([
      { flagKey: 'hero', source: 'feature-test', rule: { id: 'e2' }, variation: { id: 'e2-off' } },
      { flagKey: '', source: 'holdout', rule: { id: 'h1' }, variation: { id: 'hv' } },
    ])
  })

  test('comes with conversions, that are the same visitor’s', async () => {
    const events = [{ id: '77', key: 'purchase', experimentIds: [] }]
    const { report, recorded } = pageOf({ ...DATAFILE, events })
    await report([SHOWN, { type: 'conversion', eventKey: 'purchase' }])
    expect(recorded.map(({ kind, userId }) => `${kind} ${userId}`)).toEqual(['impression me', 'conversion me'])
  })
})

describe('the attributes of what a page has shown', () => {
  const NAMES = [
    '$url',
    '$query.size',
    '$utm_source',
    '$referrer',
    '$first_session',
    '$language',
    '$cookie.team',
    'plan',
  ]
  const attributes = NAMES.map((key, index) => ({ id: `${index}`, key }))
  const headers = {
    ...OWN,
    Cookie: 'turnout_visitor=me; team=red',
    Referer: 'https://flags.example/nobody-reads-this',
    'Accept-Language': 'de-CH, de;q=0.9',
  }

  test('are those that it was decided by: of its report, and of what it says of itself', async () => {
    const { report, recorded } = pageOf({ ...DATAFILE, attributes })
    const path = '/new?size=xl&utm_source=letter&turnout_debug=1'
    await report(
      [SHOWN],
      { path, referrer: 'https://search.example/?q=Gr\u00fc\u00dfe', isFirstSession: true },
      headers,
    )
    expect(recorded[0]?.attributes).toEqual({
      $url: 'https://flags.example/new?size=xl&utm_source=letter',
      '$query.size': 'xl',
      $utm_source: 'letter',
      $referrer: 'https://search.example/?q=Gr\u00fc\u00dfe',
      $first_session: true,
      $language: 'de-CH',
      '$cookie.team': 'red',
    })
  })

  test('are none of what it does not say', async () => {
    const { report, recorded } = pageOf({ ...DATAFILE, attributes })
    await report([SHOWN], {}, headers)
    expect(recorded[0]?.attributes).toEqual({ $first_session: false, $language: 'de-CH', '$cookie.team': 'red' })
  })

  test.each(['//evil.example/', '/\\evil.example', '/@evil.example', '/..//evil', '/:80'])(
    'are of this site, whatever the path: %s',
    async (path) => {
      const { report, recorded } = pageOf({ ...DATAFILE, attributes })
      await report([SHOWN], { path })
      expect(recorded[0]?.attributes.$url).toMatch(/^https:\/\/flags\.example\//)
    },
  )
})

describe('an exposure is refused by itself', () => {
  const STRING = 'expected a string that is not empty'
  test.each<[name: string, event: object, code: string, message: string]>([
    ['of no experiment', { type: 'page-exposure' }, 'malformed_event', `.experimentId: ${STRING}.`],
    ['of no variation', { ...SHOWN, variationId: 7 }, 'malformed_event', `.variationId: ${STRING}.`],
    ['of an empty flag', { ...SHOWN, flagKey: '' }, 'malformed_event', `.flagKey: ${STRING}, or none.`],
    ['of an odd holdout', { ...SHOWN, holdoutId: null }, 'malformed_event', `.holdoutId: ${STRING}, or none.`],
    [
      'of an unknown experiment',
      { ...SHOWN, experimentId: '__proto__' },
      'unknown_rule',
      '.experimentId: no page of the datafile has an experiment "__proto__".',
    ],
    [
      'of an experiment on no page',
      { ...SHOWN, experimentId: 'elsewhere' },
      'unknown_rule',
      '.experimentId: no page of the datafile has an experiment "elsewhere".',
    ],
    [
      'of an unknown variation',
      { ...SHOWN, variationId: 'e2-on' },
      'unknown_variation',
      '.variationId: "e1" has no variation "e2-on".',
    ],
    [
      'of a flag that does not have it',
      { ...SHOWN, flagKey: 'hero' },
      'unknown_flag',
      '.flagKey: expected that of a flag with experiment "e1".',
    ],
    [
      'of no flag, where it has one',
      { ...SHOWN, experimentId: 'e2', variationId: 'e2-on' },
      'unknown_flag',
      '.flagKey: expected that of a flag with experiment "e2".',
    ],
    [
      'of an unknown holdout',
      { ...SHOWN, holdoutId: 'h2' },
      'unknown_rule',
      '.holdoutId: no holdout "h2" is about it.',
    ],
    [
      "of a holdout with another's variation",
      { ...SHOWN, holdoutId: 'h1' },
      'unknown_variation',
      '.variationId: "h1" has no variation "e1-on".',
    ],
  ])('%s', async (_, event, code, message) => {
    const { report, recorded } = pageOf()
    const refused = [{ index: 0, code, message: `events[0]${message}` }]
    expect(await report([event, SHOWN])).toEqual({ status: 202, body: { accepted: 1, refused } })
    expect(recorded).toHaveLength(1)
  })

  test('that somebody reports who says who they are', async () => {
    const { report } = takingEvents(DATAFILE)
    const message = 'events[0].type: only a page of the site reports a "page-exposure", without key and userId.'
    expect(await told(await report([SHOWN]))).toEqual({
      status: 422,
      body: { accepted: 0, refused: [{ index: 0, code: 'malformed_event', message }] },
    })
  })
})

describe('a report of a page is refused', () => {
  test.each<[name: string, headers: Record<string, string>, status: number]>([
    ['by its origin', OWN, 202],
    [
      'by what the browser says of where it is from',
      { Cookie: OWN.Cookie, Origin: 'null', 'Sec-Fetch-Site': 'same-origin' },
      202,
    ],
    ['of another site', { ...OWN, Origin: 'https://evil.example' }, 403],
    ['of a neighbour', { ...OWN, Origin: 'https://a.flags.example', 'Sec-Fetch-Site': 'same-site' }, 403],
    ['of nowhere', { ...OWN, Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['of a server, which has no page', { Cookie: OWN.Cookie }, 403],
  ])('unless it is of the site itself: %s', async (_, headers, status) => {
    const { report, recorded } = pageOf()
    expect(await report([SHOWN], {}, headers)).toMatchObject({ status })
    expect(recorded).toHaveLength(status === 202 ? 1 : 0)
  })

  test('where no site is proxied', async () => {
    const { report } = pageOf(DATAFILE, { isProxy: false })
    expect(await report([SHOWN])).toMatchObject({ status: 400, body: { error: { code: 'invalid_parameter' } } })
  })

  test.each<[expected: string, page: unknown]>([
    ['page', null],
    ['page', 'home'],
    ['page', []],
    ['page.path', { path: 7 }],
    ['page.path', { path: '' }],
    ['page.path', { path: 'https://flags.example/' }],
    ['page.path', { path: '/#hash' }],
    ['page.path', { path: `/${'x'.repeat(16_384)}` }],
    ['page.referrer', { referrer: null }],
    ['page.isFirstSession', { isFirstSession: 'yes' }],
  ])('where what the page says of itself is not %s', async (parameter, page) => {
    const { report, recorded } = pageOf()
    const answer = await report([SHOWN], page)
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_parameter' } } })
    expect(JSON.stringify(answer)).toContain(parameter)
    expect(recorded).toEqual([])
  })
})

describe('nobody is counted', () => {
  test.each<[leftAlone: string, headers: Record<string, string>]>([
    ['no-visitor', { Origin: OWN.Origin }],
    ['no-visitor', { ...OWN, Cookie: 'turnout_visitor=<script>' }],
    ['privacy-signal', { ...OWN, 'Sec-GPC': '1' }],
    ['opted-out', { ...OWN, Cookie: `${OWN.Cookie}; turnout_opt_out=1` }],
    ['crawler', { ...OWN, 'User-Agent': 'Googlebot/2.1' }],
  ])('%s: %j', async (leftAlone, headers) => {
    const { report, recorded } = pageOf()
    expect(await report([SHOWN], {}, headers)).toEqual({ status: 202, body: { accepted: 0, refused: [], leftAlone } })
    expect(recorded).toEqual([])
  })

  test('without the consent that is asked for', async () => {
    const { report } = pageOf(DATAFILE, { settings: { consentCookie: 'consent' } })
    expect(await report([SHOWN])).toMatchObject({ body: { leftAlone: 'no-consent' } })
    const headers = { ...OWN, Cookie: `${OWN.Cookie}; consent=yes` }
    expect(await report([SHOWN], {}, headers)).toMatchObject({ body: { accepted: 1 } })
  })
})
