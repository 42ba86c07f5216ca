import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { COOKIE_SECONDS, readCookies, setCookie, setsCookie } from '../../src/http/cookies.ts'

const CASES: readonly {
  readonly name: string
  readonly header: string | null
  readonly cookies: readonly (readonly [string, string])[]
}[] = [
  { name: 'no header', header: null, cookies: [] },
  { name: 'an empty header', header: '', cookies: [] },
  { name: 'one', header: 'a=1', cookies: [['a', '1']] },
  {
    name: 'two without white space',
    header: 'a=1;b=2',
    cookies: [
      ['a', '1'],
      ['b', '2'],
    ],
  },
  {
    name: 'white space everywhere',
    header: ' a = 1 ;\tb=2 ; ',
    cookies: [
      ['a', '1'],
      ['b', '2'],
    ],
  },
  { name: 'the first of several with one name', header: 'a=1; a=2; a=', cookies: [['a', '1']] },
  { name: 'an empty value', header: 'a=', cookies: [['a', '']] },
  { name: 'equals signs in a value', header: 'a=b=c==', cookies: [['a', 'b=c==']] },
  { name: 'percent-encoding', header: 'a=%C3%BC%20%7C', cookies: [['a', 'ü |']] },
  {
    name: 'a % that encodes nothing',
    header: 'a=100%; b=%E0%A4%A; c=%',
    cookies: [
      ['a', '100%'],
      ['b', '%E0%A4%A'],
      ['c', '%'],
    ],
  },
  { name: 'words that are no cookies', header: 'lonely; a=1; also', cookies: [['a', '1']] },
  { name: 'quotes, which are part of the value', header: 'a="1"', cookies: [['a', '"1"']] },
  { name: 'JSON', header: 'a={"x":1,"y":[2]}', cookies: [['a', '{"x":1,"y":[2]}']] },
  {
    name: 'names that every object has',
    header: '__proto__=1; constructor=2; toString=3; hasOwnProperty=4; then=5',
    cookies: [
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
      ['hasOwnProperty', '4'],
      ['then', '5'],
    ],
  },
  { name: 'nothing but separators', header: ';;;===;;', cookies: [['', '==']] },
]

describe('readCookies', () => {
  test.for(CASES)('reads $name', ({ header, cookies }) => expect([...readCookies(header)]).toEqual(cookies))

  it('finds nothing under names that every object has', () => {
    const cookies = readCookies('a=1')
    expect(['__proto__', 'constructor', 'toString'].map((name) => cookies.get(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it.each([8_192, 16_384, 131_072])('reads what stands behind a cookie of %i bytes', (bytes) => {
    expect(readCookies(`big=${'x'.repeat(bytes)}; turnout_visitor=me`).get('turnout_visitor')).toBe('me')
  })

  it('reads thousands of cookies', () => {
    const header = Array.from({ length: 4_000 }, (_, index) => `c${index}=${index}`).join('; ')
    expect(readCookies(header).get('c3999')).toBe('3999')
  })

  it('never throws, and finds a cookie of ours among any others', () => {
    const other = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(';', ''))
    fc.assert(
      fc.property(fc.array(other), fc.array(other), (before, after) => {
        const clean = before.filter((text) => !text.includes('turnout_visitor'))
        expect(readCookies([...clean, 'turnout_visitor=me', ...after].join(';')).get('turnout_visitor')).toBe('me')
      }),
    )
  })
})

describe('setCookie', () => {
  const cookie = { name: 'turnout_visitor', value: 'v1', domain: null, maxAgeSeconds: COOKIE_SECONDS }

  it('is first party, secure, for all paths and for 400 days', () => {
    expect(setCookie(cookie)).toBe('turnout_visitor=v1; Max-Age=34560000; Path=/; Secure; SameSite=Lax')
  })

  it('names the domain where there is one', () => {
    expect(setCookie({ ...cookie, domain: 'shop.example' })).toBe(
      'turnout_visitor=v1; Max-Age=34560000; Domain=shop.example; Path=/; Secure; SameSite=Lax',
    )
  })

  it.each([
    ['a line break', 'a\r\nSet-Cookie: x=1', 'a%0D%0ASet-Cookie:%20x=1'],
    ['an attribute', 'a; Domain=evil.example', 'a%3B%20Domain=evil.example'],
    ['NUL', 'a\0b', 'a%00b'],
    ['letters outside ASCII', 'é😀', '%C3%A9%F0%9F%98%80'],
    ['half a character', 'a\ud800', 'a%EF%BF%BD'],
    ['a sign that encodes', '100%3B', '100%253B'],
    ['quotes, commas and backslashes', '",\\', '%22%2C%5C'],
  ])('lets no value become anything else: %s', (_, value, expected) => {
    expect(setCookie({ ...cookie, value }).split(';')[0]).toBe(`turnout_visitor=${expected}`)
  })

  it('is read again as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const [pair = ''] = setCookie({ ...cookie, value }).split(';')
        expect(readCookies(pair).get('turnout_visitor')).toBe(value)
      }),
    )
  })
})

describe('setsCookie', () => {
  const headers = new Headers()
  headers.append('Set-Cookie', 'session=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT')
  headers.append('Set-Cookie', ' uid = 7')
  headers.append('Set-Cookie', 'odd')

  it.each([
    ['session', true],
    ['uid', true],
    ['odd', true],
    ['Path', false],
    ['sess', false],
    ['turnout_visitor', false],
  ])('of %s: %s', (name, sets) => expect(setsCookie(headers, name)).toBe(sets))
})
