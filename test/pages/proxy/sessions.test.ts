import { describe, expect, it } from 'vitest'
import { experimentOn } from '../plan/site.ts'
import { type Asked, ask, NOW_MS } from './shop-site.ts'

const MINUTE_MS = 60_000
const HALF_HOUR_MS = 30 * MINUTE_MS
/** The start of a session, whatever the time of the shop is. */
const SESSION_MS = NOW_MS - (NOW_MS % HALF_HOUR_MS)
const VISITOR = { Cookie: 'turnout_visitor=me' }

/** The uuids of what a visitor was shown, so many minutes into the session. */
async function uuidsAfter(minutes: number, asked: Asked = {}): Promise<readonly (string | undefined)[]> {
  const { exposures } = await ask({ headers: VISITOR, nowMs: SESSION_MS + minutes * MINUTE_MS, ...asked })
  return exposures.map(({ uuid }) => uuid)
}

describe('what a visitor is shown within half an hour', () => {
  it('is recorded each time, under one uuid', async () => {
    const [first, again] = [await uuidsAfter(0), await uuidsAfter(29.99)]
    expect(first).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
    expect(again).toEqual(first)
  })

  it('has a new uuid in the next half hour', async () => {
    expect(await uuidsAfter(30)).not.toEqual(await uuidsAfter(29))
  })

  it("is the same out of the browser's cache (304)", async () => {
    const { response, exposures } = await ask({ headers: VISITOR, nowMs: SESSION_MS, answered: [['ETag', '"v1"']] })
    const headers = { ...VISITOR, 'If-None-Match': response.headers.get('ETag') ?? '' }
    const kept = await ask({ headers, nowMs: SESSION_MS + MINUTE_MS, answered: [['ETag', '"v1"']], isKept: true })
    expect(kept.response.status).toBe(304)
    expect(kept.exposures.map(({ uuid }) => uuid)).toEqual(exposures.map(({ uuid }) => uuid))
    expect(kept.exposures).toHaveLength(1)
  })

  it('is recorded where a policy that comes with a 304 forbids the page to report', async () => {
    const experiments = [experimentOn('code', [{ type: 'custom_code', value: 'a()' }])]
    const asked = { nowMs: SESSION_MS, experiments }
    const page = await ask({ ...asked, headers: VISITOR, answered: [['ETag', '"v1"']] })
    const headers = { ...VISITOR, 'If-None-Match': page.response.headers.get('ETag') ?? '' }
    const keptWith = (policy: string) =>
      ask({
        ...asked,
        headers,
        isKept: true,
        answered: [
          ['ETag', '"v1"'],
          ['Content-Security-Policy', policy],
        ],
      })
    const answers = [page, await keptWith("connect-src 'self'"), await keptWith("connect-src 'none'")]
    expect(answers.map(({ response, exposures }) => [response.status, exposures.length])).toEqual([
      [200, 0],
      [304, 0],
      [304, 1],
    ])
  })

  it('is another to another visitor', async () => {
    expect(await uuidsAfter(0, { headers: { Cookie: 'turnout_visitor=you' } })).not.toEqual(await uuidsAfter(0))
  })

  it('says when it was shown', async () => {
    const { exposures } = await ask({ headers: VISITOR, nowMs: SESSION_MS + 7 })
    expect(exposures.map(({ timestampMs }) => timestampMs)).toEqual([SESSION_MS + 7])
  })
})

describe('a part of a page that a script fetches', () => {
  const FETCHED = { ...VISITOR, 'Sec-Fetch-Dest': 'empty' }
  const control = { trafficAllocation: [{ entityId: 'e1-off', endOfRange: 10_000 }] }
  const CSS = [{ type: 'custom_css', value: 'h1{color:red}' }]

  it.each([
    ['a variation', experimentOn('e1', CSS)],
    ['control', experimentOn('e1', CSS, control)],
  ])('shows nobody %s, while a whole page does', async (_, experiment) => {
    const asked = { headers: FETCHED, experiments: [experiment] }
    const part = await ask({ ...asked, body: '<li>One more</li>' })
    expect([part.body, part.exposures]).toEqual(['<li>One more</li>', []])
    expect((await ask(asked)).exposures).toHaveLength(1)
  })
})
