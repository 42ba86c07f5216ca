import { describe, expect, test } from 'vitest'
import { readPageConfig } from '../../src/platform/page-config.ts'
import { type ConfigIssue, readerOf } from '../../src/platform/read-env.ts'

function read(env: object) {
  const issues: ConfigIssue[] = []
  return { config: readPageConfig(readerOf(env, issues)), issues }
}

describe('the variables about pages', () => {
  test.each([
    ['PAGES', 'off', { isOn: false }],
    ['PAGE_BUDGET_MS', '0', { budgetMs: 0 }],
    ['PAGE_BUDGET_MS', 5_000, { budgetMs: 5_000 }],
    ['CLIENT_NAVIGATION', 'on', { clientNavigation: true }],
    ['HANDOFF', 'on', { handoff: true }],
    ['HANDOFF', '', { handoff: false }],
    ['STICKY', 'cookie', { isSticky: true }],
    ['STICKY', 'off', { isSticky: false }],
    ['VISITOR_COOKIE', 'uid', { visitorCookie: 'uid' }],
    ['COOKIE_DOMAIN', 'shop.example', { cookieDomain: 'shop.example' }],
    ['COOKIE_DOMAIN', '.shop.example', { cookieDomain: 'shop.example' }],
    ['CONSENT_COOKIE', 'consent', { consentCookie: 'consent' }],
    ['CONSENT_COOKIE', 'consent=all', { consentCookie: 'consent=all' }],
    ['PREVIEW_SECRET', 's3cret', { previewSecret: 's3cret' }],
    ['PREVIEW_TOKEN', 'off', { previewNeedsToken: false }],
    ['ATTRIBUTE_NAMES', '{"$browser":"browser_type"}', { attributeNames: new Map([['$browser', 'browser_type']]) }],
    ['ATTRIBUTE_NAMES', '{"__proto__":"x"}', { attributeNames: new Map([['__proto__', 'x']]) }],
  ])('take %s = %j', (name, value, expected) => {
    const { config, issues } = read({ [name]: value })
    expect(config).toMatchObject(expected)
    expect(issues).toEqual([])
  })

  test.each([
    ['PAGES', 'maybe'],
    ['PAGE_BUDGET_MS', '5001'],
    ['PAGE_BUDGET_MS', '-1'],
    ['CLIENT_NAVIGATION', 'yes'],
    ['HANDOFF', 'all'],
    ['STICKY', 'on'],
    ['VISITOR_COOKIE', 'a b'],
    ['VISITOR_COOKIE', 'a;b'],
    ['VISITOR_COOKIE', '__Host-id'],
    ['COOKIE_DOMAIN', 'shop'],
    ['COOKIE_DOMAIN', 'shop.example; Secure'],
    ['COOKIE_DOMAIN', 'https://shop.example'],
    ['CONSENT_COOKIE', 'a b'],
    ['CONSENT_COOKIE', 'consent='],
    ['CONSENT_COOKIE', '=yes'],
    ['ATTRIBUTE_NAMES', '{'],
    ['ATTRIBUTE_NAMES', '[]'],
    ['ATTRIBUTE_NAMES', '{"$browser":1}'],
  ])('refuse %s = %j by name', (name, value) => {
    expect(read({ [name]: value }).issues).toMatchObject([{ name, found: JSON.stringify(value) }])
  })

  test('never show what is wrong with a secret', () => {
    const { issues } = read({ PREVIEW_SECRET: 'se cret' })
    expect(issues).toMatchObject([{ name: 'PREVIEW_SECRET', found: 'other characters' }])
  })
})
