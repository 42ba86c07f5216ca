import { describe, expect, it } from 'vitest'
import { readCookies } from '../../../src/http/cookies.ts'
import { type Participation, participationOf } from '../../../src/pages/proxy/participation.ts'
import { BROWSERS, CRAWLERS } from './user-agents.ts'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

interface Asked {
  readonly query?: string
  readonly cookies?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly consentCookie?: string
  readonly cookieDomain?: string
  readonly isPreview?: boolean
}

function participation(asked: Asked): Participation {
  const headers = new Headers({ 'User-Agent': CHROME, ...asked.headers })
  return participationOf(
    {
      request: { method: asked.method ?? 'GET', headers },
      parameters: new URLSearchParams(asked.query),
      cookies: readCookies(asked.cookies ?? null),
      isPreview: asked.isPreview ?? false,
    },
    { consentCookie: asked.consentCookie ?? null, cookieDomain: asked.cookieDomain ?? null },
  )
}

/** In a word: `counted`, `not counted`, or the reason. */
function inAWord(asked: Asked): string {
  const outcome = participation(asked)
  if (outcome.kind === 'left-alone') return outcome.reason
  return outcome.isCounted ? 'counted' : 'not counted'
}

const OUT = 'turnout_opt_out=1; Max-Age=34560000; Path=/; Secure; SameSite=Lax'
const IN_AGAIN = 'turnout_opt_out=; Max-Age=0; Path=/; Secure; SameSite=Lax'

describe('who takes part', () => {
  it.each<[name: string, asked: Asked, expected: string]>([
    ['a person', {}, 'counted'],
    ['a person without a user agent', { headers: { 'User-Agent': '' } }, 'counted'],
    [
      'a crawler',
      { headers: { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' } },
      'crawler',
    ],
    ['whoever says so', { headers: { 'Sec-GPC': '1' } }, 'privacy-signal'],
    ['whoever says the opposite', { headers: { 'Sec-GPC': '0' } }, 'counted'],
    ['whoever says something else', { headers: { 'Sec-GPC': '?1' } }, 'counted'],
    ['whoever only does not want to be tracked', { headers: { DNT: '1' } }, 'counted'],
    ['one request that is switched off', { query: 'turnout_off=true' }, 'off'],
    ['one request that is not', { query: 'turnout_off=false' }, 'counted'],
    ['whoever opts out now', { query: 'turnout_opt_out=true' }, 'opted-out'],
    ['whoever has opted out', { cookies: 'turnout_opt_out=1' }, 'opted-out'],
    [
      'whoever has opted out, and comes back',
      { query: 'turnout_opt_out=false', cookies: 'turnout_opt_out=1' },
      'counted',
    ],
    ['whoever says nothing that we know', { query: 'turnout_opt_out=maybe', cookies: 'turnout_opt_out=no' }, 'counted'],
    [
      'whoever comes back but sends the signal',
      { query: 'turnout_opt_out=false', headers: { 'Sec-GPC': '1' } },
      'privacy-signal',
    ],
    ['a preview', { isPreview: true }, 'not counted'],
    [
      'a preview by somebody who is left alone otherwise',
      { isPreview: true, cookies: 'turnout_opt_out=1', headers: { 'Sec-GPC': '1' }, consentCookie: 'ok' },
      'not counted',
    ],
    ['a preview of a page that is switched off', { isPreview: true, query: 'turnout_off=true' }, 'off'],
  ])('%s', (_, asked, expected) => expect(inAWord(asked)).toBe(expected))
})

describe('what is counted', () => {
  it.each<[name: string, asked: Asked, expected: string]>([
    ['GET', {}, 'counted'],
    ['HEAD', { method: 'HEAD' }, 'not counted'],
    ['Sec-Purpose: prefetch', { headers: { 'Sec-Purpose': 'prefetch' } }, 'not counted'],
    ['Sec-Purpose of a prerender', { headers: { 'Sec-Purpose': 'prefetch;prerender' } }, 'not counted'],
    ['Sec-Purpose with a proxy', { headers: { 'Sec-Purpose': 'prefetch;anonymous-client-ip' } }, 'not counted'],
    ['Purpose: prefetch', { headers: { Purpose: 'prefetch' } }, 'not counted'],
    ['X-Purpose: preview', { headers: { 'X-Purpose': 'preview' } }, 'not counted'],
    ['X-Moz: prefetch', { headers: { 'X-Moz': 'prefetch' } }, 'not counted'],
    ['X-Moz: PREFETCH', { headers: { 'X-Moz': 'PREFETCH' } }, 'not counted'],
    ['Purpose: something else', { headers: { Purpose: 'navigate' } }, 'counted'],
  ])('%s', (_, asked, expected) => expect(inAWord(asked)).toBe(expected))
})

describe('consent', () => {
  it.each([
    ['ok', null, 'no-consent'],
    ['ok', 'ok=', 'no-consent'],
    ['ok', 'other=1', 'no-consent'],
    ['ok', 'ok=1', 'counted'],
    ['ok', 'ok=true', 'counted'],
    ['ok', 'ok=accepted', 'counted'],
    ['ok', 'ok=2026-11-24', 'counted'],
    ['ok', 'ok=1700000000', 'counted'],
    ['ok', 'ok=0', 'no-consent'],
    ['ok', 'ok=false', 'no-consent'],
    ['ok', 'ok=FALSE', 'no-consent'],
    ['ok', 'ok=no', 'no-consent'],
    ['ok', 'ok=off', 'no-consent'],
    ['ok', 'ok=denied', 'no-consent'],
    ['ok', 'ok=deny', 'no-consent'],
    ['ok', 'ok=rejected', 'no-consent'],
    ['ok', 'ok=declined', 'no-consent'],
    ['ok', 'ok=dismiss', 'no-consent'],
    ['ok', 'ok=necessary', 'no-consent'],
    ['ok', 'ok=null', 'no-consent'],
    ['ok', 'ok={necessary:true%2Cstatistics:false}', 'no-consent'],
    ['ok', 'ok=groups=C0001:1%2CC0002:0', 'no-consent'],
    ['ok', `ok=${'CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA'.repeat(3)}`, 'no-consent'],
    ['ok', 'ok=%zz', 'no-consent'],
    ['ok', 'ok=0; ok=1', 'no-consent'],
    ['ok=yes', 'ok=yes', 'counted'],
    ['ok=yes', 'ok=Yes', 'no-consent'],
    ['ok=yes', 'ok=1', 'no-consent'],
    ['ok=yes', null, 'no-consent'],
    ['ok=0', 'ok=0', 'counted'],
    ['ok=a=b', 'ok=a=b', 'counted'],
    ['constructor', 'a=1', 'no-consent'],
    ['__proto__', 'a=1', 'no-consent'],
  ])('with CONSENT_COOKIE=%s and the cookies %s: %s', (consentCookie, cookies, expected) => {
    expect(inAWord({ consentCookie, ...(cookies === null ? {} : { cookies }) })).toBe(expected)
  })
})

describe("the visitor's choice", () => {
  it.each<[name: string, asked: Asked, expected: string | null]>([
    ['is kept', { query: 'turnout_opt_out=true' }, OUT],
    [
      'is kept whatever else is said',
      { query: 'turnout_opt_out=true', headers: { 'Sec-GPC': '1' }, consentCookie: 'ok' },
      OUT,
    ],
    ['is kept once', { query: 'turnout_opt_out=true', cookies: 'turnout_opt_out=1' }, null],
    ['is taken back', { query: 'turnout_opt_out=false', cookies: 'turnout_opt_out=1' }, IN_AGAIN],
    ['is not taken back from nobody', { query: 'turnout_opt_out=false' }, null],
    ['is not made for anybody', {}, null],
    ['is not made by another word', { query: 'turnout_opt_out=1%0d%0aSet-Cookie:x=1' }, null],
    [
      'is for the whole domain',
      { query: 'turnout_opt_out=true', cookieDomain: 'shop.example' },
      OUT.replace(' Path', ' Domain=shop.example; Path'),
    ],
  ])('%s', (_, asked, expected) => expect(participation(asked).setCookie).toBe(expected))
})

describe('a crawler', () => {
  it.each(CRAWLERS)('is known: %s', (userAgent) => {
    expect(inAWord({ headers: { 'User-Agent': userAgent } })).toBe('crawler')
  })

  it.each(BROWSERS)('is not taken for: %s', (userAgent) => {
    expect(inAWord({ headers: { 'User-Agent': userAgent } })).toBe('counted')
  })

  it.each([
    ['letters', 'a'],
    ['words', 'a '],
    ['digits', '1'],
    ['versions', '/1.1'],
    ['addresses', '@a'],
    ['semicolons', '; a'],
    ['brackets', '('],
  ])('is looked for in no time in 64 kB of %s', (_, piece) => {
    const startedMs = performance.now()
    inAWord({ headers: { 'User-Agent': `Mozilla/5.0 ${piece.repeat(65_536 / piece.length)}!` } })
    expect(performance.now() - startedMs).toBeLessThan(100)
  })
})
