/** Plans of pages by RPC from one Worker to the other. */
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { experimentDatafile, USER_AGENT } from './experiment.ts'
import { fieldsOf, startRpcCaller } from './rpc-caller.ts'

const variables = { SDK_KEY: 'shop' }

describe('page', async () => {
  const { call } = await startRpcCaller(afterAll, { datafile: experimentDatafile(), variables })
  const headers = { 'User-Agent': USER_AGENT }
  const ASKED = { url: 'https://shop.example/', userId: 'u1', headers }

  it('answers the plan that GET /v1/page answers', async () => {
    const { ok, plan } = fieldsOf(await call('page', ASKED))
    const query = new URLSearchParams({ url: ASKED.url, userId: 'u1', key: 'shop' })
    expect([ok, plan]).toEqual([true, await call('fetch', `https://turnout/v1/page?${query}`, { headers })])
    expect(plan).toMatchObject({ css: '.hero{letter-spacing:.02em}', leftAlone: null, cookies: [] })
  })

  it('leaves a crawler alone, and whoever has opted out', async () => {
    const crawler = { ...ASKED, headers: { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' } }
    expect(await call('page', crawler)).toMatchObject({ plan: { leftAlone: 'crawler', edits: [] } })
    const optedOut = { ...ASKED, headers: { ...headers, Cookie: 'turnout_opt_out=1' } }
    expect(await call('page', optedOut)).toMatchObject({ plan: { leftAlone: 'opted-out', edits: [] } })
  })

  it('plans for the visitor of the cookie where no user is named, with edits for a Worker', async () => {
    const named = { ...ASKED, userId: undefined, headers: { ...headers, Cookie: 'turnout_visitor=visitor-1' } }
    const { plan } = fieldsOf(await call('page', named))
    expect(plan).toMatchObject({
      cookies: [],
      edits: expect.arrayContaining([expect.objectContaining({ place: 'edge' })]),
    })
    const { plan: ofNew } = fieldsOf(await call('page', { url: ASKED.url, headers }))
    expect(ofNew).toMatchObject({ cookies: [expect.stringMatching(/^turnout_visitor=/)] })
  })

  it('fills attributes in by what Cloudflare knows of the request', async () => {
    const swiss = {
      typedAudiences: [
        {
          id: 'swiss',
          name: 'Swiss',
          conditions: ['or', { type: 'custom_attribute', name: '$country', match: 'exact', value: 'CH' }],
        },
      ],
      attributes: [{ id: '1', key: '$country' }],
    }
    const datafile = experimentDatafile({ experiment: { audienceIds: ['swiss'] }, datafile: swiss })
    const { call } = await startRpcCaller(onTestFinished, { datafile, variables })
    expect(await call('page', { ...ASKED, cf: { country: 'CH' } })).toMatchObject({ plan: { decisions: [{}] } })
    expect(await call('page', { ...ASKED, cf: { country: 'DE' } })).toMatchObject({ plan: { decisions: [] } })
    expect(await call('page', { ...ASKED, cf: 'CH' })).toMatchObject({ plan: { decisions: [] } })
  })

  it.each<[about: string, question: unknown, error: object]>([
    ['nothing', undefined, { parameter: 'question' }],
    ['a text', 'https://shop.example/', { parameter: 'question' }],
    ['no URL', {}, { code: 'missing_parameter', missing: ['url'] }],
    ['a path', { ...ASKED, url: '/cart' }, { parameter: 'url' }],
    ['code for a URL', { ...ASKED, url: 'javascript:alert(1)' }, { parameter: 'url' }],
    ['a URL of another type', { ...ASKED, url: ['https://shop.example/', 'b'] }, { parameter: 'url' }],
    ['a user of another type', { ...ASKED, userId: 7 }, { parameter: 'userId' }],
    ['attributes in a list', { ...ASKED, attributes: [1] }, { parameter: 'attributes' }],
    ['headers in a text', { ...ASKED, headers: 'User-Agent: a' }, { parameter: 'headers' }],
    ['a header that HTTP has no place for', { ...ASKED, headers: { 'a b': 'c' } }, { parameter: 'headers' }],
    ['a header with another in it', { ...ASKED, headers: { a: 'b\r\nc: d' } }, { parameter: 'headers' }],
    ['a switch that is none', { ...ASKED, disableTracking: 'perhaps' }, { parameter: 'disableTracking' }],
    ['an unknown SDK key', { ...ASKED, sdkKey: 'nobody' }, { code: 'datafile_not_found' }],
  ])('answers why not for %s', async (_, question, error) => {
    expect(await call('page', question)).toMatchObject({ ok: false, error: { ...error, message: expect.any(String) } })
  })
})
