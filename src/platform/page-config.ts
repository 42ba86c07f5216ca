import type { SiteSettings } from '../pages/proxy/site-settings.ts'
import { mapFromJson, type Reader, readCount, readFormed, readSwitch, readToken } from './read-env.ts'

/** Reads what is about pages; what is wrong goes to the reader. */
export function readPageConfig(reader: Reader): SiteSettings {
  return {
    isOn: readSwitch(reader, 'PAGES', true),
    budgetMs: readCount(reader, 'PAGE_BUDGET_MS', { least: 0, most: 5_000, usual: 50 }),
    clientNavigation: readSwitch(reader, 'CLIENT_NAVIGATION', false),
    handoff: readSwitch(reader, 'HANDOFF', false),
    isSticky: readFormed(reader, 'STICKY', { parse: stickiness, expected: '"cookie" or "off"' }) ?? false,
    visitorCookie: readFormed(reader, 'VISITOR_COOKIE', { parse: cookieName, expected: COOKIE_NAME }) ?? VISITOR_COOKIE,
    cookieDomain: readFormed(reader, 'COOKIE_DOMAIN', { parse: domain, expected: 'a domain such as shop.example' }),
    consentCookie: readFormed(reader, 'CONSENT_COOKIE', {
      parse: consent,
      expected: `${COOKIE_NAME}, or name=value with the value that means yes`,
    }),
    previewSecret: readToken(reader, 'PREVIEW_SECRET'),
    previewNeedsToken: readSwitch(reader, 'PREVIEW_TOKEN', true),
    attributeNames:
      readFormed(reader, 'ATTRIBUTE_NAMES', {
        parse: names,
        expected: 'JSON such as {"$browser": "browser_type"}',
      }) ?? NO_NAMES,
  }
}

const VISITOR_COOKIE = 'turnout_visitor'
const COOKIE_NAME = 'the name of a cookie'
const NO_NAMES: ReadonlyMap<string, string> = new Map()

function stickiness(text: string): boolean | null {
  if (text === 'cookie') return true
  return text === 'off' ? false : null
}

/** A token of RFC 6265, without the prefixes that ask for attributes of their own. */
function cookieName(text: string): string | null {
  return /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(text) && !/^__(host|secure)-/i.test(text) ? text : null
}

function domain(text: string): string | null {
  return /^\.?(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z\d-]*[a-z]$/i.test(text) ? text.replace(/^\./, '') : null
}

function consent(text: string): string | null {
  const [, name = '', value] = /^([^=]*)(?:=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*))?$/.exec(text) ?? []
  return cookieName(name) === null || value === '' ? null : text
}

function names(text: string): ReadonlyMap<string, string> | null {
  return mapFromJson(text, (theirs) => (typeof theirs === 'string' ? theirs : null))
}
