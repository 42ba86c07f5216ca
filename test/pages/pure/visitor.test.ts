import { describe, expect, it } from 'vitest'
import { readCookies } from '../../../src/http/cookies.ts'
import { readVisitor, visitorCookie } from '../../../src/pages/proxy/visitor.ts'

const SETTINGS = { visitorCookie: 'turnout_visitor', cookieDomain: null }

function visitorOf(header: string | null) {
  return readVisitor(readCookies(header), SETTINGS, () => 'new-id')
}

describe('a visitor', () => {
  it.each([
    ['an id of ours', '3f2b8c1e-5d0a-4f7e-9a51-0c6f2d8e7b13'],
    ['an id of Google Analytics', 'GA1.2.1234567890.1700000000'],
    ['an id of Optimizely', 'oeu1383080393924r0.5047421827912331'],
    ['an id with a provider', 'auth0|5f7c8ec7c33c6c004bbafe82'],
    ['base64', 'YWJj/+8='],
    ['one letter', 'a'],
    ['128 letters', 'a'.repeat(128)],
  ])('is known by %s', (_, id) => {
    expect(visitorOf(`x=1; turnout_visitor=${id}; y=2`)).toEqual({ id, isNew: false })
  })

  it('is known by an id that was percent-encoded', () => {
    expect(visitorOf('turnout_visitor=auth0%7C5f7c')).toEqual({ id: 'auth0|5f7c', isNew: false })
  })

  it('is known by the first of several ids', () => {
    expect(visitorOf('turnout_visitor=a; turnout_visitor=b')).toEqual({ id: 'a', isNew: false })
  })

  it.each([
    ['no cookies', null],
    ['other cookies', 'turnout_visitors=a; xturnout_visitor=b'],
    ['an empty value', 'turnout_visitor='],
    ['129 letters', `turnout_visitor=${'a'.repeat(129)}`],
    ['8 kB', `turnout_visitor=${'a'.repeat(8_192)}`],
    ['a % that encodes nothing', 'turnout_visitor=%zz'],
    ['a line break', 'turnout_visitor=a%0d%0aSet-Cookie:%20x=1'],
    ['NUL', 'turnout_visitor=a%00'],
    ['HTML', 'turnout_visitor=%3Cscript%3E'],
    ['quotes', 'turnout_visitor="a"'],
    ['white space', 'turnout_visitor=a%20b'],
    ['a comma', 'turnout_visitor=a,b'],
    ['a backslash', 'turnout_visitor=a\\b'],
    ['letters outside ASCII', 'turnout_visitor=%C3%A9'],
    ['a line break at the end', 'turnout_visitor=a%0a'],
  ])('is new with %s', (_, header) => {
    expect(visitorOf(header)).toEqual({ id: 'new-id', isNew: true })
  })

  it('is known by a cookie of the site, where that is configured', () => {
    const visitor = readVisitor(readCookies('uid=7; turnout_visitor=a'), { visitorCookie: 'uid' }, () => 'new-id')
    expect(visitor).toEqual({ id: '7', isNew: false })
  })

  it.each(['__proto__', 'constructor'])('is new where the cookie is called %s, and there is none', (name) => {
    expect(readVisitor(readCookies('a=1'), { visitorCookie: name }, () => 'new-id').isNew).toBe(true)
  })
})

describe("a visitor's cookie", () => {
  const visitor = { id: '3f2b8c1e-5d0a-4f7e-9a51-0c6f2d8e7b13', isNew: true }

  it('has every attribute that it needs', () => {
    expect(visitorCookie(visitor, SETTINGS)).toBe(
      'turnout_visitor=3f2b8c1e-5d0a-4f7e-9a51-0c6f2d8e7b13; Max-Age=34560000; Path=/; Secure; SameSite=Lax',
    )
  })

  it('is for a whole domain, where that is configured', () => {
    expect(visitorCookie(visitor, { visitorCookie: 'uid', cookieDomain: 'shop.example' })).toBe(
      'uid=3f2b8c1e-5d0a-4f7e-9a51-0c6f2d8e7b13; Max-Age=34560000; Domain=shop.example; Path=/; Secure; SameSite=Lax',
    )
  })
})
