import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, type Project, parseDatafile, type UserProfile } from '../../../src/engine/index.ts'
import { readCookies } from '../../../src/http/cookies.ts'
import { readProfile, STICKY_COOKIE, stickyCookie } from '../../../src/pages/proxy/sticky.ts'

const SETTINGS = { cookieDomain: null }
const NONE = readCookies(null)

/** A project with these experiments running, `paused` being there but not running. */
function projectWith(...ids: readonly string[]): Pick<Project, 'experimentsById'> {
  const experiment = (id: string, status: string) => ({
    id,
    key: id,
    layerId: `layer of ${id}`,
    status,
    audienceIds: [],
    forcedVariations: {},
    trafficAllocation: [{ entityId: 'v1', endOfRange: 10_000 }],
    variations: [{ id: 'v1', key: 'one' }],
  })
  const parsed = parseDatafile({
    version: '4',
    revision: '1',
    projectId: 'p',
    accountId: 'a',
    experiments: [...ids.map((id) => experiment(id, 'Running')), experiment('paused', 'Paused')],
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return compile(parsed.value.datafile)
}

function profileFrom(value: string, project = projectWith('e1', 'e2', 'e3')): UserProfile {
  return readProfile(readCookies(`${STICKY_COOKIE}=${value}`), project)
}

/** What the browser sends back after a `Set-Cookie`. */
function sentBack(cookie: string | null) {
  return readCookies((cookie ?? '').split(';')[0] ?? '')
}

describe('a profile kept in a cookie', () => {
  it.each([
    ['nothing', '', []],
    ['one entry', 'e1:v1', [['e1', 'v1']]],
    [
      'several, the oldest first',
      'e2:v1|e1:v2',
      [
        ['e2', 'v1'],
        ['e1', 'v2'],
      ],
    ],
    ['no experiment that is over', 'paused:v1|e1:v1', [['e1', 'v1']]],
    ['no experiment that was never there', 'gone:v1|e1:v1', [['e1', 'v1']]],
    ['no name that every object has', '__proto__:v1|constructor:v1|toString:v1|e1:v1', [['e1', 'v1']]],
    ['no entry without a variation', 'e1|e2:|e3:v1', [['e3', 'v1']]],
    ['no entry without an experiment', ':v1|e3:v1', [['e3', 'v1']]],
    ['no entry of three', 'e1:v1:x|e3:v1', [['e3', 'v1']]],
    ['no escape that is none', 'e1:!zz|e3:v1', [['e3', 'v1']]],
    ['only separators', '|||:|:|', []],
    ['nothing at all of what is too long', `e1:v1|${'x'.repeat(1_100)}`, []],
  ])('is read: %s', (_, value, entries) => {
    expect([...profileFrom(value)]).toEqual(entries)
  })

  it('is written with the attributes of all our cookies', () => {
    expect(
      stickyCookie(
        new Map([
          ['e1', 'v1'],
          ['e2', 'v9'],
        ]),
        NONE,
        { cookieDomain: 'shop.example' },
      ),
    ).toBe('turnout_sticky=e1:v1|e2:v9; Max-Age=34560000; Domain=shop.example; Path=/; Secure; SameSite=Lax')
  })

  it.each([
    ['nobody keeps one', null, NONE],
    ['it is empty', new Map(), NONE],
    ['it is what the cookie says', new Map([['e1', 'v1']]), readCookies('turnout_sticky=e1:v1')],
  ])('is not written where %s', (_, profile, cookies) => {
    expect(stickyCookie(profile, cookies, SETTINGS)).toBeNull()
  })

  it('loses its oldest entries when it outgrows 1 kB', () => {
    const ids = Array.from({ length: 60 }, (_, index) => `9300000000${String(index).padStart(3, '0')}`)
    const cookie = stickyCookie(new Map(ids.map((id) => [id, `8${id}`])), NONE, SETTINGS) ?? ''
    const [pair = ''] = cookie.split(';')
    expect(pair.length).toBeLessThanOrEqual(1_024)
    expect(pair.length).toBeGreaterThan(1_024 - 40)
    const kept = [...readProfile(sentBack(cookie), projectWith(...ids)).keys()]
    expect(kept).toEqual(ids.slice(-kept.length))
  })

  it('survives ids of any characters, within 1 kB and without anything that a cookie cannot hold', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 5 }), (ids) => {
        const profile = new Map(ids.map((experimentId) => [experimentId, `v:|!%${experimentId}`]))
        const cookie = stickyCookie(profile, NONE, SETTINGS) ?? ''
        const [pair = ''] = cookie.split(';')
        expect(pair).toMatch(/^turnout_sticky=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,1009}$/)
        const read = readProfile(sentBack(cookie), { experimentsById: new Map(ids.map((key) => [key, RULE])) })
        expect([...read]).toEqual([...profile].slice(-read.size))
      }),
    )
  })

  it('never throws, whatever the cookie says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readProfile(new Map([[STICKY_COOKIE, text]]), projectWith('e1')).size).toBeLessThanOrEqual(1)
      }),
    )
  })
})

const RULE = ruleOf('e1')

function ruleOf(id: string) {
  const rule = projectWith(id).experimentsById.get(id)
  if (rule === undefined) throw new Error(`no rule ${id}`)
  return rule
}
