import { describe, expect, test, vi } from 'vitest'
import type { Attributes } from '../../../src/engine/index.ts'
import { compile, parseDatafile } from '../../../src/engine/index.ts'
import { attributeKeysOf } from '../../../src/pages/plan/attribute-keys.ts'
import {
  edgeAttributes,
  edgeAttributesOf,
  fillAttributes,
  type RequestFacts,
} from '../../../src/pages/plan/edge-attributes.ts'

const HEADERS = new Headers({
  'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0',
  'accept-language': 'de-CH, de;q=0.9, en;q=0.8',
  referer: 'https://search.example/?q=shoes',
})

const FACTS: RequestFacts = {
  url: 'https://shop.example/sale?color=red&utm_source=news&utm_medium=&color=blue&turnout_debug=1#top',
  header: (name) => HEADERS.get(name),
  cf: {
    country: 'CH',
    region: 'Zurich',
    regionCode: 'ZH',
    city: 'Zürich',
    continent: 'EU',
    timezone: 'Europe/Zurich',
    asn: 64_500,
  },
  cookie: (name) => new Map([['plan', 'gold']]).get(name),
  isFirstSession: true,
}

const known: readonly (readonly [key: string, value: unknown])[] = [
  ['$browser', 'firefox'],
  ['$device', 'desktop'],
  ['$os', 'windows'],
  ['$country', 'CH'],
  ['$region', 'Zurich'],
  ['$region_code', 'ZH'],
  ['$city', 'Zürich'],
  ['$continent', 'EU'],
  ['$timezone', 'Europe/Zurich'],
  ['$language', 'de-CH'],
  ['$referrer', 'https://search.example/?q=shoes'],
  ['$utm_source', 'news'],
  ['$utm_medium', ''],
  ['$query.color', 'red'],
  ['$query.utm_source', 'news'],
  ['$cookie.plan', 'gold'],
  ['$first_session', true],
  ['$url', 'https://shop.example/sale?color=red&utm_source=news&utm_medium=&color=blue#top'],
]

test.for(known)('%s is %s where the datafile names it', ([key, value]) => {
  expect(fill({}, [key])).toEqual({ [key]: value })
})

const absent = ['$utm_campaign', '$query.size', '$cookie.other', '$query.', '$cookie.', '$utm_', '$asn', '$', 'browser']

test.for(absent)('%s is left out, because nothing says it', (key) => {
  expect(fill({}, [key])).toEqual({})
})

test('A request that says nothing fills in nothing but what it lacks', () => {
  const facts = { url: '', header: () => null, cf: undefined, cookie: () => undefined, isFirstSession: false }
  const keys = known.map(([key]) => key)
  expect(fill({}, keys, facts)).toEqual({ $first_session: false, $url: '' })
})

describe('What the caller gave', () => {
  const given: readonly (readonly [what: string, given: Attributes, expected: Attributes])[] = [
    ['stays', { $browser: 'mine', plan: 1 }, { $browser: 'mine', plan: 1 }],
    ['stays, also where it is null, empty or false', { $browser: null, $os: '' }, { $browser: null, $os: '' }],
    ['counts as missing where it is undefined', { $browser: undefined }, { $browser: 'firefox' }],
    ['is kept beside what is filled in', { plan: 1 }, { plan: 1, $browser: 'firefox' }],
  ]

  test.for(given)('%s', ([, attributes, expected]) => {
    expect(fill(attributes, '$os' in attributes ? ['$browser', '$os'] : ['$browser'])).toEqual(expected)
  })

  test('is never changed', () => {
    const attributes = Object.freeze({ plan: 1 })
    fill(attributes, ['$browser'])
    expect(attributes).toEqual({ plan: 1 })
  })

  test('is the result where nothing is added', () => {
    const attributes = { $browser: 'mine' }
    expect(fill(attributes, ['$browser', '$cookie.other', 'plan'])).toBe(attributes)
  })
})

test('Nothing is looked at that no attribute needs', () => {
  const facts = { ...FACTS, header: vi.fn(FACTS.header), cookie: vi.fn(FACTS.cookie) }
  fill({ $os: 'mine', '$cookie.plan': 'mine' }, ['$country', '$os', '$cookie.plan'], facts)
  expect(facts.header).not.toHaveBeenCalled()
  expect(facts.cookie).not.toHaveBeenCalled()
})

describe('A site that calls them something else', () => {
  const names = new Map([
    ['$browser', 'browser_type'],
    ['$query.color', 'color'],
    ['$device', 'device'],
    ['$os', 'device'],
    ['$nonsense', 'nonsense'],
    ['$city', '$country'],
    ['constructor', 'c'],
  ])
  const renamed: readonly (readonly [what: string, key: string, expected: Attributes])[] = [
    ['gets them under its names', 'browser_type', { browser_type: 'firefox' }],
    ['gets parameters under its names', 'color', { color: 'red' }],
    ['does not get them under ours', '$browser', {}],
    ['gets the first of two under one name', 'device', { device: 'desktop' }],
    ['gets nothing for a name that we do not know', 'nonsense', {}],
    ['gets nothing for a name that every object inherits', 'c', {}],
    ['can put one in the place of another', '$country', { $country: 'Zürich' }],
    ['gets all others under ours', '$language', { $language: 'de-CH' }],
  ]

  test.for(renamed)('%s', ([, key, expected]) => {
    expect(fillAttributes({}, edgeAttributes([key], names), FACTS)).toEqual(expected)
  })
})

describe('Hostile requests', () => {
  const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']

  test.for(inherited)('A parameter called %s is a text like any other', (name) => {
    expect(fill({}, [`$query.${name}`], { ...FACTS, url: `https://a.example/?${name}=x` })).toEqual({
      [`$query.${name}`]: 'x',
    })
    expect(fill({}, [`$query.${name}`, `$utm_${name}`])).toEqual({})
  })

  test('An attribute called __proto__ is one, and changes no prototype', () => {
    const attributes = fillAttributes(
      JSON.parse('{"__proto__":{"admin":true},"plan":1}'),
      edgeAttributes(['$browser', '__proto__', 'p'], new Map([['$os', 'p']])),
      FACTS,
    )
    expect(Object.entries(attributes)).toEqual([
      ['__proto__', { admin: true }],
      ['plan', 1],
      ['$browser', 'firefox'],
      ['p', 'windows'],
    ])
    expect(attributes.admin).toBeUndefined()
  })

  test('An attribute that is to be called __proto__ is filled in as one', () => {
    const attributes = fillAttributes({}, edgeAttributes(['__proto__'], new Map([['$os', '__proto__']])), FACTS)
    expect(Object.entries(attributes)).toEqual([['__proto__', 'windows']])
  })

  const urls: readonly (readonly [what: string, url: string, value: string | undefined])[] = [
    ['malformed encoding', 'https://a.example/?q=%E0%A4%A&x', '\uFFFD%A'],
    ['a lone percent', 'https://a.example/?q=100%', '100%'],
    ['a plus', 'https://a.example/?q=a+b', 'a b'],
    ['a parameter twice', 'https://a.example/?q=1&q=2', '1'],
    ['a parameter without a value', 'https://a.example/?q', ''],
    ['an encoded name', 'https://a.example/?%71=1', '1'],
    ['a parameter in the hash', 'https://a.example/#?q=1', undefined],
    ['a question mark in the query', 'https://a.example/?a=?q=1&q=2', '2'],
    ['no URL at all', 'q=1', undefined],
  ]

  test.for(urls)('A query with %s', ([, url, value]) => {
    expect(fill({}, ['$query.q'], { ...FACTS, url })['$query.q']).toBe(value)
  })

  const long = 'x'.repeat(16_384)
  const longs: readonly (readonly [key: string, facts: Partial<RequestFacts>])[] = [
    ['$cookie.a', { cookie: () => long }],
    ['$query.a', { url: `https://a.example/?a=${long}` }],
    ['$referrer', { header: () => long }],
    ['$language', { header: () => long }],
    ['$url', { url: `https://a.example/${long}` }],
    ['$city', { cf: { city: long } }],
  ]

  test.for(longs)('%s has at most 1,024 characters', ([key, facts]) => {
    expect(fill({}, [key], { ...FACTS, ...facts })[key]).toHaveLength(1_024)
  })

  const languages: readonly (readonly [header: string, language: string | undefined])[] = [
    ['*', undefined],
    ['', undefined],
    [' en-US;q=0.5, de', 'en-US'],
    ['zh-Hant-TW', 'zh-Hant-TW'],
    [';q=1', undefined],
    ['<script>', undefined],
  ]

  test.for(languages)('The language in "%s" is %s', ([header, language]) => {
    expect(fill({}, ['$language'], { ...FACTS, header: () => header }).$language).toBe(language)
  })

  test('Places that are no texts are left out', () => {
    expect(fill({}, ['$city', '$country'], { ...FACTS, cf: { city: 1, country: '' } })).toEqual({})
  })
})

describe('What a datafile names', () => {
  const condition = (name: string) => ({ type: 'custom_attribute', name, match: 'exists' })
  const datafile = parsed({
    version: '4',
    revision: '1',
    experiments: [],
    attributes: [
      { id: '1', key: '$browser' },
      { id: '2', key: 'plan' },
    ],
    audiences: [{ id: '3', name: 'a', conditions: JSON.stringify(['or', condition('$os')]) }],
    typedAudiences: [
      { id: '4', name: 'b', conditions: ['and', ['not', condition('$query.a')], condition('$browser'), { type: 'x' }] },
    ],
  })

  test('is what it lists, and what its audiences ask for', () => {
    expect([...attributeKeysOf(datafile)]).toEqual(['$browser', 'plan', '$os', '$query.a'])
  })

  test('is filled in, as far as we know it', () => {
    const attributes = edgeAttributesOf(datafile)
    expect(attributes.map(({ key }) => key)).toEqual(['$browser', '$os', '$query.a'])
    expect(edgeAttributesOf(datafile)).toBe(attributes)
  })

  test('is looked for again where the names have changed', () => {
    const attributes = edgeAttributesOf(datafile, new Map([['$city', 'plan']]))
    expect(attributes.map(({ key }) => key)).toEqual(['$browser', 'plan', '$os', '$query.a'])
  })

  test('decides audiences', () => {
    expect(compile(datafile).attributeIds.has('$os')).toBe(false)
    expect(fillAttributes({}, edgeAttributesOf(datafile), FACTS)).toEqual({ $browser: 'firefox', $os: 'windows' })
  })
})

function fill(given: Attributes, keys: readonly string[], facts: RequestFacts = FACTS): Attributes {
  return fillAttributes(given, edgeAttributes(keys), facts)
}

function parsed(value: unknown) {
  const result = parseDatafile(value)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value.datafile
}
