/** Validators and caches, on pages with an experiment and on all others. Rows of the list of known faults. */
import { afterAll, describe, expect, it } from 'vitest'
import { type Answer, told } from './client.ts'
import { edited, RETURNING, startExperiment, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'
import { ETAG, LAST_MODIFIED } from './scenarios.ts'

const { visit, visitPlain, askOrigin, origin } = await startExperiment(afterAll, {
  // Two variations, so that a visitor can be in the other one.
  experiment: {
    trafficAllocation: [{ entityId: 'v-on', endOfRange: 10_000 }],
    forcedVariations: { 'in-off': 'off' },
  },
})
const OTHER = { cookie: 'turnout_visitor=in-off' }

async function tagOf(path: string, headers: Readonly<Record<string, string>> = RETURNING): Promise<string> {
  return (await visit(path, headers)).header('etag') ?? ''
}

function isEdited(answer: Answer): boolean {
  return withoutOurs(answer) === edited(PAGE) && answer.text.includes('data-turnout')
}

describe('row 2: a visitor who has kept a page', () => {
  it.each(['/etag', '/weak-etag', '/last-modified'])(
    'is told by a 304, and no page is ever blank: %s',
    async (path) => {
      const first = await visit(path, RETURNING)
      expect(isEdited(first)).toBe(true)
      const kept = { 'if-none-match': first.header('etag') ?? '' }
      const again = await visit(path, { ...RETURNING, ...kept })
      expect([again.status, again.text, again.header('etag')]).toEqual([304, '', first.header('etag')])
    },
  )

  it.each([
    ['/etag', { 'if-none-match': ETAG }],
    ['/etag', { 'if-none-match': '*' }],
    ['/last-modified', { 'if-modified-since': LAST_MODIFIED }],
    ['/etag', { 'if-none-match': ETAG, 'if-modified-since': LAST_MODIFIED }],
  ])('from before the experiment gets it whole and edited: %s with %j', async (path, headers) => {
    const answer = await visit(path, { ...RETURNING, ...headers })
    expect(answer.status).toBe(200)
    expect(isEdited(answer)).toBe(true)
  })

  it.each([
    ['/etag', { 'if-none-match': ETAG }],
    ['/weak-etag', { 'if-none-match': `W/${ETAG}` }],
    ['/last-modified', { 'if-modified-since': LAST_MODIFIED }],
    ['/status/304', { 'if-none-match': ETAG }],
  ])('without an experiment gets the origin’s 304: %s with %j', async (path, headers) => {
    const answer = await visitPlain(path, headers)
    expect(answer.status).toBe(304)
    expect(told(answer)).toEqual(told(await askOrigin(path, { headers })))
  })

  it('of a page that is edited no more gets it whole', async () => {
    const headers = { 'if-none-match': await tagOf('/etag'), 'if-modified-since': LAST_MODIFIED }
    expect(await visitPlain('/etag', headers)).toMatchObject({ status: 200, text: PAGE })
  })

  it.each([
    ['of another plan', `W/"v1~sother"`],
    ['of nobody', '"unknown"'],
  ])('and sends a tag %s is not told that it is the page of now, where the origin says so unasked', async (_, tag) => {
    const answer = await visit('/status/304', { ...RETURNING, 'if-none-match': tag })
    expect([answer.status, answer.header('etag'), answer.all('set-cookie')]).toEqual([304, null, []])
    expect(told(answer)).toEqual(told(await askOrigin('/status/304')))
  })

  it('gets a 304 that the origin gives unasked as such', async () => {
    expect(await visit('/status/304', RETURNING)).toMatchObject({ status: 304, text: '' })
  })
})

describe('row 11: an edited page', () => {
  it.each(['/etag', '/last-modified'])('is its visitor’s own: %s', async (path) => {
    const { header } = await visit(path, RETURNING)
    expect(header('cache-control')).toBe('private, no-cache')
    expect(header('vary')).toMatch(/\bcookie\b/i)
    expect(header('last-modified')).toBeNull()
    expect(header('etag')).not.toBe(ETAG)
  })

  it('has a tag of its own for each variation', async () => {
    expect(await tagOf('/etag', OTHER)).not.toBe(await tagOf('/etag'))
    expect(await tagOf('/etag')).toBe(await tagOf('/etag', { cookie: 'turnout_visitor=somebody-else' }))
  })

  it('keeps what else it varies by', async () => {
    expect((await visit('/encoded/gzip', RETURNING)).header('vary')).toMatch(/accept-encoding.*cookie/i)
  })

  it('leaves every header of a page without an experiment as it was', async () => {
    expect(told(await visitPlain('/etag'))).toEqual(told(await askOrigin('/etag')))
  })

  it('is not answered to a request that poisons caches, nor is what that gets kept', async () => {
    const poison = { 'x-forwarded-host': 'evil.example', 'x-original-url': '/evil', 'x-http-method-override': 'POST' }
    expect(isEdited(await visit('/etag', { ...RETURNING, ...poison }))).toBe(true)
    expect(told(await visit('/etag', RETURNING))).toEqual(told(await visit('/etag', RETURNING)))
  })
})

describe('row 18: a condition', () => {
  async function conditionsOf(headers: Readonly<Record<string, string>>): Promise<object> {
    await visit('/etag', headers)
    const asked = origin.requestsTo('/etag').at(-1)?.headers
    return { match: asked?.['if-none-match'], since: asked?.['if-modified-since'] }
  }

  it('on the page in the visitor’s variation asks the origin by its own tag', async () => {
    expect(await conditionsOf({ ...RETURNING, 'if-none-match': await tagOf('/etag') })).toEqual({ match: ETAG })
  })

  it('on the page in another variation is not asked, and the page comes whole', async () => {
    const headers = { ...OTHER, 'if-none-match': await tagOf('/etag') }
    expect(await conditionsOf(headers)).toEqual({})
    const page = await visit('/etag', headers)
    expect([page.status, withoutOurs(page)]).toEqual([200, Buffer.from(PAGE).toString('latin1')])
  })

  it('on several pages asks for those in the visitor’s variation', async () => {
    const tags = [await tagOf('/etag', OTHER), await tagOf('/etag'), '"unknown"']
    expect(await conditionsOf({ ...RETURNING, 'if-none-match': tags.join(', ') })).toEqual({ match: ETAG })
  })

  it('by a date on a page that only has one comes to the origin as one', async () => {
    const ours = await tagOf('/last-modified')
    await visit('/last-modified', { ...RETURNING, 'if-none-match': ours })
    expect(origin.requestsTo('/last-modified').at(-1)?.headers['if-modified-since']).toBe(LAST_MODIFIED)
  })

  it('gets the page once the origin has changed it', async () => {
    const tag = (await tagOf('/etag')).replace('v1', 'v0')
    const answer = await visit('/etag', { ...RETURNING, 'if-none-match': tag })
    expect([answer.status, isEdited(answer)]).toEqual([200, true])
  })
})
