import { describe, expect, test } from 'vitest'
import { forgetBytes, makePersonal } from '../../../src/pages/proxy/personal-headers.ts'

function personal(given: Record<string, string>, etag: string | null = null): Record<string, string> {
  const headers = new Headers(given)
  makePersonal(headers, etag)
  return Object.fromEntries(headers)
}

const PERSONAL = { 'cache-control': 'private, no-cache', vary: 'Cookie' }

describe('the headers of a page that depends on its visitor', () => {
  test.each([
    ['public caching', { 'Cache-Control': 'public, max-age=3600, s-maxage=86400' }, PERSONAL],
    ['no caching headers', {}, PERSONAL],
    ['a ban on keeping it', { 'Cache-Control': 'No-Store' }, { ...PERSONAL, 'cache-control': 'private, no-store' }],
    ['caching for the CDN alone', { 'CDN-Cache-Control': 'max-age=60', 'Surrogate-Control': 'max-age=60' }, PERSONAL],
    ['caching of HTTP/1.0', { Expires: 'Thu, 01 Jan 2099 00:00:00 GMT', Pragma: 'cache' }, PERSONAL],
    ['validators', { ETag: '"abc"', 'Last-Modified': 'Tue, 24 Nov 2026 10:00:00 GMT' }, PERSONAL],
    ['a Vary of its own', { Vary: 'Accept-Encoding' }, { ...PERSONAL, vary: 'Accept-Encoding, Cookie' }],
    ['a Vary by cookies', { Vary: 'accept, COOKIE' }, { ...PERSONAL, vary: 'accept, COOKIE' }],
    ['a Vary by everything', { Vary: '*' }, { ...PERSONAL, vary: '*' }],
    ['a Vary by another header whose name ends alike', { Vary: 'X-Cookie' }, { ...PERSONAL, vary: 'X-Cookie, Cookie' }],
  ])('take the place of %s', (_, given, expected) => {
    expect(personal(given as Record<string, string>)).toEqual(expected)
  })

  test('carry the tag of the variation', () => {
    expect(personal({ ETag: '"abc"' }, 'W/"abc~sk3f"')).toMatchObject({ etag: 'W/"abc~sk3f"' })
  })

  test('say nothing of bytes that are being edited', () => {
    const headers = new Headers({ 'Content-Length': '5', 'Content-MD5': 'x', 'Accept-Ranges': 'bytes', 'X-Own': '1' })
    forgetBytes(headers)
    expect(Object.fromEntries(headers)).toEqual({ 'x-own': '1' })
  })
})
