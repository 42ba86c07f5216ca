/** Decisions that the Worker hands to the app in a page, over the wire. */
import { afterAll, describe, expect, it } from 'vitest'
import { decisionsScript } from '../../src/protocol/decisions-script.ts'
import { RETURNING, startExperiment } from './experiment.ts'
import { PAGE } from './pages.ts'

const { visit, visitPlain } = await startExperiment(afterAll, {
  experiment: { pageIds: [], variations: [{ id: 'v-on', key: 'on', featureEnabled: true }] },
  datafile: {
    featureFlags: [{ id: 'f1', key: 'checkout', rolloutId: '', experimentIds: ['e1'], variables: [] }],
    pages: [
      {
        id: 'p1',
        key: 'shop',
        handoff: ['checkout'],
        conditions: ['or', { type: 'url', match: 'substring', value: '//shop.example/' }],
      },
    ],
  },
})

/** The page as a visitor gets it, as bytes. */
function handedTo(userId: string): Buffer {
  const decision = { flagKey: 'checkout', enabled: true, variationKey: 'on', ruleKey: 'hero', variables: {} }
  const element = decisionsScript({ user: { userId, attributes: {} }, decisions: [decision] })
  return Buffer.from(PAGE.replace('<title>', `${element}<title>`))
}

describe('a page that hands over decisions', () => {
  it.each(['identity', 'gzip', 'br'])('holds them, and is else the origin’s byte for byte: %s', async (encoding) => {
    const answer = await visit('/negotiated', { ...RETURNING, 'accept-encoding': encoding })
    expect(answer.status).toBe(200)
    expect(decoded(answer)).toEqual(handedTo('visitor-1').toString())
  })

  it('costs a 304 for the visitor who has it', async () => {
    const first = await visit('/etag', RETURNING)
    expect(first.text).toBe(handedTo('visitor-1').toString())
    expect(first.header('cache-control')).toBe('private, no-cache')
    const again = await visit('/etag', { ...RETURNING, 'if-none-match': first.header('etag') ?? '' })
    expect([again.status, again.text, again.header('etag')]).toEqual([304, '', first.header('etag')])
  })

  it('is sent whole to another visitor in the same browser', async () => {
    const kept = (await visit('/etag', RETURNING)).header('etag') ?? ''
    const other = await visit('/etag', { cookie: 'turnout_visitor=visitor-2', 'if-none-match': kept })
    expect([other.status, other.text]).toEqual([200, handedTo('visitor-2').toString()])
  })

  it('gives a new visitor one cookie, and the id that stands in it', async () => {
    const answer = await visit('/etag')
    const id = /^turnout_visitor=([^;]+);/.exec(answer.header('set-cookie') ?? '')?.[1] ?? ''
    expect(answer.text).toBe(handedTo(id).toString())
  })

  it('tells HEAD the same, without a body', async () => {
    const page = await visit('/etag', RETURNING)
    const head = await visit('/etag', RETURNING, 'HEAD')
    expect([head.status, head.text, head.header('etag')]).toEqual([200, '', page.header('etag')])
  })

  it('is none of the pages beside it', async () => {
    expect((await visitPlain('/etag', RETURNING)).text).toBe(PAGE)
  })
})

/** workerd sends what it was handed as it is: a page that was edited is not encoded. */
function decoded({ text, header }: Awaited<ReturnType<typeof visit>>): string {
  expect(header('content-encoding')).toBe(null)
  return text
}
