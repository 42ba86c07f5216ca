import { describe, expect, test } from 'vitest'
import { experimentWith, flagWith } from '../../engine/datafile-builder.ts'
import { pageAt } from '../plan/site.ts'
import { type Asked, ask, NEW_ID, ORIGINAL } from './shop-site.ts'

/** A site with one flag that its front page hands over, and no experiment on pages. */
const HANDS_OVER: Asked = {
  datafile: {
    pages: [pageAt('', { handoff: true })],
    featureFlags: [flagWith()],
    experiments: [experimentWith()],
  },
}
const RETURNING = { Cookie: 'turnout_visitor=u1' }
const CONSENT = { settings: { consentCookie: 'consent=yes' } }

function elementFor(userId: string): string {
  const decision = '{"flagKey":"flag","enabled":true,"variationKey":"on","ruleKey":"exp","variables":{}}'
  const json = `{"user":{"userId":"${userId}","attributes":{}},"decisions":[${decision}]}`
  return `<script type="application/json" id="turnout-decisions">${json}</script>`
}

describe('a page that hands over decisions', () => {
  test('holds them before anything of its own, and nothing else of ours', async () => {
    const { body } = await ask({ ...HANDS_OVER, headers: RETURNING })
    expect(body).toBe(ORIGINAL.replace('<head>', `<head>${elementFor('u1')}`))
  })

  test('knows a new visitor from then on, and counts nothing', async () => {
    const { body, response, exposures } = await ask(HANDS_OVER)
    expect(body).toContain(elementFor(NEW_ID))
    expect(response.headers.getSetCookie()).toEqual([
      `turnout_visitor=${NEW_ID}; Max-Age=34560000; Path=/; Secure; SameSite=Lax`,
    ])
    expect(exposures).toEqual([])
  })

  test('is kept by nobody but the visitor', async () => {
    const answered = [['CDN-Cache-Control', 'max-age=600']] as const
    const { response } = await ask({ ...HANDS_OVER, headers: RETURNING, answered })
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'private, no-cache',
      'content-type': 'text/html; charset=utf-8',
      vary: 'Cookie',
    })
  })

  test('has another entity tag for another visitor', async () => {
    const answered = [['ETag', '"v1"']] as const
    const tags: (string | null)[] = []
    for (const id of ['u1', 'u1', 'u2']) {
      const headers = { Cookie: `turnout_visitor=${id}` }
      tags.push((await ask({ ...HANDS_OVER, headers, answered })).response.headers.get('ETag'))
    }
    expect(tags[0]).toMatch(/^W\/"v1~s/)
    expect(tags[1]).toBe(tags[0])
    expect(tags[2]).not.toBe(tags[0])
  })

  test('needs nothing of a policy', async () => {
    const policy = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'"
    const answered = [['Content-Security-Policy', policy]] as const
    const { body, response } = await ask({ ...HANDS_OVER, headers: RETURNING, answered })
    expect(body).toContain(elementFor('u1'))
    expect(response.headers.get('Content-Security-Policy')).toBe(policy)
    expect(response.headers.has('Turnout-Note')).toBe(false)
  })

  test('may be any page where the site says so', async () => {
    const { body } = await ask({ ...HANDS_OVER, path: '/about', headers: RETURNING, settings: { handoff: true } })
    expect(body).toContain(elementFor('u1'))
  })

  test('is none where neither page nor site says so', async () => {
    const { body, response } = await ask({ ...HANDS_OVER, path: '/about', headers: RETURNING })
    expect(body).toBe(ORIGINAL)
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=60')
  })

  test('shows a preview as a preview', async () => {
    const experiments = [
      experimentWith({
        variations: [
          { id: 'v1', key: 'on', featureEnabled: true },
          { id: 'v2', key: 'next', featureEnabled: true },
        ],
      }),
    ]
    const { body, response } = await ask({
      datafile: { ...HANDS_OVER.datafile, experiments },
      path: '/?turnout_force=exp:next',
      settings: { previewNeedsToken: false },
    })
    expect(body).toContain('"variationKey":"next"')
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(response.headers.has('Set-Cookie')).toBe(false)
  })

  test('keeps a visitor in the variations that they were given', async () => {
    const { response } = await ask({ ...HANDS_OVER, headers: RETURNING, settings: { isSticky: true } })
    expect(response.headers.get('Set-Cookie')).toContain('turnout_sticky=e1:v1;')
  })
})

describe('nothing is handed over', () => {
  test.each([
    ['to a crawler', { headers: { 'User-Agent': 'Googlebot/2.1' } }],
    ['against a signal of privacy', { headers: { 'Sec-GPC': '1' } }],
    ['to who opted out', { headers: { Cookie: 'turnout_opt_out=1' } }],
    ['without consent', CONSENT],
    ['this once', { path: '/?turnout_off=true' }],
    ['with pages off', { settings: { isOn: false } }],
  ])('%s', async (_, asked) => {
    const { body, response } = await ask({ ...HANDS_OVER, ...asked })
    expect(body).toBe(ORIGINAL)
    expect(response.headers.has('Set-Cookie')).toBe(false)
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=60')
  })

  test('but with consent it is', async () => {
    const { body } = await ask({ ...HANDS_OVER, ...CONSENT, headers: { Cookie: 'consent=yes; turnout_visitor=u1' } })
    expect(body).toContain(elementFor('u1'))
  })

  test('from a datafile whose field is broken, and the page goes on', async () => {
    const datafile = { ...HANDS_OVER.datafile, pages: [pageAt('', { handoff: 'yes' })] }
    const { body, response, logged } = await ask({ datafile, headers: RETURNING })
    expect(body).toBe(ORIGINAL)
    expect(response.headers.get('Turnout-Note')).toBe('pages-invalid')
    expect(logged).toMatchObject([{ code: 'pages_invalid', path: 'pages[0].handoff' }])
  })
})
