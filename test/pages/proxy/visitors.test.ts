import { describe, expect, it } from 'vitest'
import { previewLink } from '../../../src/pages/proxy/preview.ts'
import { experimentOn } from '../plan/site.ts'
import { BROWSERS, CRAWLERS } from '../pure/user-agents.ts'
import { type Asked, ask, NEW_ID, NOW_MS, ORIGINAL, originalFor } from './shop-site.ts'

const OURS = `turnout_visitor=${NEW_ID}; Max-Age=34560000; Path=/; Secure; SameSite=Lax`
const COLOURED = 'h1{color:red}'
const NEVER_SAID = 'visitor-4711'

/** Nothing of ours is on the page, in its headers or in the books. */
async function expectUntouched(asked: Asked): Promise<void> {
  const { response, body, exposures } = await ask(asked)
  const original = originalFor(asked)
  expect(body).toBe(ORIGINAL)
  expect([...response.headers]).toEqual([...original.headers])
  expect(exposures).toEqual([])
}

/** Fault 17. */
describe('the cookie of a visitor', () => {
  it('is one, and set for a new visitor on a page with an experiment', async () => {
    const { response, body, exposures } = await ask()
    expect(body).toContain(COLOURED)
    expect(response.headers.getSetCookie()).toEqual([OURS])
    expect(exposures.map(({ userId, variation }) => [userId, variation?.key])).toEqual([[NEW_ID, 'on']])
  })

  it.each<[name: string, asked: Asked]>([
    ['for whoever has it', { headers: { Cookie: 'turnout_visitor=me' } }],
    ['on a page without an experiment', { path: '/elsewhere' }],
    ['where no experiment runs', { experiments: [experimentOn('colour', [], { status: 'Paused' })] }],
  ])('is not set %s', async (_, asked) => {
    expect((await ask(asked)).response.headers.getSetCookie()).toEqual([])
  })

  it('comes behind those of the origin, which all stay', async () => {
    const answered = [
      ['Set-Cookie', 'session=1; Path=/; HttpOnly'],
      ['Set-Cookie', 'lang=de; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
    ] as const
    expect((await ask({ answered })).response.headers.getSetCookie()).toEqual([answered[0][1], answered[1][1], OURS])
  })

  it('never takes the place of one that the origin sets', async () => {
    const answered = [['Set-Cookie', 'uid=origin; Path=/']] as const
    const { response } = await ask({ answered, settings: { visitorCookie: 'uid' } })
    expect(response.headers.getSetCookie()).toEqual(['uid=origin; Path=/'])
  })
})

/** Fault 20, S3. */
describe('cookies that nobody should send', () => {
  it.each([
    ['a % that encodes nothing', 'turnout_visitor=%zz%'],
    ['16 kB', `turnout_visitor=${'a'.repeat(16_384)}`],
    ['a line break', 'turnout_visitor=a%0d%0aSet-Cookie:%20x=1'],
    ['HTML', 'turnout_visitor=%3C/script%3E'],
    ['nothing', 'turnout_visitor='],
    ['separators', ';;=;;;=='],
    ['names that every object has', '__proto__=1; constructor=2; turnout_sticky=__proto__:x'],
  ])('count as absent: %s', async (_, cookie) => {
    const { response, body } = await ask({ headers: { Cookie: cookie }, settings: { isSticky: true } })
    expect(response.status).toBe(200)
    expect(body).toContain(COLOURED)
    expect(response.headers.getSetCookie()[0]).toBe(OURS)
  })
})

/** S4. */
describe('what comes with a request', () => {
  const injection = 'a%0d%0aSet-Cookie:%20injected=1%0d%0a%0d%0a%3Cscript%3Ealert(1)%3C/script%3E'

  it.each([
    ['a visitor', { headers: { Cookie: `turnout_visitor=${injection}` } }],
    ['a preview', { path: `/?turnout_force=${injection}&turnout_token=${injection}` }],
    ['a preview that names something', { path: `/?turnout_force=colour:${injection}&turnout_token=${injection}` }],
    ['a choice', { path: `/?turnout_opt_out=${injection}` }],
    ['a switch', { path: `/?turnout_off=${injection}&turnout_debug=${injection}` }],
    ['an assignment', { headers: { Cookie: `turnout_sticky=colour:${injection}` }, settings: { isSticky: true } }],
  ])('never gets into the answer: %s', async (_, asked) => {
    const { response, body } = await ask(asked)
    expect(JSON.stringify([...response.headers])).not.toMatch(/injected|alert/)
    expect(body).not.toMatch(/injected|alert/)
  })
})

/** Fault 22, S25. */
describe('a crawler', () => {
  it.each(CRAWLERS)("gets the origin's page: %s", (userAgent) =>
    expectUntouched({ headers: { 'User-Agent': userAgent } }),
  )

  it.each(BROWSERS)('is not who comes with %s', async (userAgent) => {
    expect((await ask({ headers: { 'User-Agent': userAgent } })).body).toContain(COLOURED)
  })
})

/** S24. */
describe('whoever does not want to take part', () => {
  it.each<[name: string, asked: Asked]>([
    ['by a signal', { headers: { 'Sec-GPC': '1' } }],
    ['by an earlier choice', { headers: { Cookie: 'turnout_opt_out=1; turnout_visitor=me' } }],
    ['for want of consent', { settings: { consentCookie: 'consent' } }],
    ['by refusing consent', { settings: { consentCookie: 'consent' }, headers: { Cookie: 'consent=denied' } }],
    ['for one request', { path: '/?turnout_off=true' }],
  ])("gets the origin's page, and nothing is kept: %s", (_, asked) => expectUntouched(asked))

  it("gets the origin's page at once when they say so, and the choice is kept", async () => {
    const { response, body, exposures } = await ask({ path: '/?turnout_opt_out=true' })
    expect(body).toBe(ORIGINAL)
    expect(response.headers.getSetCookie()).toEqual([
      'turnout_opt_out=1; Max-Age=34560000; Path=/; Secure; SameSite=Lax',
    ])
    expect(exposures).toEqual([])
  })

  it('takes part again when they say so', async () => {
    const { response, body } = await ask({ path: '/?turnout_opt_out=false', headers: { Cookie: 'turnout_opt_out=1' } })
    expect(body).toContain(COLOURED)
    expect(response.headers.getSetCookie()).toContain('turnout_opt_out=; Max-Age=0; Path=/; Secure; SameSite=Lax')
  })
})

/** S25. */
describe('a page that nobody looks at yet', () => {
  it.each([
    ['prefetched', { 'Sec-Purpose': 'prefetch' }],
    ['prerendered', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['fetched ahead by an older browser', { Purpose: 'prefetch' }],
  ])('is the one shown later, and is not counted: %s', async (_, headers) => {
    const { body, exposures } = await ask({ headers })
    expect(body).toContain(COLOURED)
    expect(exposures).toEqual([])
  })

  it('has the headers of the page, and is not counted: HEAD', async () => {
    const { response, body, exposures } = await ask({ method: 'HEAD' })
    expect(body).toBe('')
    expect(response.headers.getSetCookie()).toEqual([OURS])
    expect(exposures).toEqual([])
  })
})

/** Fault 25. */
describe('a door for editors', () => {
  it.each([
    [
      'by cookies',
      {
        headers: {
          Cookie:
            'turnout_visitor=me; turnout_force=colour:off; turnout_debug=1; turnout_token=1.9.x; optimizelyToken=x; editor=http://localhost:4000/',
        },
      },
    ],
    [
      'by parameters of others',
      {
        path: '/?optimizely_x=1&optimizely_token=x&optimizely_embed_editor=http://localhost:4000/',
        headers: { Cookie: 'turnout_visitor=me' },
      },
    ],
    [
      'without a token',
      { path: '/?turnout_force=colour:off&turnout_debug=true', headers: { Cookie: 'turnout_visitor=me' } },
    ],
    [
      'with a token that is none',
      {
        path: `/?turnout_force=colour:off&turnout_token=1.9999999999.${'A'.repeat(43)}`,
        headers: { Cookie: 'turnout_visitor=me' },
      },
    ],
  ])('is not there: %s', async (_, asked) => {
    const usual = await ask({ headers: { Cookie: 'turnout_visitor=me' } })
    const { body, exposures } = await ask(asked)
    expect(body).toBe(usual.body)
    expect(exposures).toHaveLength(1)
  })

  it('says in a header alone why a preview is none', async () => {
    const { response } = await ask({ path: '/?turnout_force=colour:off' })
    expect(response.headers.get('Turnout-Note')).toBe('preview-no-token')
  })

  it('is a token of the site: nothing is counted, kept or cached', async () => {
    const grant = { expiresSeconds: NOW_MS / 1000 + 60, forces: ['colour:off'], isDebug: false }
    const { pathname, search } = await previewLink(new URL('https://shop.example/'), grant, 'secret')
    const { response, body, exposures } = await ask({ path: `${pathname}${search}` })
    expect(body).not.toContain(COLOURED)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('Cache-Control')).toContain('no-store')
    expect(exposures).toEqual([])
  })
})

/** Fault 14, S6: how single policies are read is in csp.test.ts. */
describe("the origin's policy", () => {
  it('is given the hash of exactly our style', async () => {
    const { response, body } = await ask({ answered: [['Content-Security-Policy', "style-src 'self'"]] })
    expect(body).toContain(COLOURED)
    expect(response.headers.get('Content-Security-Policy')).toMatch(/^style-src 'self' 'sha256-[\w+/]{43}='$/)
  })

  it('has its nonce used, and the page no entity tag of ours', async () => {
    const answered = [
      ['Content-Security-Policy', "style-src 'nonce-n1'"],
      ['ETag', '"v1"'],
    ] as const
    const { response, body } = await ask({ answered })
    expect(body).toContain('<style data-turnout nonce="n1">')
    expect(response.headers.get('Content-Security-Policy')).toBe("style-src 'nonce-n1'")
    expect(response.headers.get('ETag')).toBeNull()
  })

  it.each(["style-src 'self' 'unsafe-inline'", "frame-ancestors 'none'", "script-src 'self'"])(
    'stays as it is where it allows ours already: %s',
    async (policy) => {
      const { response, body } = await ask({ answered: [['Content-Security-Policy', policy]] })
      expect(body).toContain(COLOURED)
      expect(response.headers.get('Content-Security-Policy')).toBe(policy)
    },
  )
})

/** S23. */
describe('a visitor', () => {
  it('is named in no line of the log, and in no header', async () => {
    const { response, logged, exposures } = await ask({ headers: { Cookie: `turnout_visitor=${NEVER_SAID}` } })
    expect(exposures.map(({ userId }) => userId)).toEqual([NEVER_SAID])
    expect(JSON.stringify([logged, ...response.headers])).not.toContain(NEVER_SAID)
  })
})

describe('a sticky visitor', () => {
  const settings = { isSticky: true }

  it('is given a cookie once, and then stays where they are', async () => {
    const first = await ask({ settings, headers: { Cookie: 'turnout_visitor=me' } })
    const cookie = 'turnout_sticky=colour:colour-on'
    expect(first.response.headers.getSetCookie()).toEqual([`${cookie}; Max-Age=34560000; Path=/; Secure; SameSite=Lax`])
    const experiments = [experimentOn('colour', [], { trafficAllocation: [] })]
    const again = await ask({ settings, experiments, headers: { Cookie: `turnout_visitor=me; ${cookie}` } })
    expect(again.exposures.map(({ variation }) => variation?.key)).toEqual(['on'])
    expect(again.response.headers.getSetCookie()).toEqual([])
  })
})
