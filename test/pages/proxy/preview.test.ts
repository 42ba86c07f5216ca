import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type PreviewGrant,
  parseForce,
  previewLink,
  previewToken,
  readPreview,
} from '../../../src/pages/proxy/preview.ts'

const SECRET = 'a-secret-of-the-site'
const NOW_MS = 1_790_000_000_000
const IN_AN_HOUR = NOW_MS / 1000 + 3_600
const SETTINGS = { previewSecret: SECRET, previewNeedsToken: true }
const HERO: PreviewGrant = { host: 'shop.example', expiresSeconds: IN_AN_HOUR, forces: ['hero:bold'], isDebug: false }

function linkTo(changes: Partial<PreviewGrant> = {}, address = 'https://shop.example/cart?size=5'): Promise<URL> {
  return previewLink(new URL(address), { ...HERO, ...changes }, SECRET)
}

async function read(url: URL | string, settings = SETTINGS, nowMs = NOW_MS) {
  const preview = await readPreview(new URL(url), settings, nowMs)
  return preview.kind === 'granted' ? { ...preview, forced: [...preview.forced] } : preview
}

const GRANTED = { kind: 'granted', forced: [['hero', 'bold']], isDebug: false }

describe('a preview link', () => {
  it('shows what it was made for', async () => {
    expect(await read(await linkTo())).toEqual(GRANTED)
  })

  it('shows several variations, and the plan', async () => {
    const url = await linkTo({ forces: ['hero:bold', 'price:low'], isDebug: true })
    expect(await read(url)).toEqual({
      kind: 'granted',
      forced: [
        ['hero', 'bold'],
        ['price', 'low'],
      ],
      isDebug: true,
    })
  })

  it('shows the plan alone', async () => {
    expect(await read(await linkTo({ forces: [], isDebug: true }))).toEqual({
      kind: 'granted',
      forced: [],
      isDebug: true,
    })
  })

  it('keeps the rest of the address byte for byte, and replaces an earlier link', async () => {
    const earlier = await linkTo({ forces: ['hero:plain'] }, 'https://shop.example/a?q=%20+%2B&=&x=%C3%A9#top')
    const url = await linkTo({}, earlier.href)
    expect(url.href).toMatch(
      /^https:\/\/shop\.example\/a\?q=%20\+%2B&=&x=%C3%A9&turnout_force=hero%3Abold&turnout_token=1\.1790003600\.[\w-]{43}#top$/,
    )
    expect(await read(url)).toEqual(GRANTED)
  })

  it('is good on every page of the host', async () => {
    const url = await linkTo()
    url.pathname = '/another/page'
    url.searchParams.append('size', '6')
    expect(await read(url)).toEqual(GRANTED)
  })

  it('holds for keys of any characters', async () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(key, key, async (experimentKey, variationKey) => {
        const force = [experimentKey, variationKey].map(encodeURIComponent).join(':')
        const { forced } = { forced: [], ...(await read(await linkTo({ forces: [force] }))) }
        expect(forced).toEqual([[experimentKey, variationKey]])
      }),
      { numRuns: 50 },
    )
  })
})

describe('an address that asks for a preview', () => {
  it.each([
    ['nothing of ours', '?a=1', { kind: 'none' }],
    ['a token without a wish', '?turnout_token=1.1.x', { kind: 'none' }],
    ['a plan that is not wished for', '?turnout_debug=false', { kind: 'none' }],
    ['no token', '?turnout_force=hero:bold', { kind: 'refused', reason: 'no-token' }],
    ['no token for the plan', '?turnout_debug', { kind: 'refused', reason: 'no-token' }],
    ['an empty token', '?turnout_force=hero:bold&turnout_token=', { kind: 'refused', reason: 'bad-token' }],
    [
      'a token of another version',
      `?turnout_force=hero:bold&turnout_token=2.9999999999.${'A'.repeat(43)}`,
      { kind: 'refused', reason: 'bad-token' },
    ],
    [
      'a made-up token',
      `?turnout_force=hero:bold&turnout_token=1.9999999999.${'A'.repeat(43)}`,
      { kind: 'refused', reason: 'bad-token' },
    ],
    ['no variation', '?turnout_force=hero', { kind: 'refused', reason: 'bad-force' }],
    ['an empty variation', '?turnout_force=hero:', { kind: 'refused', reason: 'bad-force' }],
    ['an empty experiment', '?turnout_force=:bold', { kind: 'refused', reason: 'bad-force' }],
    ['endless keys', `?turnout_force=${'a'.repeat(600)}:b`, { kind: 'refused', reason: 'bad-force' }],
    ['endless wishes', `?${'turnout_force=a:b&'.repeat(17)}`, { kind: 'refused', reason: 'bad-force' }],
  ])('with %s', async (_, query, expected) => {
    expect(await read(`https://shop.example/${query}`)).toEqual(expected)
  })

  it.each<[what: string, change: (url: URL) => void]>([
    ['another variation', (url) => url.searchParams.set('turnout_force', 'hero:plain')],
    ['one variation more', (url) => url.searchParams.append('turnout_force', 'price:low')],
    [
      'one variation less',
      (url) => {
        url.searchParams.delete('turnout_force')
        url.searchParams.set('turnout_debug', '')
      },
    ],
    ['the plan as well', (url) => url.searchParams.set('turnout_debug', 'true')],
    [
      'another host',
      (url) => {
        url.host = 'other.example'
      },
    ],
    [
      'another port',
      (url) => {
        url.port = '8443'
      },
    ],
    [
      'a later end',
      (url) =>
        url.searchParams.set(
          'turnout_token',
          url.searchParams.get('turnout_token')?.replace('1790003600', '1790003601') ?? '',
        ),
    ],
  ])('is refused with a link to which somebody added %s', async (_, change) => {
    const url = await linkTo()
    change(url)
    expect(await read(url)).toEqual({ kind: 'refused', reason: 'bad-token' })
  })

  it('is refused with a signature of which any bit is another', async () => {
    const url = await linkTo()
    const token = url.searchParams.get('turnout_token') ?? ''
    const flipped = token
      .slice('1.1790003600.'.length, -1)
      .split('')
      .map((letter, index) => {
        const at = '1.1790003600.'.length + index
        return `${token.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      })
    const kinds = await Promise.all(
      flipped.map(async (other) => {
        const changed = new URL(url)
        changed.searchParams.set('turnout_token', other)
        return (await read(changed)).kind
      }),
    )
    expect(new Set(kinds)).toEqual(new Set(['refused']))
  })

  it.each([
    [-1, 'granted'],
    [0, 'refused'],
    [86_400_000, 'refused'],
  ])('has until its token ends: %i ms after', async (afterMs, kind) => {
    expect((await read(await linkTo(), SETTINGS, IN_AN_HOUR * 1000 + afterMs)).kind).toBe(kind)
  })

  it('says so when its time is over', async () => {
    expect(await read(await linkTo(), SETTINGS, IN_AN_HOUR * 1000)).toEqual({
      kind: 'refused',
      reason: 'expired-token',
    })
  })

  it('is refused where the site has no secret, or another', async () => {
    const url = await linkTo()
    expect(await read(url, { ...SETTINGS, previewSecret: 'another' })).toEqual({ kind: 'refused', reason: 'bad-token' })
    expect(await readPreview(url, { previewSecret: null, previewNeedsToken: true }, NOW_MS)).toEqual({
      kind: 'refused',
      reason: 'previews-off',
    })
  })

  it('is answered at once where there is nothing to verify', () => {
    expect(readPreview(new URL('https://shop.example/?a=1'), SETTINGS, NOW_MS)).toEqual({ kind: 'none' })
  })

  it('takes the last of several variations of one experiment', async () => {
    expect(await read(await linkTo({ forces: ['hero:plain', 'hero:bold'] }))).toEqual(GRANTED)
  })

  it('has no way to names that every object has', async () => {
    const url = await linkTo({ forces: ['__proto__:polluted', 'constructor:x'] })
    expect(await read(url)).toMatchObject({
      forced: [
        ['__proto__', 'polluted'],
        ['constructor', 'x'],
      ],
    })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('a site on which anybody may force a variation', () => {
  const open = { previewSecret: SECRET, previewNeedsToken: false }
  const withoutSecret = { previewSecret: null, previewNeedsToken: false }

  it.each([
    ['without a token', '?turnout_force=hero:bold', GRANTED],
    ['with a token that is none', '?turnout_force=hero:bold&turnout_token=x', GRANTED],
    ['but shows nobody the plan', '?turnout_force=hero:bold&turnout_debug', GRANTED],
    [
      'but shows nobody the plan for a token that is none',
      '?turnout_force=hero:bold&turnout_debug&turnout_token=x',
      GRANTED,
    ],
    ['but takes no wish that is none', '?turnout_force=hero', { kind: 'refused', reason: 'bad-force' }],
  ])('grants it %s', async (_, query, expected) => {
    const url = new URL(`https://shop.example/${query}`)
    expect(await read(url, open)).toEqual(expected)
    const preview = await readPreview(url, withoutSecret, NOW_MS)
    expect(preview.kind).toBe(expected.kind)
  })

  it('shows the plan to whoever has a token for it', async () => {
    expect(await read(await linkTo({ isDebug: true }), open)).toEqual({ ...GRANTED, isDebug: true })
  })
})

describe('parseForce', () => {
  it.each([
    ['hero:bold', ['hero', 'bold']],
    ['a%3Ab:c%25', ['a:b', 'c%']],
    ['a:b:c', ['a', 'b:c']],
    ['100%:50%', ['100%', '50%']],
    ['ü:😀', ['ü', '😀']],
    ['hero', null],
    [':', null],
    ['a:', null],
    [':b', null],
    ['', null],
  ])('of %s', (text, expected) => expect(parseForce(text)).toEqual(expected))
})

describe('a token', () => {
  it('does not say whose it is, and differs with everything that it is for', async () => {
    const tokens = await Promise.all([
      previewToken(HERO, SECRET),
      previewToken({ ...HERO, host: 'other.example' }, SECRET),
      previewToken({ ...HERO, isDebug: true }, SECRET),
      previewToken({ ...HERO, forces: ['hero:bold,price:low'] }, SECRET),
      previewToken({ ...HERO, forces: ['hero:bold', 'price:low'] }, SECRET),
      previewToken({ ...HERO, expiresSeconds: IN_AN_HOUR + 1 }, SECRET),
      previewToken(HERO, 'another-secret'),
    ])
    expect(new Set(tokens).size).toBe(tokens.length)
    expect(tokens.every((token) => /^1\.\d+\.[\w-]{43}$/.test(token))).toBe(true)
  })
})
