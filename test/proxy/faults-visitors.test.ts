/** Who is experimented on, and what is kept of them. Rows of the list of known faults. */
import { afterAll, describe, expect, it } from 'vitest'
import { told } from './client.ts'
import { edited, oursIn, RETURNING, startExperiment, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'

const variation = (key: string, changes: readonly object[]) => ({
  id: `v-${key}`,
  key,
  actions: [{ pageId: 'p1', changes }],
})
const cssOf = (text: string) => [{ type: 'custom_css', value: `.is-${text}{top:0}` }]

/** Half of the visitors see `a`, and the others `b`. */
const site = await startExperiment(afterAll, {
  experiment: {
    trafficAllocation: [
      { entityId: 'v-a', endOfRange: 5_000 },
      { entityId: 'v-b', endOfRange: 10_000 },
    ],
    variations: [variation('a', cssOf('a')), variation('b', cssOf('b'))],
  },
})
const { visit, visitPlain, askOrigin } = site

const shown = async (id: string) => {
  const { text } = await visit('/page.html', { cookie: `turnout_visitor=${id}` })
  return ['a', 'b'].filter((key) => text.includes(`.is-${key}{`)).join()
}

describe('row 15: visitors at the same time', () => {
  it('see each their own variation, as they do alone', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `visitor-${index}`)
    const together = await Promise.all([...ids, ...ids].map(shown))
    const alone: string[] = []
    for (const id of ids) alone.push(await shown(id))
    expect(together).toEqual([...alone, ...alone])
    expect(new Set(alone)).toEqual(new Set(['a', 'b']))
  })
})

describe('row 17: a visitor without an id', () => {
  it('is given one, in one cookie, on a page with an experiment', async () => {
    const cookies = (await visit('/page.html')).all('set-cookie')
    expect(cookies).toHaveLength(1)
    const [id, ...attributes] = (cookies[0] ?? '').split('; ')
    expect(id).toMatch(/^turnout_visitor=[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(attributes.sort()).toEqual(['Max-Age=34560000', 'Path=/', 'SameSite=Lax', 'Secure'])
  })

  it('sees the same variation with it', async () => {
    const first = await visit('/page.html')
    const [cookie = ''] = (first.header('set-cookie') ?? '').split(';')
    expect(oursIn(await visit('/page.html', { cookie }))).toEqual(oursIn(first))
  })

  it('is given another one than everybody else', async () => {
    const cookies = await Promise.all(Array.from({ length: 20 }, async () => (await visit('/')).header('set-cookie')))
    expect(new Set(cookies).size).toBe(20)
  })

  it.each(['/type/application/json', '/status/404', '/redirect/302', '/maintenance'])(
    'is given none with what is no page: %s',
    async (path) => {
      expect((await visit(path)).all('set-cookie')).toEqual([])
    },
  )

  it('is given none where no experiment is', async () => {
    expect((await visitPlain('/page.html')).all('set-cookie')).toEqual([])
  })

  it('and with one is not given it again', async () => {
    expect((await visit('/page.html', RETURNING)).all('set-cookie')).toEqual([])
  })
})

describe('row 20: a bad cookie counts as none', () => {
  it.each([
    '%',
    '%zz',
    '"',
    ';;;===;',
    'turnout_visitor=',
    'turnout_visitor=%',
    'turnout_visitor=%E0%A4%A',
    'turnout_visitor="',
    `turnout_visitor=${'x'.repeat(8_000)}`,
    'turnout_visitor=a b',
    'turnout_visitor=<script>',
    '__proto__=1; constructor=2; turnout_visitor',
    '\xff\xfe=\xfd',
  ])('%s', async (cookie) => {
    const answer = await visit('/page.html', { cookie })
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(withoutOurs(answer)).toBe(Buffer.from(PAGE).toString('latin1'))
    expect(answer.all('set-cookie')).toEqual([expect.stringMatching(/^turnout_visitor=[\da-f-]{36};/)])
  })

  it('beside a good one, and changes nothing of it', async () => {
    const cookie = `a=%; ${RETURNING.cookie}; turnout_sticky=%%|:|; b="`
    expect((await visit('/page.html', { cookie })).text).toBe((await visit('/page.html', RETURNING)).text)
  })
})

describe('row 22: a crawler', () => {
  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116',
    'facebookexternalhit/1.1',
    'GPTBot/1.2',
    'curl/8.5.0',
  ])('gets the origin’s page (that it is not counted is shown by S25): %s', async (agent) => {
    const answer = await visit('/page.html', { 'user-agent': agent })
    expect(told(answer)).toEqual(told(await askOrigin('/page.html')))
  })
})

const plain = (await visit('/page.html', RETURNING)).text

describe('row 25: a cookie or parameter of an editor', () => {
  it.each([
    ['/page.html?optimizely_token=x&optimizely_embed_editor=true&optimizely_x=v-b&optimizely_log=debug', ''],
    ['/page.html?turnout_force=hero:a', ''],
    ['/page.html?turnout_force=hero:b', ''],
    ['/page.html?turnout_force=hero:a&turnout_token=1.9999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', ''],
    ['/page.html?turnout_debug=true', ''],
    ['/page.html', 'turnout_debug=1; turnout_editor=http://localhost:3000/x.js; optimizelyToken=x; gb_editor=1'],
    ['/page.html?script=http://localhost/x.js&debug=1', '__turnout=localhost'],
  ])('opens no door: %s with %j', async (path, cookie) => {
    expect((await visit(path, { cookie: `${RETURNING.cookie}; ${cookie}` })).text).toBe(plain)
  })

  it('of an edit of ours is not in a page', () => {
    expect(plain).not.toMatch(/localhost|<script[^>]+src=/)
    expect(edited(PAGE)).not.toBe(PAGE)
  })
})
